import type { Frame } from "../compiler/stack-trace.js";
import type { AddressText } from "../core/permissions/address-text.js";
import { canonicalDestination, isInClass } from "../core/permissions/ip.js";
import { BadRuleError, parsePolicy } from "../core/permissions/parse-policy.js";
import type { Denial } from "../core/permissions/permissions.js";
import type { Endpoint, EndpointQuestion, FileQuestion, Question } from "../core/permissions/question.js";
import { formatEndpoint, formatGroup, smallestGrant, utf8 } from "../core/permissions/smallest-grant.js";
import { flagOf } from "../core/permissions/sufficient-grants.js";
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
  if (frame !== null) facts.push(`in      ${frameText(frame)}`);
  facts.push(`because ${verdict.rule === null ? missing(question) : `of ${verdict.rule}, and a deny always wins`}`);
  return {
    error: denialTitle({ question, verdict }, addresses),
    facts,
    hint: grant === null ? null : paste(command, [grant]),
  };
}

/** What was refused: two denials of one thing have one title. */
export function denialTitle({ question }: Denial, addresses: AddressText): string {
  return `permission denied: ${describe(question, addresses)}`;
}

/**
 * The smallest grant, or null if there is none that is safe to paste.
 *
 * Some names hold what no rule can, such as a space. Others would be read as
 * more than themselves: a guest chooses its names, and users paste hints.
 */
export function helpfulGrant(question: Question, addresses: AddressText): string | null {
  const grant = smallestGrant(question, addresses);
  if (question.verb === "pass-fd") return grant;
  if (/[,*]/.test(pathOf(question))) return null;
  try {
    return parsePolicy([flagOf(grant)], false, addresses, realPath).judge(question).allowed ? grant : null;
  } catch (error) {
    if (error instanceof BadRuleError) return null;
    throw error;
  }
}

/** The path or abstract name that the guest chose, or nothing. */
function pathOf(question: Question): string {
  if ("path" in question) return question.path;
  if (!("endpoint" in question)) return "";
  return question.endpoint.kind === "ip" ? "" : question.endpoint.name;
}

/** A function of the program and the line in it. */
export function frameText({ function: name, position }: Frame): string {
  return `${name}${position ? ` (${place(position)})` : ""}`;
}

function place({ file, line }: NonNullable<Frame["position"]>): string {
  return `${file}:${line}`;
}

/** The same command with the grants in it. */
export function paste({ before, after }: TypedCommand, grants: readonly string[]): string {
  return [...before, ...grants, ...after].map(quoteWord).join(" ");
}

/** What would have to be there: of an address that names alone do not open this is told. */
function missing(question: Question): string {
  if (question.verb === "read" || question.verb === "write") return missingForFile(question);
  if (question.verb === "move") return "it may connect to a Unix socket there, and may not where this one is now";
  const { names = [], endpoint } = question.verb === "connect" || question.verb === "send" ? question : {};
  const isSpecial = endpoint?.kind === "ip" && !isInClass("public", canonicalDestination(endpoint.address));
  if (names.length === 0 || !isSpecial) return "no rule allows it";
  return "no rule for the address allows it; a name's rule opens only public ones";
}

/** Why a rule for a directory above a file need not be enough. */
function missingForFile({ origin }: FileQuestion): string {
  if (origin === "host") return "no rule opens the process that runs the program, only --allow-all";
  return origin === "kernel" ? "no rule names it; one for all files, or one for '/', is none" : "no rule allows it";
}

const VERBS: Readonly<Record<EndpointQuestion["verb"], string>> = {
  connect: "connect to",
  send: "send to",
  bind: "bind",
  listen: "listen on",
  join: "join",
  unlink: "unlink",
  stat: "stat",
};

const PASSING = {
  send: "send a descriptor out of the sandbox",
  receive: "receive a descriptor from outside the sandbox",
} as const;

function describe(question: Question, addresses: AddressText): string {
  if (question.verb === "env") return `read the variable ${question.name}`;
  if (question.verb === "raw") return `open a ${question.what} socket`;
  if (question.verb === "resolve") return `look up ${question.name || "."}`;
  if (question.verb === "move") return `move ${utf8(question.path)} to ${utf8(question.to)}`;
  if ("path" in question) return `${question.moves ? "move" : question.verb} ${utf8(question.path)}`;
  if (question.verb === "join") return `join the group ${formatGroup(question.endpoint, addresses)}`;
  if (question.verb === "pass-fd") return PASSING[question.direction];
  const { verb, endpoint, names = [] } = question;
  const lookedUp = names.length === 0 ? "" : `, looked up as ${names.slice(0, 3).join(", ")}`;
  return `${VERBS[verb]} ${describeEndpoint(endpoint, verb === "connect" || verb === "send", addresses)}${lookedUp}`;
}

function describeEndpoint(endpoint: Endpoint, isDestination: boolean, addresses: AddressText): string {
  if (endpoint.kind === "ip") return `${formatEndpoint(endpoint, isDestination, addresses)} (${endpoint.transport})`;
  if (endpoint.kind === "unix-path") return `${utf8(endpoint.name)} (unix)`;
  return endpoint.name === "" ? "an abstract name of the kernel's choice (unix)" : `@${utf8(endpoint.name)} (unix)`;
}
