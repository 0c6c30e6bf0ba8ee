// sockyard run --allow-net-listen=0.0.0.0:12345 examples/net/chat-server.ts
//
// A room where everybody hears everybody. The first line that a client sends is its name.
// Arguments: [port] [address] [seconds that a client may be silent]
//
// Each client has two goroutines, one that reads and one that writes. Who is here is
// known to a third alone, the hub, and the others tell it by channels: no lock is needed.

import { Scanner } from "sockyard/bufio";
import { fprintf, printf, sprintf } from "sockyard/fmt";
import { Chan, go, go0, NO_CASE, Select } from "sockyard/go";
import { Failure, writeString } from "sockyard/io";
import { Conn, joinHostPort, listen } from "sockyard/net";
import { args, exit, stderr } from "sockyard/os";
import { MILLISECOND, now, SECOND, sleep } from "sockyard/time";

/** How many lines may wait for a client that reads slower than the others talk. */
const PATIENCE: i32 = 64;
const LONGEST_LINE: i32 = 4096;

class Client {
  /** What the hub has for it. Closed by the hub: nothing more comes. */
  readonly lines: Chan<string> = new Chan<string>(PATIENCE);

  constructor(
    readonly conn: Conn,
    readonly name: string,
  ) {}
}

class Message {
  constructor(
    readonly from: Client,
    readonly text: string,
  ) {}
}

const joins = new Chan<Client>();
const leaves = new Chan<Client>();
const messages = new Chan<Message>();
const silence: i64 = (args.length > 3 ? I64.parseInt(args[3]) : 600) * SECOND;

/** Who is here: for the hub alone to look at. */
const clients = new Map<string, Client>();

/** Waits for events only, never for a client. */
function hub(): void {
  const events = new Select().recv(joins).recv(leaves).recv(messages);
  while (true) {
    const event = events.wait();
    if (event == 0) welcome(events.value<Client>(0));
    else if (event == 1) dismiss(events.value<Client>(1));
    else pass(events.value<Message>(2));
  }
}

function isHere(client: Client): bool {
  return clients.has(client.name) && clients.get(client.name) === client;
}

function welcome(client: Client): void {
  if (clients.has(client.name)) {
    client.lines.send("* That name is taken.\n");
    client.lines.close();
    return;
  }
  tellAll(sprintf("* %s joins\n", client.name), null);
  clients.set(client.name, client);
  tell(client, sprintf("* Welcome, %s. Here are %d.\n", client.name, clients.size));
}

function dismiss(client: Client): void {
  if (!isHere(client)) return;
  clients.delete(client.name);
  client.lines.close();
  tellAll(sprintf("* %s leaves\n", client.name), null);
}

function pass(message: Message): void {
  const from = message.from;
  if (isHere(from)) tellAll(sprintf("%s: %s\n", from.name, message.text), from);
}

function tellAll(line: string, except: Client | null): void {
  // A copy of the list: who is too slow leaves it meanwhile.
  const all = clients.values();
  for (let i = 0; i < all.length; i++) if (all[i] !== except) tell(all[i], line);
}

/** Hands a line to the client's writer, or gives the client up: one that does not read must not hold up the rest. */
function tell(client: Client, line: string): void {
  if (!isHere(client) || new Select().send(client.lines, line).poll() != NO_CASE) return;
  printf("%q is too slow\n", client.name);
  client.conn.close();
  dismiss(client);
}

/** The goroutine that writes: it may wait for a client that is slow. */
function write(client: Client): void {
  const lines = client.lines;
  while (lines.next() && writeString(client.conn, lines.value) > 0) {}
  // Wakes the reader, if it still waits.
  client.conn.close();
}

/** The goroutine that reads: it tells the hub what it hears. */
function read(conn: Conn): void {
  const lines = new Scanner(conn);
  lines.buffer(new Uint8Array(256), LONGEST_LINE);
  if (!scan(lines, conn) || lines.text().length == 0) {
    conn.close();
    return;
  }

  const client = new Client(conn, lines.text());
  printf("%q joins\n", client.name);
  go(write, client);
  joins.send(client);
  while (scan(lines, conn)) messages.send(new Message(client, lines.text()));
  printf("%q leaves: %v\n", client.name, lines.err());
  leaves.send(client);
}

/** Waits for the next line, but not for ever. */
function scan(lines: Scanner, conn: Conn): bool {
  conn.setReadDeadline(now() + silence);
  return lines.scan();
}

function main(): i32 {
  const port = args.length > 1 ? args[1] : "12345";
  const host = args.length > 2 ? args[2] : "0.0.0.0"; // all interfaces of this machine
  const listening = listen("tcp", joinHostPort(host, port));
  if (!listening.ok) return failure(listening.err);
  const listener = listening.value;
  fprintf(stderr, "listening on %v\n", listener.addr());

  go0(hub);
  while (true) {
    const accepted = listener.accept();
    const err = accepted.err;
    if (err === null) {
      go(read, accepted.value);
    } else if (err.temporary()) {
      // Too many descriptors are open: others will be closed.
      sleep(10 * MILLISECOND);
    } else {
      return failure(err);
    }
  }
}

function failure(err: Failure | null): i32 {
  fprintf(stderr, "%v\n", err);
  return 1;
}

exit(main());
