import { randomBytes } from "node:crypto";
import * as linux from "../../host/core/linux.generated.js";

/**
 * One row of a table of calls.
 *
 * ```text
 * let NAME=CALL ARGUMENTS; ...        what rows may start from: made for those that mention NAME
 * CALL ARGUMENTS; CALL ARGUMENTS = RESULT
 * CALL ARGUMENTS = RESULT | RESULT: REASON
 * ```
 *
 * RESULT is that of the last call, a number or an errno's name; the second is the guest's where it differs from
 * Linux's. An argument is a number, constants joined by `|`, the NAME of a descriptor, or a pointer: `&NAME` to
 * a buffer, `#N` to a 32-bit number, `i(...)`, `q(...)` and `w(...)` to numbers of 32, 64 and a pointer's bits,
 * `e(EVENTS DATA)` to a struct epoll_event, `c(LEVEL TYPE LENGTH DATA)` to a control message, `"..."` to a string, `name:N` to one of N characters, `x...` to bytes,
 * `in:ADDRESS:PORT`, `in6:ADDRESS:PORT` and `un:PATH` to socket addresses, `^N` to so many bytes before the end of
 * memory, BAD outside of it, NULL. `*N` is CMSG_LEN(N). `@differential` begins an abstract name that no other run of the tests has.
 */
export interface Row {
  /** The row as it stands in the table, without its results. */
  readonly text: string;
  readonly expected: string;
  /** How the guest's result differs from Linux's, and why. */
  readonly exception: { readonly result: string; readonly reason: string } | null;
  /** What the programs read: calls.c has the notation. */
  readonly calls: string;
}

/** Reads a table; the order of rows is kept. */
export function parseTable(text: string): Row[] {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const preparations = new Map<string, string>();
  for (const line of lines.filter((line) => line.startsWith("let "))) {
    const calls = line.slice("let ".length);
    for (const [, name = ""] of calls.matchAll(/(\w+)=/g)) preparations.set(name, calls);
  }
  return lines.filter((line) => !line.startsWith("let ")).map((line) => parseRow(line, preparations));
}

function parseRow(line: string, preparations: ReadonlyMap<string, string>): Row {
  const [, text = line, expected = "", result, reason = ""] =
    /^(.*?)(?: = (\w+|-?\d+)(?: \| (\w+|-?\d+): (.+))?)?$/.exec(line) ?? [];
  const calls = [...preparationsOf(text, preparations), text].join(";");
  const exception = result === undefined ? null : { result, reason };
  return { text, expected, exception, calls: new Slots().resolve(calls) };
}

/** The preparations that `calls` mention, each once and after those that it needs itself. */
function preparationsOf(calls: string, preparations: ReadonlyMap<string, string>, seen = new Set<string>()): string[] {
  return (calls.match(/\w+/g) ?? []).flatMap((word) => {
    const preparation = preparations.get(word);
    if (preparation === undefined || seen.has(preparation)) return [];
    seen.add(preparation);
    return [...preparationsOf(preparation, preparations, seen), preparation];
  });
}

/** Numbers for the names of one row's descriptors and buffers. */
class Slots {
  readonly #descriptors = new Map<string, number>();
  readonly #buffers = new Map<string, number>();

  /** `calls` in the notation of the programs. */
  resolve(calls: string): string {
    return calls
      .split(";")
      .map((call) => this.#resolveCall(call.trim()))
      .join(";");
  }

  #resolveCall(call: string): string {
    const [, name, rest = ""] = /^(?:(\w+)=)?(.*)$/.exec(call) ?? [];
    const [calledName = "", ...args] = rest.match(/"[^"]*"|[iqwec]\(|[^\s()]+|\)/g) ?? [];
    // A descriptor is known by its name only after the call that makes it.
    const resolved = args.map((argument) => this.#resolveArgument(argument)).join(" ");
    const slot = name === undefined ? "" : `${numberOf(this.#descriptors, name)}=`;
    return `${slot}${calledName}${resolved === "" ? "" : ` ${resolved.replaceAll("( ", "(").replaceAll(" )", ")")}`}`;
  }

  #resolveArgument(argument: string): string {
    const descriptor = this.#descriptors.get(argument);
    if (descriptor !== undefined) return `$${descriptor}`;
    if (argument === "BAD") return "!";
    if (argument === "NULL") return "0";
    if (/^[iqwec]\($|^\)$|^[*^]|^x/.test(argument)) return argument;
    if (argument.startsWith("&")) return `&${numberOf(this.#buffers, argument.slice(1))}`;
    if (argument.startsWith("#")) return `i(${argument.slice(1)})`;
    if (argument.startsWith('"')) return bytes(Buffer.from(`${argument.slice(1, -1)}\0`));
    return address(argument) ?? String(constant(argument));
  }
}

function numberOf(numbers: Map<string, number>, name: string): number {
  if (!numbers.has(name)) numbers.set(name, numbers.size);
  return numbers.get(name) as number;
}

function bytes(buffer: Uint8Array): string {
  return `x${Buffer.from(buffer).toString("hex")}`;
}

function address(text: string): string | null {
  const [, kind, first = "", port = ""] = /^(in6|in|un|name):(.*?)(?::(\d+))?$/.exec(text) ?? [];
  switch (kind) {
    case "in":
      return bytes(inet4(first, Number(port)));
    case "in6":
      return bytes(inet6(first, Number(port)));
    case "un":
      return bytes(
        Buffer.concat([family(linux.AF_UNIX), Buffer.from(`${first.replace(/^@differential/, `\0${RUN}`)}\0`)]),
      );
    case "name":
      return bytes(Buffer.from(`${"n".repeat(Number(first))}\0`));
    default:
      return null;
  }
}

/** As long as `differential`. */
const RUN = randomBytes(6).toString("hex");

function family(number: number): Uint8Array {
  return new Uint8Array(Uint16Array.of(number).buffer);
}

function inet4(host: string, port: number): Uint8Array {
  const octets = host.split(".").map(Number);
  return Uint8Array.of(...family(linux.AF_INET), port >> 8, port, ...octets, 0, 0, 0, 0, 0, 0, 0, 0);
}

function inet6(host: string, port: number): Uint8Array {
  const [head = "", tail = ""] = host.split("::");
  const words = (part: string) => part.split(":").filter((word) => word !== "");
  const zeros = new Array<string>(8 - words(head).length - words(tail).length).fill("0");
  const groups = [...words(head), ...zeros, ...words(tail)].map((word) => Number.parseInt(word, 16));
  const octets = groups.flatMap((group) => [group >> 8, group & 0xff]);
  return Uint8Array.of(...family(linux.AF_INET6), port >> 8, port, 0, 0, 0, 0, ...octets, 0, 0, 0, 0);
}

function constant(text: string): number {
  return text.split("|").reduce((sum, name) => sum | numberNamed(name), 0);
}

function numberNamed(name: string): number {
  const value = (linux as Readonly<Record<string, unknown>>)[name] ?? Number(name);
  if (typeof value !== "number" || Number.isNaN(value)) throw new Error(`${name}: neither a name nor a number`);
  return value | 0;
}
