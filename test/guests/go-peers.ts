// Talks with a program in another language: test/peers/net.go, test/peers/rights.py.
// Arguments: (serve|call|send|receive) network address. `send` passes standard input, `receive` takes descriptors.

import { copy, readAll, writeString } from "sockyard/io";
import { Conn, dial, dialTCP, dialUnix, listen, listenPacket, resolveTCPAddr, UnixAddr, UnixConn } from "sockyard/net";
import { args, File, stdin, stdout } from "sockyard/os";
import { parseSocketControlMessage, parseUnixRights, unixRights } from "sockyard/syscall";

const how = args[1];
const network = args[2];
const address = args[3];
const buffer = new Uint8Array(256);

function textOf(size: i32): string {
  return String.UTF8.decodeUnsafe(buffer.dataStart, size);
}

/** Says back to one client all that it says. */
function serve(): void {
  const listener = listen(network, address).value;
  stdout.writeString(`ready ${listener.addr()}\n`);
  const conn = listener.accept().value;
  // Records are said back one by one, and end as a stream does.
  copy(conn, conn);
  conn.close();
  listener.close();
}

/** Says back two datagrams, the second of which is empty. */
function serveDatagrams(): void {
  const socket = listenPacket(network, address).value;
  stdout.writeString(`ready ${socket.localAddr()!}\n`);
  for (let i = 0; i < 2; i++) {
    const received = socket.readFrom(buffer);
    socket.writeTo(buffer.subarray(0, received.n), received.addr);
  }
  socket.close();
}

/** Says something, says that this is all, and prints what comes back. */
function callStream(): void {
  const conn = dialTCP(network, null, resolveTCPAddr(network, address).value).value;
  writeString(conn, "to and fro");
  conn.closeWrite();
  const all = readAll(conn);
  stdout.writeString(`${all.toString()}, ${all.err === null}\n`);
  conn.close();
}

/** A socket for messages; one of Unix datagrams has an abstract name, or nobody could answer. */
function connect(): Conn {
  if (network != "unixgram") return dial(network, address).value;
  return dialUnix(network, new UnixAddr(`@${address}.client`, network), new UnixAddr(address, network)).value;
}

function callMessages(): void {
  const conn = connect();
  writeString(conn, "a message");
  stdout.writeString(`${textOf(conn.read(buffer))}, ${conn.err === null}\n`);
  if (network != "unixpacket") {
    conn.write(buffer.subarray(0, 0));
    stdout.writeString(`${conn.read(buffer)}, ${conn.err === null}\n`);
  }
  conn.close();
}

function send(): void {
  const conn = dialUnix(network, null, new UnixAddr(address, network)).value;
  const sent = conn.writeMsgUnix(Uint8Array.wrap(String.UTF8.encode("here")), unixRights(stdin.fd), null);
  const err = sent.err;
  stdout.writeString(err === null ? `${sent.n} sent\n` : `${err}\n`);
  conn.close();
}

/** The socket on which descriptors come: one that is called, or of datagrams one that is sent to. */
function receiver(): UnixConn {
  const name = new UnixAddr(address, network);
  if (network != "unixgram") return dialUnix(network, null, name).value;
  const socket = listenPacket(network, address).value as UnixConn;
  stdout.writeString("ready\n");
  return socket;
}

/** Copies the first file that comes to the second. */
function receive(): void {
  const conn = receiver();
  const oob = new Uint8Array(128);
  const received = conn.readMsgUnix(buffer, oob);
  stdout.writeString(`${textOf(received.n)}, flags ${received.flags}\n`);
  const messages = parseSocketControlMessage(oob.subarray(0, received.oobn)).value;
  if (messages.length > 0) {
    const fds = parseUnixRights(messages[0]).value;
    stdout.writeString(`${fds.length} came\n`);
    const from = new File(fds[0], "from");
    const to = new File(fds[1], "to");
    copy(to, from);
    from.close();
    to.close();
  }
  conn.close();
}

const isDatagram = network == "udp" || network == "unixgram";
if (how == "send") send();
else if (how == "receive") receive();
else if (how == "serve" && isDatagram) serveDatagrams();
else if (how == "serve") serve();
else if (network == "tcp") callStream();
else callMessages();
