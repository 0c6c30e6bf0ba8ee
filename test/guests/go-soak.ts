// Many connections of seven kinds, servers and clients in one program. Tells now and then how it is, and waits for a line.
// Argument: how many connections. The first quarter is one stretch, the rest another.

import { Chan, go, numGoroutine } from "sockyard/go";
import { copy, EOF, Failure, is, readAll, readFull } from "sockyard/io";
import { dialTCP, ErrClosed, ipv4, listenTCP, TCPAddr, TCPConn, TCPListener } from "sockyard/net";
import { args, stdin, stdout } from "sockyard/os";
import { WaitGroup } from "sockyard/sync";
import {
  AF_INET,
  bind,
  ECONNREFUSED,
  ECONNRESET,
  Errno,
  getsockname,
  SOCK_STREAM,
  SockaddrInet4,
  socket,
} from "sockyard/syscall";
import { MILLISECOND, now } from "sockyard/time";

/** What becomes of a connection. */
type Kind = i32;

const ECHO: Kind = 0;
const HALF_CLOSE: Kind = 1;
const RESET: Kind = 2;
const SILENT_CLIENT: Kind = 3;
const SERVER_CLOSES: Kind = 4;
const REFUSED: Kind = 5;
const STUCK_WRITE: Kind = 6;
/** How many kinds there are. */
const COUNT: i32 = 7;

const AT_ONCE: i32 = 100;
const PATIENCE: i64 = 20 * MILLISECOND;

/** How many of each kind went as they should, at either end. */
const byClients = new StaticArray<i32>(COUNT);
const byServers = new StaticArray<i32>(COUNT);
const servers: (TCPListener | null)[] = [];
const addresses: TCPAddr[] = [];
const accepting = new WaitGroup();
const serving = new WaitGroup();
/** For each client that can be stuck: that it no longer is. */
const unstuck: Chan<bool>[] = [];
const much = new Uint8Array(1 << 21);
let complaints = 0;
let next = 0;

function note(counts: StaticArray<i32>, kind: Kind, isRight: bool, err: Failure | null): void {
  if (isRight) counts[kind]++;
  else if (complaints++ < 10) {
    const who = counts === byClients ? "client" : "server";
    stdout.writeString(`${who} of kind ${kind}: ${err === null ? "no error" : err.toString()}\n`);
  }
}

// --- Servers

@final
class Served {
  constructor(
    readonly kind: Kind,
    readonly conn: TCPConn,
  ) {}
}

function serve(served: Served): void {
  const kind = served.kind;
  const conn = served.conn;
  const isRight = serveAs(kind, conn);
  note(byServers, kind, isRight, conn.err);
  conn.close();
  serving.done();
}

function serveAs(kind: Kind, conn: TCPConn): bool {
  const buffer = new Uint8Array(64);
  switch (kind) {
    case ECHO:
      return copy(conn, conn).err === null;
    case HALF_CLOSE: {
      const all = readAll(conn);
      return all.err === null && conn.write(all.bytes) == all.bytes.length;
    }
    case RESET:
      conn.write(buffer);
      return conn.read(buffer) == 0 && is(conn.err, new Errno(ECONNRESET));
    case SILENT_CLIENT: {
      const until = now() + PATIENCE;
      conn.setReadDeadline(until);
      return conn.read(buffer) == 0 && conn.err!.timeout() && now() >= until;
    }
    case SERVER_CLOSES:
      return conn.write(buffer) == buffer.length;
    default: {
      if (readFull(conn, buffer.subarray(0, 1)).err !== null) return false;
      return unstuck[buffer[0]].recv();
    }
  }
}

function acceptAll(kind: i32): void {
  const listener = servers[kind]!;
  while (true) {
    const accepted = listener.acceptTCP();
    if (!accepted.ok) {
      if (!is(accepted.err, ErrClosed)) note(byServers, kind, false, accepted.err);
      break;
    }
    serving.add(1);
    go(serve, new Served(kind, accepted.value));
  }
  accepting.done();
}

// --- Clients

/** An address where a socket is bound and nobody listens. */
function nobody(host: u8): TCPAddr {
  const fd = socket(AF_INET, SOCK_STREAM, 0);
  bind(fd, new SockaddrInet4(0, [127, 0, 0, host]));
  return new TCPAddr(ipv4(127, 0, 0, host), (getsockname(fd).value as SockaddrInet4).port);
}

function call(kind: Kind, slot: i32): void {
  const dialed = dialTCP("tcp", null, addresses[kind]);
  const refused = dialed.err;
  if (refused !== null) {
    note(byClients, kind, kind == REFUSED && is(refused, new Errno(ECONNREFUSED)), refused);
    return;
  }
  const conn = dialed.value;
  note(byClients, kind, callAs(kind, conn, <u8>slot), conn.err);
  conn.close();
  if (kind == STUCK_WRITE) unstuck[slot].send(true);
}

function callAs(kind: Kind, conn: TCPConn, slot: u8): bool {
  const buffer = new Uint8Array(64);
  switch (kind) {
    case ECHO: {
      buffer.fill(slot);
      if (conn.write(buffer) != 64) return false;
      const back = new Uint8Array(64);
      return readFull(conn, back).err === null && back[0] == slot && back[63] == slot;
    }
    case HALF_CLOSE: {
      const sent = much.subarray(0, 3000);
      if (conn.write(sent) != 3000 || conn.closeWrite() !== null) return false;
      const all = readAll(conn);
      return all.err === null && all.bytes.length == 3000;
    }
    case RESET:
      return readFull(conn, buffer).err === null && conn.setLinger(0) === null;
    case SILENT_CLIENT:
      return conn.read(buffer) == 0 && conn.err === EOF;
    case SERVER_CLOSES:
      return readFull(conn, buffer).err === null && conn.read(buffer) == 0 && conn.err === EOF;
    case STUCK_WRITE: {
      buffer[0] = slot;
      conn.setWriteBuffer(4096);
      conn.setWriteDeadline(now() + PATIENCE);
      if (conn.write(buffer) != 64) return false;
      const written = conn.write(much);
      return written < much.length && conn.err!.timeout();
    }
    default:
      return false;
  }
}

@final
class Worker {
  constructor(
    readonly slot: i32,
    readonly end: i32,
    readonly ended: WaitGroup,
  ) {}
}

function work(worker: Worker): void {
  while (next < worker.end) call(next++ % COUNT, worker.slot);
  worker.ended.done();
}

/** All connections up to number `end`. */
function run(end: i32): void {
  const ended = new WaitGroup();
  ended.add(AT_ONCE);
  for (let slot = 0; slot < AT_ONCE; slot++) go(work, new Worker(slot, end, ended));
  ended.wait();
  serving.wait();
}

/** Tells how it is, and lets the test look. */
function pause(): void {
  const counts = `${byClients.join(" ")} / ${byServers.join(" ")}`;
  stdout.writeString(`${next}: ${numGoroutine()} goroutines, ${memory.size()} pages, ${counts}\n`);
  stdin.read(new Uint8Array(1));
}

function main(): void {
  for (let kind: i32 = 0; kind < COUNT; kind++) {
    const isServed = kind != REFUSED;
    servers.push(isServed ? listenTCP("tcp", new TCPAddr(ipv4(127, 0, 0, <u8>(kind + 1)), 0)).value : null);
    addresses.push(isServed ? (servers[kind]!.addr() as TCPAddr) : nobody(<u8>(kind + 1)));
    if (!isServed) continue;
    accepting.add(1);
    go(acceptAll, kind);
  }
  for (let slot = 0; slot < AT_ONCE; slot++) unstuck.push(new Chan<bool>(1));
  const total = <i32>parseInt(args[1], 10);
  // One of each: from here on everything that is made once is there.
  run(COUNT);
  pause();
  run(total / 4);
  pause();
  run(total);
  pause();
  for (let kind: i32 = 0; kind < COUNT; kind++) {
    if (kind != REFUSED) servers[kind]!.close();
  }
  accepting.wait();
  pause();
}

main();
