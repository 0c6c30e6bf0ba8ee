import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pinned } from "./machine.js";
import { environment } from "./paths.js";

/** How long a program may take to say something: a guest that is not in the cache is compiled first. */
const PATIENCE = 60_000;

/** A program that runs on the core that is measured, and talks in lines. */
export class Program {
  #child;
  #lines;
  #errors = "";

  /**
   * @param {readonly string[]} command
   * @param {"stdout" | "stderr"} speaksOn
   */
  constructor(command, speaksOn) {
    const [file, ...args] = pinned(command);
    this.#child = spawn(file, args, { env: environment, stdio: "pipe" });
    this.#child.stderr.setEncoding("utf8").on("data", (text) => {
      this.#errors += text;
    });
    this.#lines = createInterface(this.#child[speaksOn])[Symbol.asyncIterator]();
  }

  /** The next line; throws if the program ends or hangs instead. */
  async line() {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), PATIENCE);
    const { value, done } = await this.#lines.next();
    clearTimeout(timer);
    if (done) throw new Error(`${this.#child.spawnargs.join(" ")} ended\n${this.#errors}`);
    return value;
  }

  /** @param {string} text */
  write(text) {
    this.#child.stdin.write(text);
  }

  /** Nanoseconds on the processor so far, of all threads. */
  cpuTime() {
    const tasks = `/proc/${this.#child.pid}/task`;
    const times = readdirSync(tasks).map((id) =>
      Number(readFileSync(`${tasks}/${id}/schedstat`, "utf8").split(" ")[0]),
    );
    return times.reduce((sum, time) => sum + time, 0);
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exit;
  }
}
