import { once } from "node:events";
import { readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Running } from "../cli/sockyard.js";
import { startServer } from "./command.js";

/** Somebody in the room, and all that was heard. */
class Guest {
  heard = "";
  readonly #socket: Socket;

  constructor(port: string) {
    this.#socket = connect({ port: Number(port), host: "127.0.0.1" });
    onTestFinished(() => void this.#socket.destroy());
    this.#socket.on("error", () => {});
    this.#socket.setEncoding("utf8").on("data", (text: string) => {
      this.heard += text;
    });
  }

  static async enter(port: string, name: string): Promise<Guest> {
    const guest = new Guest(port);
    guest.say(name);
    await guest.hears(`* Welcome, ${name}.`);
    return guest;
  }

  say(line: string): void {
    this.#socket.write(`${line}\n`);
  }

  async hears(text: string): Promise<void> {
    while (!this.heard.includes(text)) await once(this.#socket, "data");
  }

  /** Reads nothing more. */
  sleep(): void {
    this.#socket.pause();
  }

  leave(): void {
    this.#socket.end();
  }

  /** The end may be a reset, if the server closes with bytes unread. */
  isSentAway(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.closed) resolve();
      else this.#socket.once("close", () => resolve());
    });
  }
}

function descriptors({ pid }: Running): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

describe("chat-server.ts", () => {
  it("has everybody hear everybody else, and who comes and goes", async () => {
    const { server, port } = await startServer("chat-server");
    const empty = descriptors(server);
    const ann = await Guest.enter(port, "Ann");
    const bob = await Guest.enter(port, "Bob");
    const eve = await Guest.enter(port, "Éve");
    await ann.hears("* Éve joins\n");
    ann.say("hello");
    await Promise.all([bob.hears("Ann: hello\n"), eve.hears("Ann: hello\n")]);
    bob.say("hi Ann\r");
    await Promise.all([ann.hears("Bob: hi Ann\n"), eve.hears("Bob: hi Ann\n")]);
    eve.say("bye");
    eve.leave();
    await Promise.all([ann, bob].map((guest) => guest.hears("Éve: bye\n* Éve leaves\n")));
    expect(ann.heard).toBe(
      "* Welcome, Ann. Here are 1.\n* Bob joins\n* Éve joins\nBob: hi Ann\nÉve: bye\n* Éve leaves\n",
    );
    await eve.isSentAway();
    ann.leave();
    bob.leave();
    await Promise.all([ann.isSentAway(), bob.isSentAway()]);
    await server.waitFor("stdout", /("Bob"|"Ann") leaves: <nil>\n.*("Bob"|"Ann") leaves: <nil>\n/s);
    expect(descriptors(server)).toBeLessThanOrEqual(empty + 1); // the set of epoll
  });

  it("knows each name once, and takes it back when its owner leaves", async () => {
    const { port } = await startServer("chat-server");
    const ann = await Guest.enter(port, "Ann");
    const other = new Guest(port);
    other.say("Ann");
    await other.isSentAway();
    expect(other.heard).toBe("* That name is taken.\n");
    const nameless = new Guest(port);
    nameless.say("");
    await nameless.isSentAway();
    ann.leave();
    await ann.isSentAway();
    await Guest.enter(port, "Ann");
  });

  it("sends away who is silent for too long, before or after the first line", async () => {
    const { server, port } = await startServer("chat-server", "1");
    const nobody = new Guest(port);
    const ann = await Guest.enter(port, "Ann");
    await Promise.all([nobody.isSentAway(), ann.isSentAway()]);
    await server.waitFor("stdout", /"Ann" leaves: read tcp \S+: i\/o timeout\n/);
  });

  it("gives up who does not read, and who sends a line without end", async () => {
    const { server, port } = await startServer("chat-server");
    const [lazy, busy] = [await Guest.enter(port, "lazy"), await Guest.enter(port, "busy")];
    lazy.sleep();
    // More than the kernel keeps for one that does not read.
    const line = "x".repeat(4000);
    for (let i = 0; i < 8000 && !busy.heard.includes("lazy leaves"); i++) {
      busy.say(line);
      if (i % 100 === 0) await new Promise(setImmediate);
    }
    await busy.hears("* lazy leaves\n");
    await server.waitFor("stdout", /"lazy" is too slow\n/);
    const endless = await Guest.enter(port, "endless");
    endless.say("x".repeat(5000));
    await endless.isSentAway();
    await busy.hears("* endless leaves\n");
    await server.waitFor("stdout", /"endless" leaves: bufio\.Scanner: token too long\n/);
  });
});
