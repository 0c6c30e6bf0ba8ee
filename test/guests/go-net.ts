// What Go's package net does with sockets: a line for each, `ok …` if it is as in Go.
// Argument: a directory for socket files.

import { go, numGoroutine } from "sockyard/go";
import { copy, copyBuffer, copyN, EOF, Failure, is, readAll, writeString } from "sockyard/io";
import {
  Conn,
  dialTCP,
  dialTimeout,
  dialUDP,
  dialUnix,
  ErrClosed,
  ErrWriteToConnected,
  fileConn,
  fileListener,
  filePacketConn,
  IPv6loopback,
  ipv4,
  Listener,
  listenTCP,
  listenUDP,
  listenUnix,
  listenUnixgram,
  PacketConn,
  TCPAddr,
  TCPConn,
  UDPAddr,
  UDPConn,
  UnixAddr,
} from "sockyard/net";
import { args, exit, File, stdout } from "sockyard/os";
import { lstat, Stat } from "sockyard/socket";
import { WaitGroup } from "sockyard/sync";
import { Errno, pipe } from "sockyard/syscall";
import { MILLISECOND, now, SECOND, since, sleep } from "sockyard/time";

let failures = 0;

function ok(isRight: bool, what: string): void {
  if (!isRight) failures++;
  stdout.writeString(`${isRight ? "ok" : "FAILED"} ${what}\n`);
}

function equal(is: string, should: string, what: string): void {
  ok(is == should, is == should ? what : `${what}: ${is} instead of ${should}`);
}

function textOf(err: Failure | null): string {
  return err === null ? "null" : err.toString();
}

function bytes(text: string): Uint8Array {
  return Uint8Array.wrap(String.UTF8.encode(text));
}

function text(buffer: Uint8Array, size: i32): string {
  return String.UTF8.decodeUnsafe(buffer.dataStart, size);
}

const buffer = new Uint8Array(256);

function local(port: i32 = 0): TCPAddr {
  return new TCPAddr(ipv4(127, 0, 0, 1), port);
}

@final
class Pair {
  constructor(
    readonly client: TCPConn,
    readonly server: TCPConn,
  ) {}
}

function pair(): Pair {
  const listener = listenTCP("tcp", local()).value;
  const client = dialTCP("tcp", null, listener.addr() as TCPAddr).value;
  const server = listener.acceptTCP().value;
  listener.close();
  return new Pair(client, server);
}

// --- TCP

@final
class Server {
  readonly ended: WaitGroup = new WaitGroup();
  clients: i32 = 0;
  err: Failure | null = null;

  constructor(readonly listener: Listener) {
    this.ended.add(1);
  }
}

function echo(conn: Conn): void {
  copy(conn, conn);
  conn.close();
}

function serve(server: Server): void {
  while (true) {
    const accepted = server.listener.accept();
    if (!accepted.ok) {
      server.err = accepted.err;
      break;
    }
    server.clients++;
    go(echo, accepted.value);
  }
  server.ended.done();
}

@final
class Client {
  answer: string = "";
  constructor(
    readonly number: i32,
    readonly to: TCPAddr,
    readonly ended: WaitGroup,
  ) {}
}

function ask(client: Client): void {
  const conn = dialTCP("tcp", null, client.to).value;
  const question = `question ${client.number}`;
  // In pieces, with the other clients in between.
  for (let i = 0; i < question.length; i++) {
    writeString(conn, question.charAt(i));
    sleep(MILLISECOND);
  }
  conn.closeWrite();
  client.answer = readAll(conn).toString();
  conn.close();
  client.ended.done();
}

function testManyClients(): void {
  const server = new Server(listenTCP("tcp", local()).value);
  go(serve, server);
  const ended = new WaitGroup();
  const clients: Client[] = [];
  for (let i = 0; i < 50; i++) clients.push(new Client(i, server.listener.addr() as TCPAddr, ended));
  ended.add(clients.length);
  for (let i = 0; i < clients.length; i++) go(ask, clients[i]);
  ended.wait();
  let right = 0;
  for (let i = 0; i < clients.length; i++) right += i32(clients[i].answer == `question ${i}`);
  ok(right == 50 && server.clients == 50, "fifty clients of one server at once, each with its own answer");
  const addr = server.listener.addr().toString();
  ok(server.listener.close() === null, "a listener is closed");
  server.ended.wait();
  equal(textOf(server.err), `accept tcp ${addr}: use of closed network connection`, "who waits in accept is told");
  ok(is(server.err, ErrClosed), "… and finds ErrClosed in it");
  equal(
    textOf(server.listener.close()),
    `close tcp ${addr}: use of closed network connection`,
    "a listener is closed once",
  );
}

function testAddresses(): void {
  const both = pair();
  const client = both.client;
  const server = both.server;
  equal(
    client.localAddr()!.toString(),
    server.remoteAddr()!.toString(),
    "one end's local address is the other's remote",
  );
  equal(server.localAddr()!.toString(), client.remoteAddr()!.toString(), "… and the other way round");
  equal(client.localAddr()!.network(), "tcp", "the network of a TCP address is tcp");
  client.close();
  server.close();
}

function testEnd(): void {
  const both = pair();
  const client = both.client;
  const server = both.server;
  ok(client.write(bytes("last words")) == 10 && client.closeWrite() === null, "closeWrite after a write");
  const all = readAll(server);
  ok(all.toString() == "last words" && all.err === null, "the peer reads up to the end");
  ok(server.read(buffer) == 0 && server.err === EOF, "… and then gets EOF, again and again");
  ok(server.write(bytes("answer")) == 6 && client.read(buffer) == 6, "the other direction still works");
  ok(client.read(new Uint8Array(0)) == 0 && client.err === null, "a read of nothing is no end");
  const where = `${client.localAddr()!}->${client.remoteAddr()!}`;
  client.closeWrite();
  equal(
    String.UTF8.decode(String.UTF8.encode(textOf(writeTo(client)))),
    `write tcp ${where}: write: broken pipe`,
    "writing after closeWrite: EPIPE",
  );
  client.close();
  ok(client.read(buffer) == 0 && is(client.err, ErrClosed), "a closed connection cannot be read");
  equal(textOf(client.err), `read tcp ${where}: use of closed network connection`, "… and says so");
  equal(textOf(writeTo(client)), `write tcp ${where}: use of closed network connection`, "… nor written");
  equal(textOf(client.close()), `close tcp ${where}: use of closed network connection`, "… nor closed again");
  equal(textOf(client.setNoDelay(true)), `set tcp ${where}: use of closed network connection`, "… nor set up");
  equal(
    textOf(client.setDeadline(1)),
    `set tcp ${client.localAddr()!}: use of closed network connection`,
    "… nor given a deadline",
  );
  server.close();
}

function writeTo(conn: Conn): Failure | null {
  conn.write(bytes("x"));
  return conn.err;
}

function testReset(): void {
  const both = pair();
  const client = both.client;
  const server = both.server;
  client.setLinger(0);
  client.close();
  ok(server.read(buffer) == 0, "a reset brings nothing");
  equal(
    textOf(server.err),
    `read tcp ${server.localAddr()!}->${server.remoteAddr()!}: read: connection reset by peer`,
    "… but ECONNRESET",
  );
  server.close();
}

function closeSoon(conn: TCPConn): void {
  sleep(5 * MILLISECOND);
  conn.close();
}

function testReadFrom(): void {
  const both = pair();
  const client = both.client;
  const where = `${client.localAddr()!}->${client.remoteAddr()!}`;
  client.write(bytes("0123456789"));
  const back = copyN(both.server, both.server, 4);
  ok(back.n == 4 && back.err === null && client.read(buffer) == 4, "so much is copied to a connection as is asked for");
  client.close();
  equal(
    textOf(copy(client, both.server).err),
    `readfrom tcp ${where}: write tcp ${where}: use of closed network connection`,
    "a copy to a connection says what failed of what",
  );
  const none = client.readFrom(both.server);
  ok(none.n == 0 && none.err === null, "… and of nothing, nothing");
  both.server.close();
  const another = pair();
  another.client.write(bytes("hello"));
  another.client.closeWrite();
  const own = new Uint8Array(16);
  const all = copyBuffer(another.server, another.server, own);
  ok(
    all.n == 5 && all.err === null && text(own, 5) == "hello",
    "copyBuffer to a connection uses the buffer it is given",
  );
  another.client.close();
  another.server.close();
}

function testCloseWakes(): void {
  const both = pair();
  go(closeSoon, both.client);
  ok(both.client.read(buffer) == 0 && is(both.client.err, ErrClosed), "closing a connection wakes who reads from it");
  both.server.close();
}

function testDeadlines(): void {
  const both = pair();
  const conn = both.client;
  const start = now();
  conn.setReadDeadline(now() + 20 * MILLISECOND);
  ok(conn.read(buffer) == 0 && conn.err!.timeout(), "a read ends at its deadline");
  ok(since(start) >= 20 * MILLISECOND && since(start) < 5 * SECOND, "… neither before nor long after");
  equal(textOf(conn.err), `read tcp ${conn.localAddr()!}->${conn.remoteAddr()!}: i/o timeout`, "… with Go's words");
  both.server.write(bytes("late"));
  ok(conn.read(buffer) == 0 && conn.err!.timeout(), "a deadline that has passed holds, even for what is there");
  conn.setReadDeadline(0);
  ok(conn.read(buffer) == 4 && conn.err === null, "without a deadline it can be read");
  conn.setDeadline(now() - SECOND);
  ok(conn.read(buffer) == 0 && conn.err!.timeout(), "a deadline in the past ends a read at once");
  ok(conn.write(bytes("x")) == 0 && conn.err!.timeout(), "… and a write");
  conn.setDeadline(0);
  conn.setWriteDeadline(now() + 20 * MILLISECOND);
  const big = new Uint8Array(1 << 24);
  const written = conn.write(big);
  ok(written > 0 && written < big.length && conn.err!.timeout(), "a write that nobody reads ends at its deadline");
  conn.close();
  both.server.close();

  const listener = listenTCP("tcp", local()).value;
  listener.setDeadline(now() + 5 * MILLISECOND);
  const accepted = listener.accept();
  equal(textOf(accepted.err), `accept tcp ${listener.addr()}: i/o timeout`, "accept ends at its deadline");
  listener.close();
}

@final
class Writing {
  constructor(
    readonly conn: TCPConn,
    readonly letter: u8,
    readonly ended: WaitGroup,
  ) {}
}

function writeMuch(writing: Writing): void {
  const much = new Uint8Array(1 << 20);
  much.fill(writing.letter);
  writing.conn.write(much);
  writing.ended.done();
}

function testTurns(): void {
  const both = pair();
  const ended = new WaitGroup();
  ended.add(3);
  for (let i: u8 = 0; i < 3; i++) go(writeMuch, new Writing(both.client, 0x61 + i, ended));
  const all = new Uint8Array(3 << 20);
  let size = 0;
  while (size < all.length) size += both.server.read(all.subarray(size));
  let changes = 0;
  for (let i = 1; i < all.length; i++) changes += i32(all[i] != all[i - 1]);
  ok(changes == 2, "what one write sends stays in one piece, whoever else writes");
  ended.wait();
  both.client.close();
  both.server.close();
}

function testDial(): void {
  const listener = listenTCP("tcp", local()).value;
  const addr = listener.addr() as TCPAddr;
  listener.close();
  const refused = dialTCP("tcp", null, addr);
  equal(textOf(refused.err), `dial tcp ${addr}: connect: connection refused`, "a refused connection says whose");
  ok(is(refused.err, new Errno(111)) && !refused.err!.timeout(), "… and is ECONNREFUSED");
  equal(
    textOf(dialTimeout("tcp", addr.toString(), -1).err),
    `dial tcp ${addr}: i/o timeout`,
    "who has no time left is not connected",
  );
  equal(textOf(dialTCP("tcp", null, null).err), "dial tcp: missing address", "no address, no connection");
  equal(textOf(dialTCP("udp", null, addr).err), `dial udp ${addr}: unknown network udp`, "udp is no TCP network");
  equal(textOf(listenTCP("tcp5", addr).err), `listen tcp5 ${addr}: unknown network tcp5`, "nor is there a tcp5");
  equal(
    textOf(dialTCP("tcp4", null, new TCPAddr(IPv6loopback, 80)).err),
    "dial tcp4 [::1]:80: address ::1: non-IPv4 address",
    "tcp4 knows no IPv6",
  );
  const denied = dialTCP("tcp", null, new TCPAddr(ipv4(127, 0, 0, 2), 9));
  equal(textOf(denied.err), "dial tcp 127.0.0.2:9: connect: permission denied", "what is not granted is EACCES");
  const second = listenTCP("tcp", addr).value;
  const third = listenTCP("tcp", addr);
  equal(textOf(third.err), `listen tcp ${addr}: bind: address already in use`, "an address in use says so");
  const from = dialTCP("tcp", local(), second.addr() as TCPAddr).value;
  ok(from.localAddr()!.toString().startsWith("127.0.0.1:"), "a client may say where it calls from");
  from.close();
  second.close();
}

function testOptions(): void {
  const both = pair();
  const conn = both.client;
  ok(conn.setNoDelay(false) === null, "setNoDelay");
  ok(conn.setKeepAlive(true) === null && conn.setKeepAlivePeriod(1500 * MILLISECOND) === null, "setKeepAlive");
  ok(conn.setReadBuffer(1 << 16) === null && conn.setWriteBuffer(1 << 16) === null, "buffers");
  ok(conn.setLinger(-1) === null && conn.setLinger(1) === null, "setLinger");
  const file = conn.file().value;
  conn.close();
  ok(file.write(bytes("by file")) == 7, "a file of a connection outlives it");
  ok(both.server.read(buffer) == 7 && text(buffer, 7) == "by file", "… and is the same connection");
  file.close();
  ok(both.server.read(buffer) == 0 && both.server.err === EOF, "… which ends with its last descriptor");
  both.server.close();
}

function testSix(): void {
  const listener = listenTCP("tcp", new TCPAddr(IPv6loopback, 0));
  if (!listener.ok) {
    ok(false, textOf(listener.err));
    return;
  }
  const conn = dialTCP("tcp6", null, listener.value.addr() as TCPAddr).value;
  ok(conn.remoteAddr()!.toString().startsWith("[::1]:"), "IPv6 works alike");
  conn.close();
  listener.value.close();
}

// --- UDP

function answer(socket: PacketConn): void {
  const room = new Uint8Array(256);
  while (true) {
    const received = socket.readFrom(room);
    if (received.err !== null) return;
    socket.writeTo(room.subarray(0, received.n), received.addr);
  }
}

function testUDP(): void {
  const server = listenUDP("udp", new UDPAddr(ipv4(127, 0, 0, 1), 0)).value;
  go<PacketConn>(answer, server);
  const to = server.localAddr() as UDPAddr;
  const conn = dialUDP("udp", null, to).value;
  ok(writeString(conn, "datagram") == 8 && conn.read(buffer) == 8 && text(buffer, 8) == "datagram", "a datagram");
  ok(conn.write(new Uint8Array(0)) == 0 && conn.err === null, "an empty datagram is sent");
  ok(conn.read(buffer) == 0 && conn.err === null, "… and received, and is no end");
  writeString(conn, "0123456789");
  ok(conn.read(buffer.subarray(0, 4)) == 4 && text(buffer, 4) == "0123", "what does not fit is lost");
  writeString(conn, "next");
  ok(conn.read(buffer) == 4 && text(buffer, 4) == "next", "… and the next one is the next");
  ok(conn.writeTo(bytes("x"), to) == 0 && is(conn.err, ErrWriteToConnected), "who is connected has no other peers");
  conn.setReadDeadline(now() + 5 * MILLISECOND);
  ok(conn.read(buffer) == 0 && conn.err!.timeout(), "silence ends at the deadline");
  conn.close();

  const free = listenUDP("udp", new UDPAddr(ipv4(127, 0, 0, 1), 0)).value;
  ok(free.writeToUDP(bytes("to"), to) == 2, "who is not connected says where to");
  const received = free.readFromUDP(buffer);
  equal(`${received.n} ${received.addr!}`, `2 ${to}`, "… and learns where from");
  free.writeToUDP(bytes("again"), to);
  const message = free.readMsgUDP(buffer, new Uint8Array(64));
  equal(`${message.n} ${message.oobn} ${message.flags} ${message.addr!}`, `5 0 0 ${to}`, "readMsgUDP");
  const sent = free.writeMsgUDP(bytes("!"), new Uint8Array(0), to);
  ok(sent.n == 1 && sent.err === null && free.readFrom(buffer).n == 1, "writeMsgUDP");
  ok(free.writeTo(bytes("x"), null) == 0, "nobody is no peer");
  equal(textOf(free.err), `write udp ${free.localAddr()!}: missing address`, "… and that is said");
  free.writeToUDP(bytes("x"), new UDPAddr(IPv6loopback, 9));
  equal(
    textOf(free.err),
    `write udp ${free.localAddr()!}->[::1]:9: address ::1: non-IPv4 address`,
    "a socket of IPv4 sends to no IPv6",
  );
  equal(
    textOf(wrongPeer(free)),
    `write udp ${free.localAddr()!}->/x: invalid argument`,
    "nor is a Unix address one of UDP",
  );
  free.close();
  server.close();
}

function wrongPeer(socket: UDPConn): Failure | null {
  socket.writeTo(bytes("x"), new UnixAddr("/x", "unixgram"));
  return socket.err;
}

// --- Unix

function testUnix(directory: string): void {
  const path = `${directory}/stream`;
  const server = new Server(listenUnix("unix", new UnixAddr(path, "unix")).value);
  go(serve, server);
  const conn = dialUnix("unix", null, new UnixAddr(path, "unix")).value;
  equal(conn.remoteAddr()!.toString(), path, "the peer of a Unix client is a path");
  equal(conn.localAddr()!.toString(), "@", "… and the client, which has no name, is @");
  writeString(conn, "over there");
  ok(conn.closeWrite() === null && readAll(conn).toString() == "over there", "a Unix stream, there and back");
  conn.close();
  const again = listenUnix("unix", new UnixAddr(path, "unix"));
  equal(textOf(again.err), `listen unix ${path}: bind: address already in use`, "a path in use says so");
  server.listener.close();
  server.ended.wait();
  ok(lstat(path, new Stat()) < 0, "a listener takes its file along");
  equal(
    textOf(dialUnix("unix", null, new UnixAddr(path, "unix")).err),
    `dial unix ${path}: connect: no such file or directory`,
    "nobody is there then",
  );
  const kept = listenUnix("unix", new UnixAddr(path, "unix")).value;
  kept.setUnlinkOnClose(false);
  kept.close();
  ok(lstat(path, new Stat()) == 0, "… unless it is told to leave it");
}

function testUnixgram(directory: string): void {
  const here = new UnixAddr(`${directory}/here`, "unixgram");
  const server = listenUnixgram("unixgram", here).value;
  const client = dialUnix("unixgram", new UnixAddr("@there", "unixgram"), here).value;
  writeString(client, "gram");
  const received = server.readFromUnix(buffer);
  equal(`${received.n} ${received.addr!}`, "4 @there", "a datagram from an abstract name");
  ok(server.writeToUnix(bytes("back"), received.addr) == 4 && client.read(buffer) == 4, "… and back");
  ok(server.writeToUnix(bytes("x"), new UnixAddr("x", "unix")) == 0, "a stream's address is none of datagrams");
  client.close();
  server.close();
}

function testUnixpacket(): void {
  const at = new UnixAddr("@packets", "unixpacket");
  const listener = listenUnix("unixpacket", at).value;
  const client = dialUnix("unixpacket", null, at).value;
  const server = listener.acceptUnix().value;
  writeString(client, "one");
  writeString(client, "three");
  ok(server.read(buffer) == 3 && server.read(buffer) == 5, "records stay apart");
  client.close();
  ok(server.read(buffer) == 0 && server.err === EOF, "… and end");
  server.close();
  listener.close();
}

/** What a file that somebody else has opened is the socket of. */
function testFiles(): void {
  const listener = listenTCP("tcp", local()).value;
  const file = listener.file().value;
  const again = fileListener(file).value;
  listener.close();
  file.close();
  const client = dialTCP("tcp", null, again.addr() as TCPAddr).value;
  const server = again.accept().value;
  const passed = client.file().value;
  const made = fileConn(passed).value;
  equal(
    `${made.localAddr()!} ${made.remoteAddr()!}`,
    `${client.localAddr()!} ${client.remoteAddr()!}`,
    "a file's connection",
  );
  client.close();
  passed.close();
  writeString(made, "by file");
  ok(server.read(buffer) == 7 && text(buffer, 7) == "by file", "… works without what it was made of");
  made.close();
  ok(server.read(buffer) == 0 && server.err === EOF, "… and ends it");
  again.close();
  const socket = listenUDP("udp", new UDPAddr(ipv4(127, 0, 0, 1), 0)).value;
  const other = socket.file().value;
  equal(filePacketConn(other).value.localAddr()!.toString(), socket.localAddr()!.toString(), "a file's datagrams");
  equal(textOf(fileListener(other).err), `file file+net ${other.name}: invalid argument`, "… are no listener");
  const ends = new StaticArray<i32>(2);
  pipe(ends);
  equal(
    textOf(fileConn(new File(ends[0], "|0")).err),
    "file file+net |0: getsockopt: socket operation on non-socket",
    "nor is every file a socket",
  );
}

function main(): void {
  testFiles();
  testManyClients();
  testAddresses();
  testEnd();
  testReset();
  testReadFrom();
  testCloseWakes();
  testDeadlines();
  testTurns();
  testDial();
  testOptions();
  testSix();
  testUDP();
  testUnix(args[1]);
  testUnixgram(args[1]);
  testUnixpacket();
  ok(numGoroutine() == 1, `no goroutine is left (${numGoroutine()})`);
}

main();
exit(min(failures, 1));
