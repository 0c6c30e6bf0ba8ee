import { closeSync, openSync, readSync, writeSync } from "node:fs";
import type { AddressText } from "../core/permissions/address-text.js";
import { parsePolicy } from "../core/permissions/parse-policy.js";
import type { Denial } from "../core/permissions/permissions.js";
import type { Policy } from "../core/permissions/policy.js";
import type { Verdict } from "../core/permissions/question.js";
import { flagOf } from "../core/permissions/sufficient-grants.js";
import { flushInput } from "../runtime/flush-input.js";
import { isTerminal } from "../runtime/is-terminal.js";
import { realPath } from "../runtime/real-path.js";
import { denialTitle, helpfulGrant, paste, type TypedCommand } from "./denial-message.js";
import { STDERR, UserError, visible } from "./message.js";
import { saveGrant } from "./save-grant.js";

/** Whoever has been asked so often gets no further question. */
const MOST_QUESTIONS = 50;

/** How often an answer may be none of the choices. */
const ATTEMPTS = 3;

const ONCE: Verdict = { allowed: true, rule: "an answer, once", once: true };

/** Whether somebody sits there who can be asked. */
export function canAsk(): boolean {
  return isTerminal(0) && isTerminal(STDERR);
}

/** What is shown beside a question, and where an answer may go. */
export interface PromptContext {
  readonly command: TypedCommand;
  /** The program's file. */
  readonly program: string;
  /** Where the program is in its own code, or null if that is not known. */
  readonly place: () => string | null;
  /** The permission set that is saved to, or null for the default one. */
  readonly set: string | null;
}

/** Asks at the terminal, while the program waits in its call, for what no rule allows and a grant could. */
export function prompter(context: PromptContext, addresses: AddressText): (denial: Denial) => Verdict | null {
  const allowed: { readonly grant: string; readonly policy: Policy }[] = [];
  const refused = new Set<string>();
  let questions = 0;
  return (denial) => {
    const found = allowed.find(({ policy }) => policy.judge(denial.question).allowed);
    if (found !== undefined) return { allowed: true, rule: `an answer, ${found.grant}` };
    const title = denialTitle(denial, addresses);
    const grant = helpfulGrant(denial.question, addresses);
    if (grant === null || refused.has(title) || questions++ >= MOST_QUESTIONS) return null;
    switch (ask(title, grant, context)) {
      case "y":
        return ONCE;
      case "r":
      case "s":
        allowed.push({ grant, policy: parsePolicy([flagOf(grant)], false, addresses, realPath) });
        return { allowed: true, rule: `an answer, ${grant}` };
      case "N":
        questions = MOST_QUESTIONS;
        return null;
      default:
        refused.add(title);
        return null;
    }
  };
}

/** The choice that was made; "n" if there is no terminal, no end of line, or no sense in it. */
function ask(title: string, grant: string, context: PromptContext): string {
  let terminal: number;
  try {
    terminal = openSync("/dev/tty", "r+");
  } catch {
    return "n";
  }
  try {
    writeSync(terminal, questionText(title, grant, context));
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      // What was typed before the question was there to be read is no answer to it.
      flushInput(terminal);
      writeSync(terminal, CHOICES);
      const answer = readLine(terminal);
      if (answer === null) return "n";
      if (answer === "s") writeSync(terminal, `${visible(save(grant, context))}\n`);
      if (["y", "r", "s", "n", "N"].includes(answer)) return answer;
    }
    return "n";
  } finally {
    closeSync(terminal);
  }
}

const CHOICES = "┗ Allow? [y] once  [r] for this run  [s] save to sockyard.json  [n] no  [N] no to all further > ";

function questionText(title: string, grant: string, { command, program, place }: PromptContext): string {
  const where = place();
  const lines = [
    `┏ ${program} wants to ${title.replace(/^permission denied: /, "")}`,
    ...(where === null ? [] : [`┠─ in ${where}`]),
    `┠─ To skip this question: ${paste(command, [grant])}`,
  ];
  return `\n${lines.map((line) => `${visible(line)}\n`).join("")}`;
}

/** Saves the grant; what to tell of it. Where that is not possible, it holds for this run all the same. */
function save(grant: string, { set }: PromptContext): string {
  try {
    return `  saved to ${saveGrant(flagOf(grant), set, process.cwd())}: -P${set === null ? "" : `=${set}`} applies it`;
  } catch (error) {
    const reason = error instanceof UserError ? error.details.error : (error as Error).message;
    return `  not saved, but allowed for this run: ${reason}`;
  }
}

/** A line without its end, or null at the end of input. */
function readLine(terminal: number): string | null {
  const buffer = Buffer.alloc(256);
  let line = "";
  while (!line.includes("\n")) {
    const size = readSync(terminal, buffer);
    if (size === 0) return null;
    line += buffer.toString("latin1", 0, size);
  }
  return line.slice(0, line.indexOf("\n")).trim();
}
