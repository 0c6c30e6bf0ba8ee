import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SOCK_DGRAM, SOCK_SEQPACKET, SOCK_STREAM } from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { realGuest } from "../../fakes/guest.js";

watchDescriptors();

let program = "";
beforeAll(() => {
  const directory = mkdtempSync(join(tmpdir(), "sockyard-oracle-"));
  program = join(directory, "unix-names");
  const source = join(import.meta.dirname, "unix-names.c");
  execFileSync(process.env.CC ?? "cc", ["-Wall", "-Wextra", "-Werror", "-o", program, source]);
});
afterAll(() => rmSync(join(program, ".."), { recursive: true }));

let directory = "";
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "sockyard-test-")));
});
afterEach(() => rmSync(directory, { recursive: true }));

type Outcome = readonly [bound: number, named: number, size: number, connected: number];

/** What C gets. */
function native(type: number, length: number, path: string): Outcome {
  const line = execFileSync(program, [String(type), String(length), path], { encoding: "utf8" });
  return line.trim().split(" ").map(Number) as unknown as Outcome;
}

/** What a guest gets for the same. */
function sandboxed(type: number, length: number, path: string): Outcome {
  const guest = realGuest(`--allow-net=unix:${directory}/**,unix:@*`);
  const bytes = new Uint8Array(256);
  bytes[0] = 1;
  bytes.set(Buffer.from(path.replace(/^@/, "\0")), 2);
  const [address, size] = [guest.put(bytes), guest.put32(128)];
  const fd = guest.unix(type);
  const bound = -guest.call("bind", fd, address, length);
  const named = -guest.call("getsockname", fd, guest.allocate(128), size);
  if (type !== SOCK_DGRAM) guest.call("listen", fd, 1);
  const connected = -guest.call("connect", guest.unix(type), address, length);
  return [bound, named, guest.view.getUint32(size, true), connected].map((number) => number + 0) as unknown as Outcome;
}

/** An absolute path of `size` bytes in the directory. */
function pathOf(size: number): string {
  return `${directory}/`.padEnd(size, "x");
}

describe.each([
  ["stream", SOCK_STREAM],
  ["datagram", SOCK_DGRAM],
  ["seqpacket", SOCK_SEQPACKET],
])("names of Unix %s sockets are as C has them", (_, type) => {
  it.each([100, 107, 108, 109])("a path of %i bytes", (size) => {
    for (const length of [2 + size, 2 + size + 1, 110, 111]) {
      const expected = native(type, length, pathOf(size));
      rmSync(pathOf(Math.min(size, 108)), { force: true });
      expect([length, ...sandboxed(type, length, pathOf(size))]).toEqual([length, ...expected]);
      rmSync(pathOf(Math.min(size, 108)), { force: true });
    }
  });

  it.each([0, 1, 2, 3])("a length of %i", (length) => {
    const expected = native(type, length, "");
    expect(sandboxed(type, length, "")).toEqual(expected);
  });

  it("abstract names, to the last byte", () => {
    const name = `@${directory.slice(1)}`;
    for (const length of [3, 2 + name.length, 90, 109, 110, 111]) {
      const expected = native(type, length, name);
      expect([length, ...sandboxed(type, length, name)]).toEqual([length, ...expected]);
    }
  });
});
