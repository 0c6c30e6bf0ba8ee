import { BERKELEY_MODULE, berkeleyImports, berkeleyNames } from "../../host/abi/berkeley/imports.js";
import { tracedBerkeley } from "../../host/abi/berkeley/trace.js";
import { abiContext } from "../../host/abi/imports.js";
import { GuestMemory } from "../../host/abi/memory.js";
import { type Environment, PREVIEW1_MODULE, preview1Imports, preview1Names } from "../../host/abi/preview1/imports.js";
import { traceLine } from "../../host/cli/trace-text.js";
import type { Core } from "../../host/core/core.js";
import { FdTable } from "../../host/core/fd-table.js";
import type { Kernel } from "../../host/core/kernel.js";
import { AF_INET, AF_INET6, AF_UNIX, SOCK_DGRAM, SOCK_STREAM } from "../../host/core/linux.generated.js";
import { type PermissionFlag, parsePolicy } from "../../host/core/permissions/parse-policy.js";
import { type Denial, Permissions } from "../../host/core/permissions/permissions.js";
import type { Policy } from "../../host/core/permissions/policy.js";
import { preopensOf } from "../../host/core/permissions/preopens.js";
import { Resolver } from "../../host/core/resolver/resolver.js";
import type { ResolverHost } from "../../host/core/resolver/resolver-host.js";
import { encodeSockaddr, type SocketAddress } from "../../host/core/sockaddr.js";
import { createSocket } from "../../host/core/socket.js";
import { Recorder } from "../../host/core/trace/recorder.js";
import { openKernel } from "../../host/kernel/open-kernel.js";
import { loadAddressText } from "../../host/runtime/address-text.js";
import { enterPreopens } from "../../host/runtime/preopens.js";
import { realPath } from "../../host/runtime/real-path.js";
import { type ResolverSettings, resolverHost } from "../../host/runtime/resolver-host.js";
import { type FakeKernel, fakeKernel, type Script } from "./fake-kernel.js";

export const PAGE = 65536;
/** Pointers that lie in no guest's memory. */
export const BAD_POINTER = -1;
export const NO_SUCH_FD = 77;

export const addressText = loadAddressText();

/** The policy of flags as a user types them: `--allow-net-connect=127.0.0.1:80 --deny-net`. */
export function policyOf(flags: string): Policy {
  const words = flags.split(" ").filter((word) => word !== "");
  return parsePolicy(flagsOf(words), words.includes("--allow-all"), addressText, realPath);
}

function flagsOf(words: readonly string[]): PermissionFlag[] {
  return words.filter((word) => word !== "--allow-all").map(flagOf);
}

function flagOf(word: string): PermissionFlag {
  const [name = "", ...value] = word.replace(/^--/, "").split("=");
  return { name, value: value.length === 0 ? null : value.join("=") };
}

/** Socket addresses as text: `127.0.0.1:80`, `[::1]:80`, `unix:/path`, `unix:@abstract`, `unix:`, `unspec`. */
export function addressOf(text: string): SocketAddress {
  if (text === "unspec") return { family: 0 };
  if (text === "unix:") return { family: AF_UNIX, kind: "unnamed", name: new Uint8Array(0) };
  if (text.startsWith("unix:@")) return { family: AF_UNIX, kind: "abstract", name: Buffer.from(text.slice(6)) };
  if (text.startsWith("unix:")) return { family: AF_UNIX, kind: "pathname", name: Buffer.from(text.slice(5)) };
  const colon = text.lastIndexOf(":");
  const port = Number(text.slice(colon + 1));
  const host = text.slice(0, colon);
  if (!host.startsWith("[")) return { family: AF_INET, port, address: parsed(addressText.parse4(host), text) };
  const address = parsed(addressText.parse6(host.slice(1, -1)), text);
  return { family: AF_INET6, port, address, flowinfo: 0, scopeId: 0 };
}

function parsed(address: Uint8Array | null, text: string): Uint8Array {
  if (address === null) throw new Error(`the test means no address: ${text}`);
  return address;
}

/** The bytes of an address as the guest would pass them. */
export function sockaddrOf(text: string): Uint8Array {
  const bytes = new Uint8Array(128);
  return bytes.slice(0, encodeSockaddr(addressOf(text), bytes));
}

export interface GuestOptions {
  /** What the guest is granted; nothing by default. */
  readonly flags?: string;
  readonly environment?: Environment;
  /** Whether the directories of the flags are open from 3 on. */
  readonly looksForDirectories?: boolean;
  /** RLIMIT_NOFILE */
  readonly limit?: number;
  /** By default a machine without hosts, servers or databases. */
  readonly resolver?: ResolverHost;
}

/** No file of the machine's own has a say in a test. */
export const NOTHING: ResolverSettings = {
  files: { hosts: "/dev/null", resolvConf: "/dev/null", services: "/dev/null", protocols: "/dev/null" },
};

type Imports = Readonly<Record<string, (...args: never[]) => number | undefined>>;

/** A guest without a program: its memory, its descriptors and its imports, called by the test. */
export class Guest<K extends Kernel = Kernel> {
  readonly memory = new WebAssembly.Memory({ initial: 1, maximum: 4 });
  readonly denials: Denial[] = [];
  readonly core: Core;
  /** The functions of the ABIs, by module. */
  readonly imports: Readonly<Record<string, Imports>>;
  readonly #traced: Record<string, (...args: number[]) => number>;
  #line = "";
  #heap = 1024;

  constructor(
    readonly kernel: K,
    {
      flags = "",
      environment = { args: [], env: {} },
      limit = 1024,
      resolver,
      looksForDirectories = false,
    }: GuestOptions,
  ) {
    const permissions = new Permissions(policyOf(flags), { onDenial: (denial) => this.denials.push(denial) });
    const host = resolver ?? resolverHost(NOTHING, () => fakeKernel());
    this.core = { kernel, permissions, fds: new FdTable(limit), resolver: new Resolver(host) };
    const memory = new GuestMemory();
    const context = abiContext(this.core, memory);
    const berkeley = berkeleyImports(context, berkeleyNames());
    const tracer = (event: Parameters<typeof traceLine>[0]): void => {
      this.#line = traceLine(event, null).replace(/ += /, " = ");
    };
    this.#traced = tracedBerkeley(berkeley, context, new Recorder(this.core, tracer, addressText));
    this.imports = {
      [BERKELEY_MODULE]: berkeley,
      [PREVIEW1_MODULE]: preview1Imports(context, environment, preview1Names()),
    };
    memory.attach(this.memory);
    kernel.attach(this.memory);
    // Standard streams: the lowest free number of the guest is 3, as programs expect.
    for (let fd = 0; fd <= 2; fd++) this.core.fds.addBorrowed(fd);
    if (!looksForDirectories) return;
    const words = flags.split(" ");
    enterPreopens(this.core, preopensOf(flagsOf(words), words.includes("--allow-all")), true);
  }

  /** Calls a function of `berkeley_sockets_v1`. */
  call(name: string, ...args: number[]): number {
    return this.#invoke(BERKELEY_MODULE, name, args);
  }

  /** Calls a function of `wasi_snapshot_preview1`. */
  wasi(name: string, ...args: (number | bigint)[]): number {
    return this.#invoke(PREVIEW1_MODULE, name, args);
  }

  /** Calls a function of `berkeley_sockets_v1` and answers its line of the trace, columns collapsed. */
  trace(name: string, ...args: number[]): string {
    this.#traced[name]?.(...args);
    return this.#line;
  }

  /** Memory for `size` bytes, from the start again once a page is used up: tests in loops keep nothing. */
  allocate(size: number): number {
    if (this.#heap + size > PAGE) this.#heap = 1024;
    const pointer = this.#heap;
    this.#heap += (size + 7) & ~7;
    return pointer;
  }

  /** Puts bytes (or ASCII text) into fresh memory. */
  put(data: Uint8Array | string): number {
    const bytes = Buffer.from(data as string);
    const pointer = this.allocate(bytes.length);
    new Uint8Array(this.memory.buffer).set(bytes, pointer);
    return pointer;
  }

  /** Puts 32-bit numbers into fresh memory: a `socklen_t`, an iovec. */
  put32(...numbers: number[]): number {
    return this.put(new Uint8Array(Int32Array.from(numbers).buffer));
  }

  /** An array of iovecs over pieces of memory. */
  putIovecs(...pieces: (readonly [pointer: number, size: number])[]): number {
    return this.put32(...pieces.flat());
  }

  get(pointer: number, size: number): Uint8Array {
    return new Uint8Array(this.memory.buffer).slice(pointer, pointer + size);
  }

  text(pointer: number, size: number): string {
    return Buffer.from(this.get(pointer, size)).toString();
  }

  get view(): DataView {
    return new DataView(this.memory.buffer);
  }

  tcp(): number {
    return this.call("socket", AF_INET, SOCK_STREAM, 0);
  }

  udp(): number {
    return this.call("socket", AF_INET, SOCK_DGRAM, 0);
  }

  tcp6(): number {
    return this.call("socket", AF_INET6, SOCK_STREAM, 0);
  }

  udp6(): number {
    return this.call("socket", AF_INET6, SOCK_DGRAM, 0);
  }

  unix(type = SOCK_STREAM): number {
    return this.call("socket", AF_UNIX, type, 0);
  }

  /** A descriptor that is no socket. */
  file(hostFd = 99): number {
    return this.core.fds.add(hostFd, undefined, false);
  }

  /** A socket that the test made: no call to the kernel. */
  adopt(hostFd: number, domain: number, type: number): number {
    return this.core.fds.add(hostFd, createSocket(domain, type, 0), false);
  }

  bind(fd: number, address: string): number {
    return this.#withAddress("bind", fd, address);
  }

  connect(fd: number, address: string): number {
    return this.#withAddress("connect", fd, address);
  }

  sendTo(fd: number, address: string, data = "x", flags = 0): number {
    const bytes = sockaddrOf(address);
    return this.call("sendto", fd, this.put(data), data.length, flags, this.put(bytes), bytes.length);
  }

  /** `getsockname` or `getpeername`, decoded no further than its bytes. */
  nameOf(fd: number, call: "getsockname" | "getpeername" = "getsockname"): Uint8Array {
    const addr = this.allocate(128);
    const addrlen = this.put32(128);
    const result = this.call(call, fd, addr, addrlen);
    if (result < 0) throw new Error(`${call} answers ${result}`);
    return this.get(addr, this.view.getUint32(addrlen, true));
  }

  /** The port in network order at its place in every IP address. */
  portOf(fd: number): number {
    const name = this.nameOf(fd);
    return new DataView(name.buffer).getUint16(2);
  }

  #withAddress(call: string, fd: number, address: string): number {
    const bytes = sockaddrOf(address);
    return this.call(call, fd, this.put(bytes), bytes.length);
  }

  #invoke(module: string, name: string, args: (number | bigint)[]): number {
    const call = this.imports[module]?.[name];
    if (call === undefined) throw new Error(`no import ${module}.${name}`);
    return (call as (...args: (number | bigint)[]) => number)(...args);
  }
}

/** A guest over a kernel with scripted results. */
export function guestOf(flags = "", script: Script = {}, options: GuestOptions = {}): Guest<FakeKernel> {
  return new Guest(fakeKernel(script), { ...options, flags });
}

/** A guest over the real kernel. Its test file calls `watchDescriptors`. */
export function realGuest(flags = "", options: GuestOptions = {}): Guest {
  const guest = new Guest(openKernel(-1), { ...options, flags });
  guests.push(guest);
  return guest;
}

const guests: Guest[] = [];

/** Closes what the real guests of this test left open. */
export function closeRealGuests(): void {
  for (const guest of guests.splice(0)) for (const fd of guest.core.fds.openFrom(3)) guest.call("close", fd);
}
