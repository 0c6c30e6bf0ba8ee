import { fstatSync, writeSync } from "node:fs";

/** What a user is told: what happened, the facts, and one thing to do. */
export interface Message {
  readonly error: string;
  readonly facts?: readonly string[];
  readonly hint?: string | null;
}

export const STDERR = 2;

/** How long a message may wait to be read at the end of a program that was ended, in milliseconds. */
export const PATIENCE = 1000;

/** A failure that the user can mend: shown as a message, without a stack. */
export class UserError extends Error {
  override readonly name = "UserError";

  constructor(
    readonly details: Message,
    readonly exitCode: number,
  ) {
    super(details.error);
  }
}

/** Writes an `error:` block to standard error, or as `write` does it. */
export function report({ error, facts = [], hint = null }: Message, write: (text: string) => void = writeError): void {
  const lines = [`${color("error:", RED)} ${visible(error)}`, ...facts.map((fact) => `  ${visible(fact)}`)];
  if (hint !== null) lines.push(`${color("hint:", CYAN)} ${visible(hint)}`);
  write(`${lines.join("\n")}\n`);
}

/** Writes all of `text` to standard error now: the process may end right after. */
export function writeError(text: string): void {
  writeAll(STDERR, text);
}

/** Writes all of `text` to standard output now. */
export function writeOutput(text: string): void {
  writeAll(1, text);
}

/** A pipe that nobody reads any more ends the writing, as it does for other commands. */
function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
      waitForRoom();
    }
  }
}

/** A non-blocking pipe that is full: wait a moment, without an event loop. */
function waitForRoom(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}

export const RED = 31;
export const GREEN = 32;
export const CYAN = 36;
export const GREY = 90;

/** Whether standard error may hold colors: a terminal, and no NO_COLOR (https://no-color.org). */
export function hasColors(): boolean {
  colorful ??= isTerminal(STDERR) && !process.env.NO_COLOR && process.env.TERM !== "dumb";
  return colorful;
}

let colorful: boolean | undefined;

/** Loading node:tty takes 4 ms, because all of node:net comes with it; the addon might be what a message is about. */
function isTerminal(fd: number): boolean {
  return fstatSync(fd).isCharacterDevice() && process.getBuiltinModule("node:tty").isatty(fd);
}

export function color(text: string, code: number): string {
  return hasColors() ? `\u001b[${code}m${text}\u001b[39m` : text;
}

/** Text that a guest or a peer may have chosen, with nothing in it that a terminal would obey. */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** `word` as a shell takes it back. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./*-]+$/.test(word) ? word.replaceAll("*", "\\*") : `'${word.replaceAll("'", "'\\''")}'`;
}
