import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hasNamespaces } from "./namespaces.js";
import { guest, startShell, temporaryDirectory } from "./sockyard.js";

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

  it("is opened below no directory of the start", async () => {
    const paths = ["p/self/mem", "p/version", "q/status", "s/kernel", "null", "p/self/root/etc/hostname"];
    // All but the last are refused; a magic link is not even followed.
    const file = opener(paths, 0b11111);
    for (const grant of ["--dir=/mnt::/", "--allow-read=/mnt"]) {
      const run = `sockyard run ${grant} ${file}; echo $?`;
      const { stdout } = await startShell(
        `unshare -rmnpf --mount-proc sh -c '${MOUNT} && ${BIND} && mount --bind /dev/null /mnt/null; ${run}'`,
      ).ended;
      expect(stdout, grant).toBe("0\n");
    }
  });
});

/** Opens each path to read, and ends with 0 if those of the bits in `wanted` answer ACCES. An open that succeeds traps. */
function opener(paths: readonly string[], wanted: number): string {
  const file = join(temporaryDirectory(), "opener.wat");
  const data = paths.map((path, i) => `(data (i32.const ${i * 100}) "${path}")`);
  const calls = paths.map(
    (path, i) => `(local.set $errno (call $path_open (i32.const 3) (i32.const 1) (i32.const ${i * 100})
        (i32.const ${path.length}) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 8000)))
      (if (i32.eqz (local.get $errno)) (then unreachable))
      (local.set $denied (i32.or (local.get $denied)
        (i32.shl (i32.eq (local.get $errno) (i32.const 2)) (i32.const ${i}))))`,
  );
  writeFileSync(
    file,
    `(module
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (import "wasi_snapshot_preview1" "fd_prestat_get" (func (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "path_open"
        (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
      (memory (export "memory") 1) ${data.join("\n")}
      (func (export "_start") (local $errno i32) (local $denied i32) ${calls.join("\n")}
        (call $exit (i32.ne (local.get $denied) (i32.const ${wanted})))))`,
  );
  return file;
}
