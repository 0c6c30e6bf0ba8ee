import { errnoName, errnoText, isErrno } from "../core/errno.js";
import type { CallEvent } from "../core/trace/tracer.js";
import { color, GREY, RED } from "./message.js";

/** Where strace puts its `=`, too, if the call leaves room. */
const RESULT_COLUMN = 40;

/** One event in strace's notation: `bind(3<TCP>, {...}, 16) = -1 EACCES (denied: no rule)`. */
export function traceLine(event: CallEvent, name: string | null): string {
  const call = `${event.call}(${event.arguments.join(", ")})`.padEnd(RESULT_COLUMN - 1);
  const prefix = name === null ? "" : `${color(`[${name}]`, GREY)} `;
  return `${prefix}${call} = ${resultText(event)}`;
}

function resultText({ result, verdict }: CallEvent): string {
  if (!isErrno(result)) return String(result);
  const isDenied = verdict !== null && !verdict.allowed;
  const reason = isDenied ? `denied: ${verdict.rule ?? "no rule"}` : errnoText(-result);
  const text = `-1 ${errnoName(-result)} (${reason})`;
  return isDenied ? color(text, RED) : text;
}
