import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeAll } from "vitest";
import { COMPILED } from "../setup.js";

export { has } from "../installed.js";

/** The root of the project. */
export const PROJECT = resolve(import.meta.dirname, "../..");

/** How to start a process. */
export interface StartOptions {
  readonly cwd?: string;
  /** Added to the environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * What it reads: nothing (from /dev/null), a text, or a descriptor as it is.
   *
   * Without it standard input stays open. Node's pipes are pairs of Unix sockets.
   */
  readonly stdin?: string | number;
}

/** How a process ended, and all that it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

beforeAll(async () => {
  const directory = process.env.XDG_CACHE_HOME ?? "";
  const isCompiled = () => existsSync(join(directory, COMPILED));
  await new Promise<void>((resolveCompiled) => {
    const watcher = watch(directory, look);
    look();
    function look(): void {
      if (!isCompiled()) return;
      watcher.close();
      resolveCompiled();
    }
  });
}, 240_000);

const running = new Set<Running>();
const directories: string[] = [];

afterEach(async () => {
  const left = [...running];
  for (const process of left) process.kill("SIGKILL");
  await Promise.all(left.map(({ ended }) => ended));
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** A process that a test started. It is killed when the test ends. */
export class Running {
  readonly #child: ChildProcess;
  readonly #text = { stdout: "", stderr: "" };
  readonly #changed = new Set<() => void>();
  readonly ended: Promise<Ended>;
  #isOver = false;

  constructor(command: string, args: readonly string[], { cwd = PROJECT, env = {}, stdin }: StartOptions) {
    const input = typeof stdin === "number" ? stdin : stdin === "" ? "ignore" : "pipe";
    this.#child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: [input, "pipe", "pipe"] });
    running.add(this);
    for (const name of ["stdout", "stderr"] as const) {
      this.#child[name]?.setEncoding("utf8").on("data", (text: string) => {
        this.#text[name] += text;
        this.#notify();
      });
    }
    // Whoever does not read all of its input may be gone before it is written.
    this.#child.stdin?.on("error", () => {});
    if (typeof stdin === "string") this.#child.stdin?.end(stdin);
    this.ended = new Promise((resolveEnded, reject) => {
      this.#child.on("error", reject);
      this.#child.on("close", (code, signal) => resolveEnded(this.#end(code, signal)));
    });
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  get stdin(): NodeJS.WritableStream {
    return this.#child.stdin as NodeJS.WritableStream;
  }

  /** Resolves once what it wrote matches; rejects if it ends without. */
  waitFor(name: "stdout" | "stderr", pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((found, reject) => {
      const look = () => {
        const match = pattern.exec(this.#text[name]);
        if (match === null && !this.#isOver) return;
        this.#changed.delete(look);
        if (match !== null) found(match);
        else reject(new Error(`ended without ${pattern} on ${name}:\n${this.#text.stdout}\n${this.#text.stderr}`));
      };
      this.#changed.add(look);
      look();
    });
  }

  /** Ends its reading from the test: from now on its writes meet a closed pipe. */
  closeOutput(name: "stdout" | "stderr"): void {
    this.#child[name]?.destroy();
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  #notify(): void {
    for (const look of [...this.#changed]) look();
  }

  #end(code: number | null, signal: NodeJS.Signals | null): Ended {
    this.#isOver = true;
    running.delete(this);
    this.#notify();
    return { code, signal, ...this.#text };
  }
}

/** Starts any command. */
export function start(command: string, args: readonly string[], options: StartOptions = {}): Running {
  return new Running(command, args, options);
}

/** Starts `sockyard` with these arguments. */
export function startSockyard(args: readonly string[], options: StartOptions = {}): Running {
  // Not the script that is on the PATH for people: a shell less to start.
  return start(process.execPath, [join(PROJECT, "build/bin/sockyard.cjs"), ...args], options);
}

/** Runs `sockyard` to its end. Its input is empty unless given. */
export function sockyard(args: readonly string[], options: StartOptions = {}): Promise<Ended> {
  return startSockyard(args, { stdin: "", ...options }).ended;
}

/** Starts one command as a line of the shell, in which `sockyard` is this build. */
export function startShell(line: string, options: StartOptions = {}): Running {
  // exec: the shell's process becomes the command's, which is the one to end.
  return start("sh", ["-c", `exec ${line}`], options);
}

/** The path of a guest program of the tests. */
export function guest(name: string): string {
  return `test/guests/${name}`;
}

/** A new directory, removed when the test ends; its path has no symbolic links. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "sockyard-"));
  directories.push(directory);
  return directory;
}
