import { AF_INET, AF_INET6 } from "../linux.generated.js";
import type { Inet4Address, Inet6Address } from "../sockaddr.js";
import type { NameServer, ResolverHost } from "./resolver-host.js";

export type ServerAddress = Inet4Address | Inet6Address;

/** What resolv.conf(5) says of the servers. The search list is the guest's business. */
export interface ResolvConf {
  readonly servers: readonly ServerAddress[];
  /** How long to wait for a server, in seconds. */
  readonly timeout: number;
  /** How often each server is asked. */
  readonly attempts: number;
  /** Whether each look-up begins with another server. */
  readonly rotate: boolean;
}

/** `MAXNS`, `RES_MAXRETRANS`, `RES_MAXRETRY` of resolv.h. */
const SERVERS_MAX = 3;
const TIMEOUT_MAX = 30;
const ATTEMPTS_MAX = 5;

const DNS_PORT = 53;

/** Parses resolv.conf(5). Without a server in it the machine itself is one. */
export function parseResolvConf(text: string, host: ResolverHost): ResolvConf {
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
  const options = lines.filter(([keyword]) => keyword === "options").flatMap((words) => words.slice(1));
  const named = lines.filter(([keyword]) => keyword === "nameserver").map(([, address = ""]) => address);
  const wanted = host.servers ?? named.map((address) => ({ address, port: DNS_PORT }));
  const servers = wanted.map((server) => parseServer(server, host)).filter((server) => server !== null);
  return {
    servers: servers.length > 0 ? servers.slice(0, SERVERS_MAX) : [LOCAL_SERVER],
    timeout: numberOption(options, "timeout", 5, TIMEOUT_MAX),
    attempts: numberOption(options, "attempts", 2, ATTEMPTS_MAX),
    rotate: options.includes("rotate"),
  };
}

const LOCAL_SERVER: ServerAddress = { family: AF_INET, port: DNS_PORT, address: Uint8Array.of(127, 0, 0, 1) };

/** `192.0.2.1`, `2001:db8::1` or `fe80::1%eth0`; null for anything else. */
function parseServer({ address: text, port }: NameServer, host: ResolverHost): ServerAddress | null {
  const four = host.addresses.parse4(text);
  if (four !== null) return { family: AF_INET, port, address: four };
  const [address = "", zone = ""] = text.split("%");
  const six = host.addresses.parse6(address);
  if (six === null) return null;
  const scopeId = /^\d+$/.test(zone) ? Number(zone) : zone === "" ? 0 : host.interfaceIndex(zone);
  return { family: AF_INET6, port, address: six, flowinfo: 0, scopeId };
}

/** `name:n`, the last one, at least 1. */
function numberOption(options: readonly string[], name: string, otherwise: number, most: number): number {
  const values = options.flatMap((option) => new RegExp(`^${name}:(\\d+)$`).exec(option)?.[1] ?? []);
  const last = values.at(-1);
  return last === undefined ? otherwise : Math.max(1, Math.min(Number(last), most));
}

/** The lines that tell a guest how to complete a name: `search`, `domain` and `options`. */
export function searchLines(text: string): string {
  const kept = text.split("\n").filter((line) => /^(?:search|domain|options)\s/.test(line));
  return kept.map((line) => `${line}\n`).join("");
}
