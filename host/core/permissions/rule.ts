import type { AddressText } from "./address-text.js";
import { canonicalNetwork, hasHostBits, IP_CLASSES, type IpClass, type IpNetwork, maskHostBits } from "./ip.js";
import { canonicalName } from "./name.js";

export type Transport = "tcp" | "udp";

/** The kinds of sockets that see more than their own traffic. */
export const RAW_KINDS = ["netlink", "packet", "icmp", "raw"] as const;
export type RawKind = (typeof RAW_KINDS)[number];

/** Inclusive; port 0 stands for "let the kernel choose". */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** What a rule covers. Paths and abstract names hold one character per byte. */
export type RuleTarget =
  | { readonly kind: "everything" }
  | { readonly kind: "network"; readonly network: IpNetwork }
  | { readonly kind: "class"; readonly ipClass: IpClass }
  | { readonly kind: "localhost" }
  /** The canonical name, or with `below` all names that end in it and have a label more. */
  | { readonly kind: "name"; readonly name: string; readonly below: boolean }
  | { readonly kind: "file"; readonly path: string; readonly isReadOnly?: true }
  | { readonly kind: "raw"; readonly what: RawKind }
  /** A variable of the environment, or with `isPrefix` all whose names begin so. */
  | { readonly kind: "variable"; readonly name: string; readonly isPrefix: boolean }
  | { readonly kind: "unix-path"; readonly path: string; readonly below: boolean }
  | { readonly kind: "unix-abstract"; readonly name: string; readonly isPrefix: boolean };

/** One item of a grant or a denial, as written and as understood. */
export interface Rule {
  readonly text: string;
  readonly transport: Transport | null;
  readonly target: RuleTarget;
  /** Null: any port, the kernel's choice included. */
  readonly ports: PortRange | null;
}

/** Why a rule does not parse: a sentence, and what to write instead if that can be told. */
export interface RuleError {
  readonly reason: string;
  readonly suggestion: string | null;
}

export type Parsed<T> = { readonly value: T } | { readonly error: RuleError };

const fail = (reason: string, suggestion: string | null = null): { readonly error: RuleError } => ({
  error: { reason, suggestion },
});

/** The rule that a flag without a value stands for. */
export const EVERYTHING: Rule = { text: "", transport: null, target: { kind: "everything" }, ports: null };

/** The absolute path of a file without symbolic links, as far as it exists: rules and calls name one place alike. */
export type RealPath = (path: string) => string;

const HOME = "unix:$HOME/";

/** How many slips in one rule are mended: a space in a URL, say. */
const MOST_SLIPS = 3;

/** Parses one rule of the grammar in docs/permissions.md; what an error suggests is a rule. */
export function parseRule(text: string, addresses: AddressText, realPath: RealPath): Parsed<Rule> {
  const parsed = parseAsWritten(text, addresses, realPath);
  if (!("error" in parsed)) return parsed;
  let { suggestion } = parsed.error;
  for (let slips = 1; suggestion; slips++) {
    // The shell puts an absolute path in the place of $HOME.
    const mended = parseAsWritten(suggestion.replace(HOME, "unix:/"), addresses, realPath);
    if (!("error" in mended)) break;
    suggestion = slips < MOST_SLIPS && !suggestion.startsWith(HOME) ? mended.error.suggestion : null;
  }
  return fail(parsed.error.reason, suggestion);
}

function parseAsWritten(text: string, addresses: AddressText, realPath: RealPath): Parsed<Rule> {
  const flaw = textFlaw(text);
  if (flaw) return { error: flaw };
  if (text.startsWith("unix:")) {
    const target = parseUnix(text.slice("unix:".length), realPath);
    return "error" in target ? target : { value: { text, transport: null, target: target.value, ports: null } };
  }
  const scheme = /^(tcp|udp):(?!\/\/)/.exec(text);
  const transport = scheme ? (scheme[1] as Transport) : null;
  const rest = scheme ? text.slice(scheme[0].length) : text;
  const split = splitPorts(rest, addresses);
  if ("error" in split) return split;
  const ports = parsePorts(split.value.ports);
  if ("error" in ports) return ports;
  const target = parseHost(split.value.host, addresses);
  if ("error" in target) {
    const { reason, suggestion } = target.error;
    return fail(reason, suggestion && rest.replace(split.value.host, suggestion).replace(/^/, scheme?.[0] ?? ""));
  }
  return { value: { text, transport, target: target.value, ports: ports.value } };
}

/** What is wrong with a rule whatever it means. */
function textFlaw(text: string): RuleError | null {
  if (text === "") return { reason: "a rule is empty", suggestion: null };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\s\u0000-\u001f\u007f]/.test(text)) {
    const bare = text.replace(/[\s\p{Cc}]/gu, "");
    return { reason: "rules hold no spaces or control characters", suggestion: bare || null };
  }
  if (text === "*") return { reason: "'*' is not a rule: for everything give the flag no value", suggestion: "" };
  if (/^(vsock|raw|packet|netlink|icmp):/.test(text)) {
    return { reason: `'${text.split(":")[0]}:' is not supported in a network rule`, suggestion: null };
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return urlFlaw(text);
  return null;
}

function urlFlaw(text: string): RuleError {
  const reason = "a rule is a host and a port, not a URL";
  try {
    const url = new URL(text);
    const implied = { "http:": "80", "https:": "443", "ws:": "80", "wss:": "443" }[url.protocol] ?? "";
    const port = url.port || implied;
    return { reason, suggestion: url.hostname ? `${url.hostname}${port && `:${port}`}` : null };
  } catch {
    return { reason, suggestion: null };
  }
}

/** `/absolute/path`, `/directory/**`, `@abstract` or `@prefix*`. */
function parseUnix(text: string, realPath: RealPath): Parsed<RuleTarget> {
  if (text.startsWith("@")) {
    const isPrefix = text.endsWith("*");
    const name = bytesOf(text.slice(1, isPrefix ? -1 : undefined));
    if (name === "" && !isPrefix) return fail("an abstract name is missing after 'unix:@'");
    return { value: { kind: "unix-abstract", name, isPrefix } };
  }
  if (text.startsWith("~/")) return fail("inside a word '~' is not your home", `unix:$HOME${text.slice(1)}`);
  const below = text.endsWith("/**");
  const path = below ? text.slice(0, -"/**".length) : text;
  if (path.includes("*")) return fail("in a path only a final '/**' stands for more than one file");
  const real = realPath(path || "/");
  if (!text.startsWith("/")) {
    return fail("a Unix socket's path must be absolute", text && `unix:${real}${below ? "/**" : ""}`);
  }
  if (!below && path.endsWith("/")) return fail("a socket's path does not end in '/'", `unix:${path}**`);
  return { value: { kind: "unix-path", path: bytesOf(real), below } };
}

/** Splits `host[:ports]`; only brackets may hold colons of their own. */
function splitPorts(text: string, addresses: AddressText): Parsed<{ host: string; ports: string | null }> {
  if (/^:(?!:)/.test(text)) return fail("a rule needs a host before its port", `loopback${text}`);
  if (text.startsWith("[")) {
    const match = /^(\[[^\]]*\])(?::(.*))?$/.exec(text);
    return match ? { value: { host: match[1] as string, ports: match[2] ?? null } } : fail("a ']' or a ':' is missing");
  }
  const colons = text.split(":").length - 1;
  if (colons > 1) {
    const [address = ""] = text.split("/");
    const isAddress = addresses.parse6(address.split("%")[0] as string) !== null;
    return fail("an IPv6 address in a rule stands in brackets", isAddress ? `[${text}]` : null);
  }
  const [host = "", ports = null] = text.split(":");
  return { value: { host, ports } };
}

/** `*`, a port, or `first-last`. */
function parsePorts(text: string | null): Parsed<PortRange | null> {
  if (text === null || text === "*") return { value: null };
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (!match) return fail(`'${text}' is not a port: a number, a range such as 8000-8010, or *`);
  const first = Number(match[1]);
  const last = match[2] === undefined ? first : Number(match[2]);
  if (first > 65535 || last > 65535) return fail("a port is at most 65535");
  if (first > last) return fail(`a port range runs from the smaller to the larger: ${last}-${first}`);
  return { value: { first, last } };
}

function parseHost(host: string, addresses: AddressText): Parsed<RuleTarget> {
  const ipClass = IP_CLASSES.find((name) => name === host);
  if (ipClass) return { value: { kind: "class", ipClass } };
  if (host.startsWith("[")) return parseNetwork(host, host.slice(1, -1), 128, addresses);
  const address = host.split("/")[0] as string;
  if (addresses.parse4(address)) return parseNetwork(host, host, 32, addresses);
  const meant = addresses.aton(address);
  if (meant) {
    return fail(
      `'${host}' is a short, octal or hexadecimal form of an IPv4 address; rules are written in full`,
      addresses.format(meant),
    );
  }
  if (/^[0-9./]+$/.test(host)) return fail(`'${host}' is not an IPv4 address`);
  return parseName(host, addresses);
}

/** `name`, or `*.name` for all names below it. */
function parseName(host: string, addresses: AddressText): Parsed<RuleTarget> {
  const below = host.startsWith("*.");
  const written = below ? host.slice(2) : host;
  if (written.includes("*")) {
    const meant = canonicalName(written.replace(/^\*+\.?/, ""), addresses);
    return fail("in a name '*' stands for all names below it, and only as in '*.example.com'", meant && `*.${meant}`);
  }
  const name = canonicalName(written, addresses);
  if (name === null) return { error: nameFlaw(host, written, addresses) };
  if (name === "localhost" && !below) return { value: { kind: "localhost" } };
  if (!below && IP_CLASSES.some((ipClass) => ipClass === name)) {
    return fail(`'${host}' is a class of addresses, which is written '${name}'`, name);
  }
  return { value: { kind: "name", name, below } };
}

/** Why a text is no name; one that is an address in another script is told so. */
function nameFlaw(host: string, written: string, addresses: AddressText): RuleError {
  const ascii = /^[\p{L}\p{M}\p{N}.\u3002\uff0e\uff61]+$/u.test(written) ? addresses.toAscii(written) : null;
  const meant = ascii === null ? null : (addresses.parse4(ascii) ?? addresses.aton(ascii));
  if (meant) return { reason: `'${host}' is another spelling of an IPv4 address`, suggestion: addresses.format(meant) };
  return {
    reason: `'${host}' is neither an address nor a host name: labels of letters, digits and hyphens, the last no number`,
    suggestion: null,
  };
}

/** `address[%zone][/prefix]`; a zone is checked for form and then ignored. */
function parseNetwork(written: string, text: string, width: 32 | 128, addresses: AddressText): Parsed<RuleTarget> {
  const match = /^([^%/]+)(?:%([^/]+))?(?:\/(\d{1,3}))?$/.exec(text);
  if (!match || (match[2] && width === 32)) return fail(`'${written}' is not an address`);
  const base = width === 32 ? addresses.parse4(match[1] as string) : addresses.parse6(match[1] as string);
  if (!base) return fail(`'${written}' is not an IPv${width === 32 ? 4 : 6} address`);
  const prefix = match[3] === undefined ? width : Number(match[3]);
  if (prefix > width) return fail(`a prefix of IPv${width === 32 ? 4 : 6} is at most /${width}`);
  const network = { base, prefix };
  if (hasHostBits(network)) {
    const masked = addresses.format(maskHostBits(network).base);
    const suggestion = width === 32 ? `${masked}/${prefix}` : `[${masked}/${prefix}]`;
    return fail(`'${written}' has bits set beyond /${prefix}`, suggestion);
  }
  return { value: { kind: "network", network: canonicalNetwork(network) } };
}

/** One character per UTF-8 byte: paths and abstract names are compared as the kernel sees them. */
export function bytesOf(text: string): string {
  return Array.from(new TextEncoder().encode(text), (octet) => String.fromCharCode(octet)).join("");
}
