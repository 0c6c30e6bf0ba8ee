import { closeSync, fstatSync, openSync } from "node:fs";
import type { AddressText } from "../core/permissions/address-text.js";
import { canonicalAddress, canonicalDestination } from "../core/permissions/ip.js";
import type { Judgment } from "../core/permissions/permissions.js";
import type { Policy } from "../core/permissions/policy.js";
import type { Endpoint, EndpointQuestion, Question } from "../core/permissions/question.js";
import { bytesOf } from "../core/permissions/rule.js";
import { utf8 } from "../core/permissions/smallest-grant.js";
import { realPath } from "../runtime/real-path.js";
import { RuntimeError } from "../runtime/runtime-error.js";
import { EXIT } from "./exit-code.js";
import { STDERR, UserError } from "./message.js";

/** Opens the file of an audit to append to, before the program runs; standard error for none. */
export function openAudit(file: string | null, policy: Policy): number {
  if (file === null) return STDERR;
  const fd = openToAppend(file);
  const path = bytesOf(realPath(file));
  if (policy.judge({ verb: "write", path, origin: "medium" }).allowed) {
    closeSync(fd);
    const facts = ["a program that can write its audit can forge it"];
    throw new UserError(
      { error: `the program may write '${file}'`, facts, hint: `--deny-write=${realPath(file)}` },
      EXIT.usage,
    );
  }
  const { nlink } = fstatSync(fd);
  if (nlink <= 1) return fd;
  closeSync(fd);
  const facts = [`it has ${nlink} names, and rules see one of them`];
  throw new UserError({ error: `cannot audit to '${file}'`, facts }, EXIT.usage);
}

function openToAppend(file: string): number {
  try {
    return openSync(file, "a", 0o600);
  } catch (error) {
    const facts = [(error as NodeJS.ErrnoException).code ?? String(error)];
    throw new UserError({ error: `cannot open the audit '${file}'`, facts }, EXIT.usage);
  }
}

/**
 * Makes a line of each judgment, and has it written at once.
 *
 * A line that cannot be written ends the program; so does one that nobody reads when the program is cancelled.
 */
export function auditor(write: (line: string) => string | null, addresses: AddressText): (judgment: Judgment) => void {
  let sequence = 0;
  return (judgment) => {
    sequence++;
    const failure = write(auditLine(judgment, sequence, new Date(), addresses));
    if (failure !== null) throw new RuntimeError("ERR_AUDIT", "the audit cannot be written", [failure]);
  };
}

/** One judgment as JSON (docs/permissions.md, Audit), in ASCII but for letters and marks. */
export function auditLine(
  { question, verdict }: Judgment,
  sequence: number,
  time: Date,
  addresses: AddressText,
): string {
  const line = {
    v: 1,
    seq: sequence,
    time: time.toISOString(),
    verb: question.verb,
    ...subjectOf(question, addresses),
    verdict: verdict.allowed ? "allowed" : "denied",
    rule: verdict.rule,
  };
  return `${escaped(JSON.stringify(line))}\n`;
}

/** What JSON itself lets through and a terminal or a reader of lines may obey, as JSON spells it. */
function escaped(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}

function subjectOf(question: Question, addresses: AddressText): object {
  switch (question.verb) {
    case "resolve":
    case "env":
      return { name: question.name };
    case "raw":
      return { kind: question.what };
    case "pass-fd":
      return { direction: question.direction };
    case "read":
    case "write":
      return named("path", question.path);
    case "move":
      return { ...named("path", question.path), ...named("to", question.to) };
    default:
      return { ...endpointOf(question, question.endpoint, addresses), ...namesOf(question) };
  }
}

/** In the canonical form that policy judged. */
function endpointOf({ verb }: EndpointQuestion, endpoint: Endpoint, addresses: AddressText): object {
  if (endpoint.kind === "unix-path") return named("path", endpoint.name);
  if (endpoint.kind !== "ip") return named("abstract", endpoint.name);
  const { transport, address, port } = endpoint;
  const isDestination = verb === "connect" || verb === "send" || verb === "join";
  const judged = isDestination ? canonicalDestination(address) : canonicalAddress(address);
  return { transport, address: addresses.format(judged), ...(verb === "join" ? {} : { port }) };
}

function namesOf({ names = [] }: EndpointQuestion): object {
  return names.length === 0 ? {} : { names };
}

/** A name of bytes as UTF-8, and where it is none in hexadecimal digits, too: no two names may look alike. */
function named(key: string, bytes: string): object {
  const text = utf8(bytes);
  const hex = bytesOf(text) === bytes ? {} : { [`${key}_hex`]: Buffer.from(bytes, "latin1").toString("hex") };
  return { [key]: text, ...hex };
}
