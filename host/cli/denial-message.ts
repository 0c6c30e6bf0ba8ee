import type { Frame } from "../compiler/stack-trace.js";
import type { AddressText } from "../core/permissions/address-text.js";
import { BadRuleError, parsePolicy } from "../core/permissions/parse-policy.js";
import type { Denial } from "../core/permissions/permissions.js";
import type { Endpoint, Question } from "../core/permissions/question.js";
import { formatEndpoint, smallestGrant, utf8 } from "../core/permissions/smallest-grant.js";
import { realPath } from "../runtime/real-path.js";
import { type Message, quoteWord } from "./message.js";

/** The command that was typed, around the place where another option goes. */
export interface TypedCommand {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Tells of a denial: what was refused, where in the program, why, and the smallest grant. */
export function denialMessage(
  { question, verdict }: Denial,
  frame: Frame | null,
  command: TypedCommand,
  addresses: AddressText,
): Message {
  const grant = verdict.rule === null ? helpfulGrant(question, addresses) : null;
  const facts: string[] = [];
  if (frame !== null) facts.push(`in      ${frame.function}${frame.position ? ` (${place(frame.position)})` : ""}`);
  facts.push(
    verdict.rule === null ? "because no rule allows it" : `because of ${verdict.rule}, and a deny always wins`,
  );
  return {
    error: `permission denied: ${describe(question, addresses)}`,
    facts,
    hint: grant === null ? null : paste(command, grant),
  };
}

/**
 * The smallest grant, or null if there is none that is safe to paste.
 *
 * Some names hold what no rule can, such as a space. Others would be read as
 * more than themselves: a guest chooses its names, and users paste hints. Nor
 * is anyone told to switch the sandbox off because a guest asked for it.
 */
function helpfulGrant(question: Question, addresses: AddressText): string | null {
  const grant = smallestGrant(question, addresses);
  if (grant === null || question.verb === "raw") return null;
  if (question.endpoint.kind !== "ip" && /[,*]/.test(question.endpoint.name)) return null;
  const equals = grant.indexOf("=");
  const flag = { name: grant.slice("--".length, equals), value: grant.slice(equals + 1) };
  try {
    return parsePolicy([flag], false, addresses, realPath).judge(question).allowed ? grant : null;
  } catch (error) {
    if (error instanceof BadRuleError) return null;
    throw error;
  }
}

function place({ file, line }: NonNullable<Frame["position"]>): string {
  return `${file}:${line}`;
}

/** The same command with the grant in it. */
function paste({ before, after }: TypedCommand, grant: string): string {
  return [...before, grant, ...after].map(quoteWord).join(" ");
}

const VERBS: Readonly<Record<Exclude<Question["verb"], "raw">, string>> = {
  connect: "connect to",
  send: "send to",
  bind: "bind",
  listen: "listen on",
  unlink: "unlink",
  stat: "stat",
};

function describe(question: Question, addresses: AddressText): string {
  if (question.verb === "raw") return `open a ${question.what} socket`;
  const { verb, endpoint } = question;
  return `${VERBS[verb]} ${describeEndpoint(endpoint, verb === "connect" || verb === "send", addresses)}`;
}

function describeEndpoint(endpoint: Endpoint, isDestination: boolean, addresses: AddressText): string {
  if (endpoint.kind === "ip") return `${formatEndpoint(endpoint, isDestination, addresses)} (${endpoint.transport})`;
  if (endpoint.kind === "unix-path") return `${utf8(endpoint.name)} (unix)`;
  return endpoint.name === "" ? "an abstract name of the kernel's choice (unix)" : `@${utf8(endpoint.name)} (unix)`;
}
