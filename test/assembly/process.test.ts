import { describe, expect, it } from "vitest";
import { type Guest, startGuest } from "./guest.js";

const SOURCE = `
import { argv, exit, getenv, stderr, stdin, stdout } from "sockyard/process";

const input = new StaticArray<u8>(4);
export function count(): i32 { return argv.length; }
export function argument(i: i32): usize { return changetype<usize>(argv[i]); }
export function home(): usize { return changetype<usize>(getenv("HOME")); }
export function hom(): usize { return changetype<usize>(getenv("HOM")); }
export function say(): i32 { return stdout.write("grüß dich\\n") + stderr.write("") + stderr.writeBytes(input, 4); }
export function tooMuch(): i32 { return stdout.writeBytes(input, 5); }
export function listen(): i32 { return stdin.read(input, 4); }
export function leave(status: i32): void { exit(status); }
`;

/** args_get and args_sizes_get, or environ_…, over a list of strings. */
function serveStrings(guest: Guest, list: readonly string[]) {
  const bytes = list.map((text) => Buffer.from(`${text}\0`));
  return {
    sizes: (count: number, size: number) => {
      guest.view().setUint32(count, list.length, true);
      guest.view().setUint32(size, Buffer.concat(bytes).length, true);
      return 0;
    },
    get: (pointers: number, start: number) => {
      let address = start;
      for (const [i, text] of bytes.entries()) {
        guest.view().setUint32(pointers + 4 * i, address, true);
        for (const byte of text) guest.view().setUint8(address++, byte);
      }
      return 0;
    },
  };
}

async function start(args: readonly string[], environment: readonly string[] = []) {
  const log: string[] = [];
  const guest = await startGuest(SOURCE, (guest) => {
    const argv = serveStrings(guest, args);
    const environ = serveStrings(guest, environment);
    const write = (fd: number, address: number, count: number) => {
      log.push(`write(${fd}, ${guest.bytes(address, count).toString("utf8")})`);
      return count;
    };
    return {
      berkeley_sockets_v1: { write, read: (fd, _address, count) => log.push(`read(${fd}, ${count})`) + 1 },
      wasi_snapshot_preview1: {
        args_sizes_get: argv.sizes,
        args_get: argv.get,
        environ_sizes_get: environ.sizes,
        environ_get: environ.get,
        proc_exit: (status) => log.push(`proc_exit(${status})`),
      },
    };
  });
  return { guest, log };
}

describe("process", () => {
  it("argv holds the arguments, the program first", async () => {
    const { guest } = await start(["server.ts", "", "grüß dich"]);
    const list = Array.from({ length: guest.call("count") }, (_, i) => guest.string(guest.call("argument", i)));
    expect(list).toEqual(["server.ts", "", "grüß dich"]);
  });

  it("argv may be empty", async () => {
    const { guest } = await start([]);
    expect(guest.call("count")).toBe(0);
  });

  it("getenv finds a variable by its whole name", async () => {
    const { guest } = await start([], ["HOMER=no", "HOME=/root=x", "PATH"]);
    expect(guest.string(guest.call("home"))).toBe("/root=x");
    expect(guest.call("hom")).toBe(0);
  });

  it("standard streams carry text and bytes", async () => {
    const { guest, log } = await start([]);
    expect(guest.call("say")).toBe(0);
    expect(guest.call("listen")).toBe(4);
    expect(guest.call("tooMuch")).toBe(-1);
    expect(log).toEqual(["write(1, grüß dich\n)", "write(2, \0\0\0\0)", "read(0, 4)"]);
  });

  it("exit passes the low byte of the status and does not return", async () => {
    const { guest, log } = await start([]);
    expect(() => guest.call("leave", 257)).toThrow("unreachable");
    expect(log).toEqual(["proc_exit(1)"]);
  });
});
