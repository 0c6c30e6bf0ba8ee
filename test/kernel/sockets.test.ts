import { describe, expect, it } from "vitest";

import {
  AF_INET,
  EADDRINUSE,
  EAGAIN,
  EBADF,
  ECONNREFUSED,
  EINVAL,
  EISCONN,
  ENOPROTOOPT,
  ENOTCONN,
  EPIPE,
  MSG_DONTWAIT,
  MSG_TRUNC,
  O_NONBLOCK,
  SHUT_WR,
  SO_RCVTIMEO,
  SO_TYPE,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
} from "../../host/core/linux.generated.js";
import { SIZEOF_SOCKADDR_IN, setLoopback, useRig } from "./rig.js";

const rig = useRig();

function put(at: number, text: string): number {
  return new TextEncoder().encodeInto(text, new Uint8Array(rig.memory.buffer, at)).written;
}

function get(at: number, size: number): string {
  return Buffer.from(rig.memory.buffer, at, size).toString();
}

function putIovecs(at: number, iovecs: [pointer: number, size: number][]): void {
  new Uint32Array(rig.memory.buffer, at).set(iovecs.flat());
}

describe("a TCP connection", () => {
  it("carries bytes by every kind of transfer", () => {
    const { kernel } = rig;
    const [client, server] = rig.pair();
    const size = put(0, "hello, world");
    expect(kernel.send(client, 0, size, 0)).toBe(size);
    expect(kernel.recv(server, 100, 50, 0)).toBe(size);
    expect(get(100, size)).toBe("hello, world");
    expect(kernel.write(client, 0, 5)).toBe(5);
    expect(kernel.read(server, 200, 50)).toBe(5);
    expect(get(200, 5)).toBe("hello");

    putIovecs(1000, [
      [0, 5],
      [7, 5],
    ]);
    expect(kernel.writev(client, 1000, 2)).toBe(10);
    putIovecs(1000, [
      [300, 3],
      [400, 50],
    ]);
    expect(kernel.readv(server, 1000, 2)).toBe(10);
    expect(get(300, 3) + get(400, 7)).toBe("helloworld");
    putIovecs(1000, [[0, 5]]);
    expect(kernel.sendv(client, 1000, 1, 0)).toBe(5);
    putIovecs(1000, [[500, 50]]);
    expect(kernel.recvv(server, 1000, 1, 0)).toBe(5);
    expect(kernel.messageFlags).toBe(0);
  });

  it("is named at both ends", () => {
    const { kernel } = rig;
    const [client, server] = rig.pair();
    expect(kernel.getsockname(client)).toBe(0);
    expect(kernel.address.length).toBe(SIZEOF_SOCKADDR_IN);
    const name = kernel.address.bytes.slice(0, SIZEOF_SOCKADDR_IN);
    kernel.address.bytes.fill(0);
    expect(kernel.getpeername(server)).toBe(0);
    expect(kernel.address.bytes.slice(0, SIZEOF_SOCKADDR_IN)).toEqual(name);
  });

  it("ends with 0 bytes, then EPIPE", () => {
    const { kernel } = rig;
    const [client, server] = rig.pair();
    expect(kernel.shutdown(client, SHUT_WR)).toBe(0);
    expect(kernel.recv(server, 0, 10, 0)).toBe(0);
    expect(kernel.send(client, 0, 10, 0)).toBe(-EPIPE);
  });

  it("takes the peer's address and O_NONBLOCK at accept4", () => {
    const { kernel } = rig;
    const listener = rig.listener();
    const client = rig.own(kernel.socket(AF_INET, SOCK_STREAM, 0));
    expect(kernel.connect(client)).toBe(0);
    const server = rig.own(kernel.accept4(listener, SOCK_NONBLOCK));
    expect(kernel.address.length).toBe(SIZEOF_SOCKADDR_IN);
    expect(kernel.getStatusFlags(server) & O_NONBLOCK).toBe(O_NONBLOCK);
    expect(kernel.recv(server, 0, 1, 0)).toBe(-EAGAIN);
    expect(kernel.setStatusFlags(listener, O_NONBLOCK)).toBe(0);
    expect(kernel.accept4(listener, 0)).toBe(-EAGAIN);
  });

  it("answers the kernel's errnos", () => {
    const { kernel } = rig;
    const listener = rig.listener();
    const port = (kernel.address.bytes[2] ?? 0) * 256 + (kernel.address.bytes[3] ?? 0);
    const fd = rig.own(kernel.socket(AF_INET, SOCK_STREAM, 0));
    expect(kernel.getpeername(fd)).toBe(-ENOTCONN);
    expect(kernel.accept4(fd, 0)).toBe(-EINVAL);
    expect(kernel.bind(fd)).toBe(-EADDRINUSE);
    expect(kernel.connect(fd)).toBe(0);
    expect(kernel.connect(fd)).toBe(-EISCONN);
    expect(kernel.accept4(listener, 1)).toBe(-EINVAL);
    rig.datagram();
    setLoopback(kernel, port);
    expect(kernel.bind(-1)).toBe(-EBADF);
  });

  it("is refused where nobody listens", () => {
    const { kernel } = rig;
    const bound = rig.own(kernel.socket(AF_INET, SOCK_STREAM, 0));
    setLoopback(kernel, 0);
    expect(kernel.bind(bound)).toBe(0);
    expect(kernel.getsockname(bound)).toBe(0);
    const fd = rig.own(kernel.socket(AF_INET, SOCK_STREAM, 0));
    expect(kernel.connect(fd)).toBe(-ECONNREFUSED);
  });
});

describe("datagrams", () => {
  it("come with their sender and say when they were cut", () => {
    const { kernel } = rig;
    const receiver = rig.datagram();
    const target = kernel.address.bytes.slice();
    const sender = rig.datagram();
    const source = kernel.address.bytes.slice(0, SIZEOF_SOCKADDR_IN);
    kernel.address.bytes.set(target);
    put(0, "datagram");
    expect(kernel.sendto(sender, 0, 8, 0)).toBe(8);
    expect(kernel.sendto(sender, 0, 8, 0)).toBe(8);
    expect(kernel.recvfrom(receiver, 100, 20, 0, 0, 0)).toBe(8);
    expect(kernel.address.length).toBe(SIZEOF_SOCKADDR_IN);
    expect(kernel.address.bytes.slice(0, SIZEOF_SOCKADDR_IN)).toEqual(source);
    putIovecs(1000, [[100, 3]]);
    expect(kernel.recvv(receiver, 1000, 1, 0)).toBe(3);
    expect(kernel.messageFlags).toBe(MSG_TRUNC);
    expect(kernel.recvfrom(receiver, 100, 20, MSG_DONTWAIT, 0, 0)).toBe(-EAGAIN);
  });
});

describe("options", () => {
  it("are read and written as bytes", () => {
    const { kernel } = rig;
    const fd = rig.own(kernel.socket(AF_INET, SOCK_STREAM, 0));
    const value = new Uint8Array(4);
    expect(kernel.getsockopt(fd, SOL_SOCKET, SO_TYPE, value)).toBe(4);
    expect(value).toEqual(new Uint8Array([SOCK_STREAM, 0, 0, 0]));
    expect(kernel.getsockopt(fd, SOL_SOCKET, 9999, value)).toBe(-ENOPROTOOPT);
    expect(kernel.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, new Uint8Array(0))).toBe(-EINVAL);
  });

  it("let SO_RCVTIMEO end a wait with EAGAIN", () => {
    const { kernel } = rig;
    const [client] = rig.pair();
    const timeval = new Uint8Array(new BigInt64Array([0n, 20_000n]).buffer);
    expect(kernel.setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, timeval)).toBe(0);
    const start = performance.now();
    expect(kernel.recv(client, 0, 1, 0)).toBe(-EAGAIN);
    expect(performance.now() - start).toBeGreaterThan(15);
  });
});
