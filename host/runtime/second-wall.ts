import { type Stats, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { errnoName, isErrno, type SysResult } from "../core/errno.js";
import type { Place, Wall } from "../core/permissions/wall.js";
import {
  ACCESS,
  BIND_TCP,
  CONNECT_TCP,
  filterAvailable,
  filterCalls,
  landlockErrata,
  landlockVersion,
  openRuleset,
  type Ruleset,
  SCOPE_ABSTRACT,
  SCOPE_SIGNAL,
  SOCKETS,
} from "../kernel/second-wall.js";
import { LANDLOCK, secondWallFlaws } from "./host-features.js";
import { realPath } from "./real-path.js";
import { type ResolverSettings, resolverFiles } from "./resolver-host.js";

/** What the host itself still has to reach while the guest runs. */
export interface HostNeeds {
  /** Files to read. */
  readonly files: readonly string[];
  readonly resolver: ResolverSettings;
}

/** Threads of a process may signal each other whatever their scopes (Documentation/userspace-api/landlock.rst, errata). */
const MENDED_SIGNALS = 1 << 1;

const { execute, writeFile, readFile, readDirectory, removeDirectory, removeFile, makeDevice } = ACCESS;
const { makeDirectory, makeFile, makeSocket, makeFifo, makeLink, refer, truncate } = ACCESS;

const READ = readFile | readDirectory;
/** To rename a file takes the right to make one of its kind. */
const WRITE =
  writeFile |
  truncate |
  removeDirectory |
  removeFile |
  makeDirectory |
  makeFile |
  makeSocket |
  makeFifo |
  makeLink |
  refer;
const SOCKET = makeSocket | removeFile;
const ALL = READ | WRITE | execute | makeDevice;

/** What the system's resolver loads and reads for modules of nsswitch.conf(5). */
const RESOLVER_PLACES: readonly string[] = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/nix/store"];
const RESOLVER_FILES: readonly string[] = ["/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/ld.so.cache"];
const DNS_PORT = 53;

/**
 * Takes from this process, for good, what neither the guest nor the host needs from here on.
 *
 * Answers what could not be taken; what could be, is.
 */
export function raiseSecondWall(wall: Wall, needs: HostNeeds): string[] {
  const flaws = secondWallFlaws();
  const version = landlockVersion();
  const restricted = version < LANDLOCK.files ? 0 : restrict(wall, needs, version);
  if (isErrno(restricted)) flaws.push(`Landlock's rules could not be applied (${errnoName(-restricted)})`);
  const filtered = isErrno(filterAvailable()) ? 0 : filterCalls(socketsOf(wall));
  if (isErrno(filtered)) flaws.push(`system calls could not be filtered (${errnoName(-filtered)})`);
  return flaws;
}

function restrict(wall: Wall, needs: HostNeeds, version: number): SysResult {
  const files = version < LANDLOCK.truncate ? ALL & ~truncate : ALL;
  const places = [...wall.places.map((place) => groundOf(place, wall.places)), ...groundsOfHost(wall, needs)];
  // What is permitted everywhere is not Landlock's business; "refer" is, unless a rule permits it.
  const everywhere = places.reduce((access, place) => (place.path === "/" ? access | place.access : access), 0);
  const ruleset = openRuleset(files & ~(everywhere & ~refer), portsHandled(wall, version), scopesOf(wall, version));
  if (typeof ruleset === "number") return ruleset;
  try {
    permit(ruleset, places, files & ~(everywhere & ~refer));
    permitPorts(ruleset, wall, needs, version);
    return ruleset.apply();
  } finally {
    ruleset.close();
  }
}

/** Something that Landlock can name, by one character per byte, and what is permitted there. */
interface Ground {
  readonly path: string;
  readonly access: number;
}

/** A place that is not there any more permits nothing. */
function permit(ruleset: Ruleset, grounds: readonly Ground[], handled: number): void {
  for (const { path, access } of grounds) {
    if ((access & handled) !== 0) ruleset.permitPath(Buffer.from(path, "latin1"), access & handled);
  }
}

/**
 * Landlock knows the file that is there, not its path.
 *
 * What may be created, or removed and created again, is therefore permitted in
 * its directory. Files of procfs are others at each look.
 */
function groundOf({ path, read, write, sockets }: Place, places: readonly Place[]): Ground {
  const access = (read ? READ : 0) | (write ? WRITE : 0) | (sockets ? SOCKET : 0);
  const mayChange = !read || places.some((other) => other.write && isWithin(path, other.path));
  return { path: isWithin(path, "/proc") ? "/proc" : standing(path, mayChange), access };
}

function standing(path: string, mayChange: boolean): string {
  const status = statusOf(Buffer.from(path, "latin1"));
  const isFixed = status !== null && (status.isDirectory() || status.isCharacterDevice() || status.isBlockDevice());
  if (isFixed || (status !== null && !mayChange)) return path;
  const parent = dirname(path);
  return parent === path ? path : standing(parent, false);
}

function statusOf(path: Buffer): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(place === "/" ? place : `${place}/`);
}

/** The command's own files, which it may load later, and those of look-ups. */
function groundsOfHost({ looksUp }: Wall, { files, resolver }: HostNeeds): Ground[] {
  const { hosts, resolvConf, services, protocols } = resolverFiles(resolver);
  const paths = [resolve(import.meta.dirname, ".."), services, protocols, ...files];
  // Whoever changes these puts another file in their place.
  if (looksUp) paths.push(...[hosts, resolvConf].map((file) => dirname(realPath(file))));
  if (looksUp) paths.push(...RESOLVER_PLACES, ...RESOLVER_FILES);
  return [...new Set(paths)].map((path) => ({ path: Buffer.from(path).toString("latin1"), access: READ }));
}

function portsHandled({ bindPorts, connectPorts }: Wall, version: number): number {
  if (version < LANDLOCK.ports) return 0;
  return (bindPorts === null ? 0 : BIND_TCP) | (connectPorts === null ? 0 : CONNECT_TCP);
}

function permitPorts(ruleset: Ruleset, wall: Wall, { resolver }: HostNeeds, version: number): void {
  const handled = portsHandled(wall, version);
  const servers = wall.looksUp ? [DNS_PORT, ...(resolver.servers ?? []).map(({ port }) => port)] : [];
  if (handled & BIND_TCP) for (const port of wall.bindPorts ?? []) ruleset.permitPort(port, BIND_TCP);
  if (handled & CONNECT_TCP) {
    for (const port of [...(wall.connectPorts ?? []), ...servers]) ruleset.permitPort(port, CONNECT_TCP);
  }
}

function scopesOf({ reachesAbstract }: Wall, version: number): number {
  if (version < LANDLOCK.scopes) return 0;
  const signals = landlockErrata() & MENDED_SIGNALS ? SCOPE_SIGNAL : 0;
  return signals | (reachesAbstract ? 0 : SCOPE_ABSTRACT);
}

function socketsOf({ raw, looksUp }: Wall): number {
  // The names of interfaces come from the kernel's routes.
  return raw.reduce((sockets, kind) => sockets | SOCKETS[kind], looksUp ? SOCKETS.routes : 0);
}
