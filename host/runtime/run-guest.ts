import { BERKELEY_MODULE, berkeleyImports, berkeleySignature } from "../abi/berkeley/imports.js";
import { type AbiContext, abiContext, type ImportFunction } from "../abi/imports.js";
import { GuestMemory } from "../abi/memory.js";
import { type Environment, PREVIEW1_MODULE, preview1Imports, preview1Signature } from "../abi/preview1/imports.js";
import type { Core } from "../core/core.js";
import { closeAllDescriptors, enterStandardDescriptors } from "../core/descriptors.js";
import { errnoName, isErrno } from "../core/errno.js";
import { FdTable } from "../core/fd-table.js";
import { enterInherited, type Inherited } from "../core/inherited.js";
import type { Kernel } from "../core/kernel.js";
import { type Oversight, Permissions } from "../core/permissions/permissions.js";
import type { Policy } from "../core/permissions/policy.js";
import type { Preopen } from "../core/permissions/preopens.js";
import { Resolver } from "../core/resolver/resolver.js";
import { openKernel } from "../kernel/open-kernel.js";
import { cancellable } from "./cancellable.js";
import { descriptorRoom } from "./descriptor-room.js";
import { type Ending, untilEnd } from "./ending.js";
import { PAGE_SIZE } from "./memory-limit.js";
import { type Contracts, checkSignatures, compileModule, type Entry, entryOf, instantiate } from "./module.js";
import { enterPreopens, looksForDirectories } from "./preopens.js";
import { type ResolverSettings, resolverHost } from "./resolver-host.js";
import { RuntimeError } from "./runtime-error.js";
import { type ImportedFunction, importedFunctions } from "./signatures.js";
import { goroutinesAtEnd, type WaitingGoroutines } from "./waiting-goroutines.js";

/** All import modules that a guest may use. */
export const SERVED_MODULES: readonly string[] = [BERKELEY_MODULE, PREVIEW1_MODULE];

/** Puts something around each of a guest's socket calls. */
export type WrapImports = (
  imports: Readonly<Record<string, ImportFunction>>,
  context: AbiContext,
) => Record<string, ImportFunction>;

/** Puts something around a guest's own calls of the kernel. */
export type WrapKernel = (kernel: Kernel) => Kernel;

/** A socket that a guest is started with, and what to call it. */
export interface Listener {
  readonly name: string;
  /** For messages. */
  readonly what: string;
  readonly inherited: Inherited;
}

/** A program and all that it is given. */
export interface Guest {
  readonly bytes: Uint8Array;
  readonly environment: Environment;
  readonly policy: Policy;
  /** Directories that are open from the start, for a guest that looks for them. */
  readonly preopens?: readonly Preopen[];
  readonly oversight: Oversight;
  /** They get the guest's descriptors from 3 up. */
  readonly listeners?: readonly Listener[];
  /** Is given the stack of each goroutine that waits when none can go on, after the guest has named it. */
  readonly onWaiting: (stack: string) => void;
  /** Where look-ups go; where the machine's own do by default. */
  readonly resolver?: ResolverSettings;
  /** Called when all that the guest is given is there, and none of its code has run. */
  readonly beforeStart?: () => void;
  /** From `traceCalls`, or null for a guest that is not traced. */
  readonly trace: WrapImports | null;
  /** Bytes of linear memory, or null for what the module itself allows. */
  readonly memoryLimit: number | null;
  /** Its RLIMIT_NOFILE, or null for as many descriptors as the host can spare. */
  readonly fdLimit: number | null;
  /** From `metered`, or null for a guest that may send and write whatever it likes. */
  readonly meter: WrapKernel | null;
  /** From `createCancel`; -1 for a guest that nobody will cancel. */
  readonly cancelFd: number;
}

export interface Outcome {
  readonly ending: Ending;
  /** Whether a permission was denied at any time. */
  readonly hasDenied: boolean;
  /** The guest's descriptors, from 3 up, that it had not closed. */
  readonly leaks: readonly number[];
  /** The number of the goroutine that ran last, or null for a guest without goroutines. */
  readonly goroutine: number | null;
  /** The goroutines that waited when the guest was stopped; null for one that was not, or has none. */
  readonly waiting: WaitingGoroutines | null;
  /** Linear memory at the end, in bytes. */
  readonly memory: number;
  /** Whether the guest trapped because its memory limit was in the way. */
  readonly ranOutOfMemory: boolean;
  /** Where it was first refused a descriptor for want of numbers, and how many there are; null if it never was. */
  readonly ranOutOfDescriptors: { readonly limit: number; readonly stack: string } | null;
}

/**
 * Runs a guest on the calling thread until it ends, and closes what it left open.
 *
 * A guest's faults are an outcome; a module that cannot run throws a
 * `RuntimeError`; anything else that is thrown is a bug of the host.
 */
export function runGuest(guest: Guest): Outcome {
  const module = compileModule(guest.bytes, guest.memoryLimit);
  const kernel = guest.meter === null ? kernelOf(guest) : guest.meter(kernelOf(guest));
  const room = descriptorRoom(guest.fdLimit);
  let fullStack: string | null = null;
  const core: Core = {
    kernel,
    fds: new FdTable(room.fds, room.lookups, () => {
      fullStack ??= new Error().stack ?? "";
    }),
    permissions: new Permissions(guest.policy, guest.oversight),
    resolver: new Resolver(resolverHost(guest.resolver ?? {}, () => kernelOf(guest))),
  };
  const context = abiContext(core, new GuestMemory());
  enterStandardDescriptors(core);
  try {
    const imported = importedFunctions(guest.bytes);
    checkSignatures(imported, CONTRACTS);
    let entry: Entry | null = null;
    const ending = untilEnd(core.fds, () => {
      for (const listener of guest.listeners ?? []) enterListener(core, listener);
      enterPreopens(core, guest.preopens ?? [], looksForDirectories(imported));
      guest.beforeStart?.();
      // A start function runs in here, without a memory that calls could use.
      entry = entryOf(instantiate(module, importsOf(guest, context, imported)));
      context.memory.attach(entry.memory);
      kernel.attach(entry.memory);
      entry.start();
    });
    const waiting = goroutinesAtEnd(ending, core.fds, entry, guest.onWaiting);
    const ranOutOfDescriptors = fullStack === null ? null : { limit: room.fds, stack: fullStack };
    return { ...conclude(ending, core, guest.memoryLimit, entry), ranOutOfDescriptors, waiting };
  } finally {
    closeAllDescriptors(core);
  }
}

function enterListener(core: Core, { what, inherited }: Listener): void {
  const result = enterInherited(core, inherited);
  if (isErrno(result)) {
    const reason =
      inherited.kind === "descriptor" ? "it is no socket that listens or gets datagrams" : errnoName(-result);
    throw new RuntimeError("ERR_LISTEN", `cannot listen on ${what}`, [reason]);
  }
}

function kernelOf({ cancelFd }: Guest): Kernel {
  const kernel = openKernel(cancelFd);
  return cancelFd === -1 ? kernel : cancellable(kernel);
}

const CONTRACTS: Contracts = new Map([
  [BERKELEY_MODULE, berkeleySignature],
  [PREVIEW1_MODULE, preview1Signature],
]);

function conclude(
  ending: Ending,
  core: Core,
  memoryLimit: number | null,
  entry: Entry | null,
): Omit<Outcome, "ranOutOfDescriptors" | "waiting"> {
  const memory = entry?.memory.buffer.byteLength ?? 0;
  return {
    ending,
    hasDenied: core.permissions.hasDenied,
    leaks: core.fds.openFrom(3),
    goroutine: entry?.goroutines?.running.value ?? null,
    memory,
    ranOutOfMemory: memoryLimit !== null && ending.kind === "trap" && isOutOfMemory(ending.stack, memory, memoryLimit),
  };
}

/** Those that the guest imports. */
function importsOf(guest: Guest, context: AbiContext, imported: readonly ImportedFunction[]): WebAssembly.Imports {
  const namesIn = (from: string) => imported.filter(({ module }) => module === from).map(({ name }) => name);
  const berkeley = berkeleyImports(context, namesIn(BERKELEY_MODULE));
  return {
    [BERKELEY_MODULE]: guest.trace === null ? berkeley : guest.trace(berkeley, context),
    [PREVIEW1_MODULE]: preview1Imports(
      context,
      guest.environment,
      namesIn(PREVIEW1_MODULE),
    ) as WebAssembly.ModuleImports,
  };
}

/**
 * A full memory, or an allocator that gave up because the memory did not grow.
 *
 * AssemblyScript's stops itself where `~lib/rt/` is the innermost function, since
 * what it calls may be inlined; wasi-libc's lets its caller stop, in `sbrk` or above.
 */
function isOutOfMemory(stack: string, memory: number, limit: number): boolean {
  return memory + PAGE_SIZE > limit || /^.*unreachable\n {4}at ~lib\/rt\/|growMemory|sbrk/.test(stack);
}
