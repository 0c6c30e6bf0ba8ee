import type { Core } from "./core.js";
import { type Errno, isErrno } from "./errno.js";
import { O_NOFOLLOW } from "./linux.generated.js";

/** Where a path that leads nowhere would lead. */
export interface Nowhere {
  /** The real path as far as it exists, then what is missing; empty if that cannot be told. */
  readonly path: Uint8Array;
  /** Whether its last name is a symbolic link, which leads there. */
  readonly isBehindLink: boolean;
}

const SLASH = 0x2f;
const DOT = 0x2e;
const PATH_MAX = 4096;
/** path_resolution(7): how many links Linux follows. */
const MAX_LINKS = 40;
const UNKNOWN: Nowhere = { path: new Uint8Array(0), isBehindLink: false };

/** A path's directory, and the name in it: empty behind a final slash. */
export function nameIn(path: Uint8Array): { directory: Uint8Array; name: Uint8Array } {
  const slash = path.lastIndexOf(SLASH);
  if (slash === -1) return { directory: Uint8Array.of(DOT), name: path };
  return { directory: slash === 0 ? Uint8Array.of(SLASH) : path.subarray(0, slash), name: path.subarray(slash + 1) };
}

/** A path without the slashes behind its last name; the root keeps one. */
export function withoutSlashes(path: Uint8Array): Uint8Array {
  const last = path.findLastIndex((octet) => octet !== SLASH);
  return path.subarray(0, Math.max(last, 0) + 1);
}

/** The path of `name` in a directory whose real path is known; empty if it is not. */
export function joinPath(directory: Uint8Array | Errno, name: Uint8Array): Uint8Array {
  if (typeof directory === "number" || directory.length === 0) return new Uint8Array(0);
  const base = directory.length === 1 ? directory.subarray(1) : directory;
  return Uint8Array.of(...base, SLASH, ...name);
}

export function isDots(name: Uint8Array): boolean {
  return name.length <= 2 && name.every((octet) => octet === DOT);
}

/** An absolute path with its dots resolved as text; empty if it leads above the root. */
export function lexicalPath(path: Uint8Array): Uint8Array {
  const names: Uint8Array[] = [];
  for (let at = 0; at < path.length; ) {
    const slash = path.indexOf(SLASH, at);
    const end = slash === -1 ? path.length : slash;
    const name = path.subarray(at, end);
    at = end + 1;
    if (!isDots(name)) names.push(name);
    else if (name.length === 2 && names.pop() === undefined) return new Uint8Array(0);
  }
  if (names.length === 0) return Uint8Array.of(SLASH);
  return Uint8Array.from(names.flatMap((name) => [SLASH, ...name]));
}

/**
 * Where `path` leads as far as it exists, by the kernel's own look-ups; what is
 * missing is added as text. Only for judging: nothing is opened by the result.
 */
export function whereItWouldBe(core: Core, path: Uint8Array, links = 0): Nowhere {
  if (path.length >= PATH_MAX || links > MAX_LINKS) return UNKNOWN;
  const real = realPathOf(core, path, 0);
  if (typeof real !== "number") return { path: real, isBehindLink: false };
  if (path.length <= 1 && path[0] === SLASH) return { path, isBehindLink: false };
  if (path.length <= 1 && path[0] === DOT) return UNKNOWN;
  const { directory, name } = nameIn(path);
  const target = linkText(core, path);
  if (typeof target !== "number") {
    const next = target[0] === SLASH ? target : Uint8Array.of(...directory, SLASH, ...target);
    return { path: whereItWouldBe(core, next, links + 1).path, isBehindLink: true };
  }
  return { path: step(whereItWouldBe(core, directory, links).path, name), isBehindLink: false };
}

function step(base: Uint8Array, name: Uint8Array): Uint8Array {
  if (!isDots(name)) return joinPath(base, name);
  return name.length === 2 ? nameIn(base).directory : base;
}

function realPathOf(core: Core, path: Uint8Array, flags: number): Uint8Array | Errno {
  return withPath(core, path, flags, (pathFd) => core.kernel.pathOf(pathFd));
}

function linkText(core: Core, path: Uint8Array): Uint8Array | Errno {
  return withPath(core, path, O_NOFOLLOW, (linkFd) => core.kernel.readlink(linkFd));
}

function withPath<T>(core: Core, path: Uint8Array, flags: number, use: (pathFd: number) => T): T | Errno {
  const pathFd = core.kernel.openPath(path, flags);
  if (isErrno(pathFd)) return pathFd;
  try {
    return use(pathFd);
  } finally {
    core.kernel.close(pathFd);
  }
}
