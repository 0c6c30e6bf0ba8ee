import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ERRNO_TABLE } from "../host/core/linux.generated.js";
import { hasNamespaces } from "./cli/namespaces.js";
import { type Ended, PROJECT, startShell, temporaryDirectory } from "./cli/sockyard.js";

const SIMULATED = ["EPFNOSUPPORT", "ENETRESET"];
const FROM_KERNEL = [
  ...["EAFNOSUPPORT", "ESOCKTNOSUPPORT", "EPROTONOSUPPORT", "ENOTSOCK", "EDESTADDRREQ", "ENOPROTOOPT", "EPROTOTYPE"],
  ...["EADDRINUSE", "EADDRNOTAVAIL", "ENOTCONN", "EISCONN", "ECONNREFUSED", "EINPROGRESS", "ECONNABORTED"],
  ...["ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOBUFS", "ENETUNREACH", "EHOSTUNREACH", "ENETDOWN", "EHOSTDOWN"],
];

/** Runs the command of the first line, or `change` of it, where relative paths work as it says. */
function run(change: (command: string) => string = (command) => command): Promise<Ended> {
  const [first = ""] = readFileSync(join(PROJECT, "examples/berkeley/errors.ts"), "utf8").split("\n");
  const cwd = temporaryDirectory();
  symlinkSync(join(PROJECT, "examples"), join(cwd, "examples"));
  return startShell(change(first.replace(/^\/\/ /, "")), { cwd, stdin: "" }).ended;
}

/** The grants of a command line that are given one by one. */
function withoutGrant(grant: RegExp): (command: string) => string {
  return (command) => command.replace(grant, "");
}

describe.skipIf(!hasNamespaces())("errors.ts (P15), in a network of its own", () => {
  it("brings each error about, and prints its name, number and text, and what led to it", async () => {
    const { code, stdout, stderr } = await run();
    const lines = stdout.trimEnd().split("\n");
    const expected = [...FROM_KERNEL, ...SIMULATED].map((name) => {
      const [number, entry] = [...ERRNO_TABLE].find(([, entry]) => entry.name === name) ?? [];
      return `${name.padEnd(15)} ${String(number).padStart(3)}  ${entry?.text}: `;
    });
    expect(lines.map((line, index) => line.slice(0, expected[index]?.length))).toEqual(expected);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("marks the two that this kernel never answers, and no other", async () => {
    const { stdout } = await run();
    const marked = stdout.split("\n").filter((line) => line.includes("[simulated]"));
    expect(marked.map((line) => line.split(" ")[0])).toEqual(SIMULATED);
  });

  it("says so when an error is another than it was meant to be: with the interface up, for one", async () => {
    const { code, stdout } = await run((command) =>
      command.replace("sockyard", "sh -c 'ip link set down0 up; exec \"$@\"' sh sockyard"),
    );
    expect(stdout).toMatch(/^no error .*through an interface that is down \(meant to be ENETDOWN\)$/m);
    expect(code).toBe(1);
  });

  it.each([
    /127\.0\.0\.1,/,
    /,unix:\S+/,
    / --allow-net-listen=\S+/,
    /192\.0\.2\.1:0,/,
    /,udp:239\S+/,
    / --allow-net-connect=\S+/,
    /udp:192\.0\.2\.1:9,/,
    /,udp:198\S+/,
    / --allow-raw=\S+/,
    /packet,/,
    /,raw/,
  ])("needs each of its grants: fails without %s", async (grant) => {
    const { code, stderr } = await run(withoutGrant(grant));
    expect(stderr).toContain("permission denied: ");
    expect(code).not.toBe(0);
  });
});
