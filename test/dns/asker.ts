import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { NameServer } from "../../host/core/resolver/resolver-host.js";
import { encode, labels, type Message, TYPE } from "./message.js";

/** How a look-up ended. */
export interface Asked {
  /** Empty if there is an errno. */
  readonly answer: Buffer;
  readonly errno: number;
  readonly seconds: number;
}

export interface Asker {
  ask(query: Buffer): Promise<Asked>;
  stop(): Promise<void>;
}

/** A machine of the test's own: its servers, and what its files say. */
export interface Machine {
  readonly servers?: readonly Pick<NameServer, "port">[];
  readonly address?: string;
  readonly resolvConf?: string;
  readonly hosts?: string;
}

/** Starts a process that looks names up, as a guest with every right would. */
export async function startAsker({ servers, address = "127.0.0.1", ...files }: Machine): Promise<Asker> {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "sockyard-asker-"));
  const path = (name: "resolvConf" | "hosts") => {
    writeFileSync(join(directory, name), files[name] ?? "options timeout:1\n");
    return join(directory, name);
  };
  const settings = {
    files: { resolvConf: path("resolvConf"), hosts: path("hosts") },
    ...(servers && { servers: servers.map(({ port }) => ({ address, port })) }),
  };
  const child = fork(resolve(import.meta.dirname, "asker-process.js"));
  const call = async (message: object) => {
    child.send(message);
    return (await once(child, "message"))[0];
  };
  await call({ settings });
  return {
    async ask(query) {
      const { answer = "", errno = 0, seconds, leaked } = await call({ query: query.toString("hex") });
      if (leaked !== 0) throw new Error(`the look-up left ${leaked} sockets open`);
      return { answer: Buffer.from(answer, "hex"), errno, seconds };
    },
    async stop() {
      child.kill();
      await once(child, "close");
      rmSync(directory, { recursive: true });
    },
  };
}

/** A plain query with recursion desired. */
export function queryFor(name: string, type: number = TYPE.A, changes: Partial<Message> = {}): Buffer {
  const questions = [{ name: labels(name), type, class: 1 }];
  return encode({ id: 0x1234, flags: 0x0100, questions, answers: [], authorities: [], additional: [], ...changes });
}
