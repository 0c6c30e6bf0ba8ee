import { readdirSync, readlinkSync } from "node:fs";
import { expect, it } from "vitest";
import { startSockyard } from "./sockyard.js";

const SERVER = ["--allow-net-listen=127.0.0.1:0", "examples/berkeley/tcp-server.ts", "0", "127.0.0.1"];

/** The sockets in the table of descriptors of one thread. */
function socketsOf(pid: number, thread: number): string[] {
  const directory = `/proc/${pid}/task/${thread}/fd`;
  return readdirSync(directory)
    .map((fd) => readlinkSync(`${directory}/${fd}`))
    .filter((target) => target.startsWith("socket:"));
}

async function listening(options: readonly string[]): Promise<{ main: string[]; others: string[][] }> {
  const running = startSockyard(["run", ...options, ...SERVER], { stdin: "" });
  await running.waitFor("stderr", /listening on/);
  const { pid } = running;
  const threads = readdirSync(`/proc/${pid}/task`).map(Number);
  const others = threads.filter((thread) => thread !== pid).map((thread) => socketsOf(pid, thread));
  return { main: socketsOf(pid, pid), others };
}

// The output is a pair of sockets here, which all threads have.
it("a program's sockets are in the table of the thread that runs it, and of no other", async () => {
  const { main, others } = await listening([]);
  expect(others.length).toBeGreaterThan(0);
  for (const other of others) expect(main.filter((socket) => !other.includes(socket))).toHaveLength(1);
});

it("those of a program with a limit of time are where tools look for them", async () => {
  const { main, others } = await listening(["--time-limit=60s"]);
  for (const other of others) expect(other).toEqual(main);
});
