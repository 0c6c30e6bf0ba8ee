import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Guest, startGuest } from "./guest.js";

const SOURCE = `
import { errno } from "sockyard/errno";
import { SockaddrIn } from "sockyard/sockaddr";
import {
  accept, bind, getsockopt, Iovec, NULL, Pollfd, poll, pointer, read, readv, recvfrom, Ref, sendto, socklen_t, Stat,
  setsockopt, stat, StructArray, Timeval, unlink, write,
} from "sockyard/socket";

const bytes = new StaticArray<u8>(32);
const view = Uint8Array.wrap(new ArrayBuffer(64), 8, 16);
const words = new StaticArray<u32>(4);
const address = new SockaddrIn();
const length = new Ref<socklen_t>(16);
const status = new Stat();

export function lastError(): i32 { return errno; }
export function readArray(count: usize): i32 { return read(3, bytes, count); }
export function readView(count: usize): i32 { return read(3, view, count); }
export function readWords(count: usize): i32 { return read(3, words, count); }
export function readAddress(count: usize): i32 { return read(3, memory.data(8), count); }
export function writeBuffer(count: usize): i32 { return write(3, view.buffer, count); }
export function bindLength(size: socklen_t): i32 { return bind(3, address, size); }
export function acceptLength(size: socklen_t): i32 { length.value = size; return accept(3, address, length); }
export function acceptNull(): i32 { return accept(3, NULL, NULL); }
export function acceptWild(): i32 { return accept(3, address, <usize>0xfffffffe); }
export function receive(count: usize, size: socklen_t): i32 {
  length.value = size;
  return recvfrom(3, bytes, count, 0, address, length);
}
export function sendTo(size: socklen_t): i32 { return sendto(3, bytes, 32, 0, address, size); }
export function setTime(size: socklen_t): i32 { return setsockopt(3, 1, 20, new Timeval(1, 5), size); }
export function getOption(size: socklen_t): i32 {
  return getsockopt(3, 1, 20, new Ref<i32>(0), new Ref<socklen_t>(size));
}
export function pollTwo(count: u32): i32 {
  const fds = new StructArray<Pollfd>(2);
  fds[0].fd = 3;
  fds[0].events = 1;
  fds[1].fd = 4;
  fds[1].events = 0x2005;
  return poll(fds, count, -1) * 1000 + fds[1].revents;
}
export function readInto(count: i32): i32 {
  const iov = new StructArray<Iovec>(2);
  iov[1].iov_base = pointer(bytes);
  iov[1].iov_len = 32;
  return readv(3, iov, count);
}
export function statPath(): i32 { return stat("./sö", status); }
export function statNul(): i32 { return stat("a\\0b", status); }
export function unlinkNul(): i32 { return unlink("a\\0b"); }
export function outside(i: i32): i32 { return new StructArray<Pollfd>(2)[i].fd; }
export function where(): usize { return changetype<usize>(bytes); }
export function whereView(): usize { return changetype<usize>(view.buffer) + 8; }
`;

const EFAULT = 14;
const EINVAL = 22;
const EBADF = 9;

describe("the C layer", () => {
  let guest: Guest;
  let calls: { name: string; args: number[] }[] = [];
  let result = 0;

  beforeAll(async () => {
    const names = ["accept", "bind", "getsockopt", "poll", "read", "readv", "recvfrom", "sendto", "setsockopt", "stat"];
    const record = (name: string) => {
      return (...args: number[]) => {
        calls.push({ name, args });
        return result;
      };
    };
    const imports = Object.fromEntries([...names, "unlink", "write"].map((name) => [name, record(name)]));
    const wasi_snapshot_preview1 = { fd_write: () => EBADF };
    guest = await startGuest(SOURCE, () => ({ berkeley_sockets_v1: imports, wasi_snapshot_preview1 }));
  });

  beforeEach(() => {
    calls = [];
    result = 0;
  });

  it("gives the host the address of the bytes", () => {
    guest.call("readArray", 32);
    guest.call("readView", 16);
    expect(calls).toEqual([
      { name: "read", args: [3, guest.call("where"), 32] },
      { name: "read", args: [3, guest.call("whereView"), 16] },
    ]);
  });

  it("returns results, and turns a negated errno into -1 and errno", () => {
    result = 12;
    expect(guest.call("readArray", 32)).toBe(12);
    result = -EBADF;
    expect([guest.call("readArray", 32), guest.call("lastError")]).toEqual([-1, EBADF]);
  });

  it.each([
    ["readArray", [33]],
    ["readArray", [-1]],
    ["readView", [17]],
    ["readWords", [17]],
    ["writeBuffer", [65]],
    ["bindLength", [17]],
    ["acceptLength", [17]],
    ["receive", [33, 16]],
    ["receive", [32, 17]],
    ["sendTo", [17]],
    ["setTime", [17]],
    ["getOption", [5]],
    ["pollTwo", [3]],
    ["readInto", [3]],
  ] as const)("%s(%j) past the end of the buffer: EFAULT, and the host is not called", (name, args) => {
    result = -EBADF;
    guest.call("unlinkNul");
    expect(guest.call(name, ...args)).toBeLessThan(0);
    expect([guest.call("lastError"), calls]).toEqual([EFAULT, []]);
  });

  it.each([
    ["readArray", [32]],
    ["readWords", [16]],
    ["readAddress", [4096]],
    ["writeBuffer", [64]],
    ["bindLength", [16]],
    ["bindLength", [129]],
    ["bindLength", [-1]],
    ["acceptLength", [16]],
    ["acceptNull", []],
    ["acceptWild", []],
    ["receive", [32, 16]],
    ["sendTo", [16]],
    ["setTime", [16]],
    ["getOption", [4]],
    ["pollTwo", [2]],
    ["readInto", [2]],
    ["readInto", [-1]],
  ] as const)("%s(%j) is for the host to judge", (name, args) => {
    guest.call(name, ...args);
    expect(calls).toHaveLength(1);
  });

  it("lays structs out one after the other", () => {
    guest.call("pollTwo", 2);
    const [fds = 0] = calls[0]?.args ?? [];
    expect(guest.bytes(fds, 16).toString("hex")).toBe("03000000010000000400000005200000");
    expect(() => guest.call("outside", 2)).toThrow("unreachable");
    expect(() => guest.call("outside", -1)).toThrow("unreachable");
  });

  it("passes paths as UTF-8 with a NUL at the end", () => {
    guest.call("statPath");
    const [path = 0, status = 0] = calls[0]?.args ?? [];
    expect(guest.bytes(path, 6).toString("latin1")).toBe("./s\xc3\xb6\0");
    expect(guest.bytes(status - 4, 4).readUInt32LE()).toBe(144);
  });

  it.each(["statNul", "unlinkNul"])("%s: a path with a NUL is EINVAL", (name) => {
    expect([guest.call(name), guest.call("lastError"), calls]).toEqual([-1, EINVAL, []]);
  });
});
