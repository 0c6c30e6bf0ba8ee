import { closeSync, openSync, readSync, writeSync } from "node:fs";
import type { AddressText } from "../core/permissions/address-text.js";
import { parsePolicy } from "../core/permissions/parse-policy.js";
import type { Denial } from "../core/permissions/permissions.js";
import type { Policy } from "../core/permissions/policy.js";
import type { Verdict } from "../core/permissions/question.js";
import { flagOf } from "../core/permissions/sufficient-grants.js";
import { flushInput } from "../runtime/flush-input.js";
import { realPath } from "../runtime/real-path.js";
import { denialTitle, helpfulGrant, paste, type TypedCommand } from "./denial-message.js";
import { isTerminal, STDERR, visible } from "./message.js";

/** Whoever has been asked so often gets no further question. */
const MOST_QUESTIONS = 50;

/** How often an answer may be none of the choices. */
const ATTEMPTS = 3;

const ONCE: Verdict = { allowed: true, rule: "an answer, once", once: true };

/** Whether somebody sits there who can be asked. */
export function canAsk(): boolean {
  return isTerminal(0) && isTerminal(STDERR);
}

/** Asks at the terminal, while the program waits in its call, for what no rule allows and a grant could. */
export function prompter(command: TypedCommand, addresses: AddressText): (denial: Denial) => Verdict | null {
  const allowed: { readonly grant: string; readonly policy: Policy }[] = [];
  const refused = new Set<string>();
  let questions = 0;
  return (denial) => {
    const found = allowed.find(({ policy }) => policy.judge(denial.question).allowed);
    if (found !== undefined) return { allowed: true, rule: `an answer, ${found.grant}` };
    const title = denialTitle(denial, addresses);
    const grant = helpfulGrant(denial.question, addresses);
    if (grant === null || refused.has(title) || questions++ >= MOST_QUESTIONS) return null;
    switch (ask(title, grant, command)) {
      case "y":
        return ONCE;
      case "r":
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
function ask(title: string, grant: string, command: TypedCommand): string {
  let terminal: number;
  try {
    terminal = openSync("/dev/tty", "r+");
  } catch {
    return "n";
  }
  try {
    writeSync(terminal, questionText(title, grant, command));
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      // What was typed before the question was there to be read is no answer to it.
      flushInput(terminal);
      writeSync(terminal, "Allow? [y] once  [r] for this run  [n] no  [N] no to all further > ");
      const answer = readLine(terminal);
      if (answer === null) return "n";
      if (["y", "r", "n", "N"].includes(answer)) return answer;
    }
    return "n";
  } finally {
    closeSync(terminal);
  }
}

function questionText(title: string, grant: string, command: TypedCommand): string {
  const wish = title.replace(/^permission denied: /, "the program wants to ");
  return `\n${visible(wish)}\n  to skip this question: ${visible(paste(command, [grant]))}\n`;
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
