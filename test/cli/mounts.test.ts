import { describe, expect, it } from "vitest";
import { hasNamespaces } from "./namespaces.js";
import { guest, startShell } from "./sockyard.js";

const MOUNT = "mount -t tmpfs tmpfs /mnt && mkdir /mnt/p /mnt/q /mnt/s && touch /mnt/null";
const BIND = "mount -t proc proc /mnt/p && mount --bind /proc/1 /mnt/q && mount --rbind /sys /mnt/s";

describe.skipIf(!hasNamespaces("mount"))("mounted elsewhere, what shows the kernel", () => {
  const attempt = async (grants: string, ...paths: readonly string[]): Promise<string> => {
    const run = `sockyard run ${grants} ${guest("attempt.ts")} ${paths.map((path) => `open=${path}`).join(" ")} exit=0`;
    const { stdout } = await startShell(
      `unshare -rmnpf --mount-proc sh -c '${MOUNT} && ${BIND} && mount --bind /dev/null /mnt/null && ${run}'`,
    ).ended;
    return stdout;
  };

  it("is opened by no rule above it", async () => {
    const files = ["/mnt/p/self/mem", "/mnt/p/version", "/mnt/q/status", "/mnt/s/kernel", "/mnt/null"];
    const denied = files.map((file) => `open=${file} 13\n`).join("");
    for (const grants of ["--allow-read", "--allow-read=/", "--allow-read=/mnt"])
      expect(await attempt(grants, ...files), grants).toBe(denied);
  });

  it("is opened by a rule for the very device, and procfs there by none", async () => {
    expect(await attempt("--allow-read=/mnt/null,/mnt/p/version", "/mnt/null", "/mnt/p/version")).toBe(
      "open=/mnt/null 0\nopen=/mnt/p/version 13\n",
    );
  });
});
