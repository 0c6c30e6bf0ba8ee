/** A call of the guest's, as it is told of: the C name, and the kernel's descriptors that it is about. */
export interface Call {
  readonly name: string;
  readonly hostFds: readonly number[];
}

/** Why a guest was ended in a call: it was cancelled there, or the call passed a limit. */
export type StopReason = "cancelled" | "output" | "traffic";

/** How a guest was ended. */
export interface Stop {
  readonly reason: StopReason;
  readonly call: Call;
  readonly stack: string;
}

const STOPS = new WeakMap<object, Stop>();

/**
 * Ends the guest that makes this call: unwinds it to where it was started, where `stopOf` knows the error.
 *
 * What is thrown is the trap of a WebAssembly module, since that is what no guest can catch: a `catch_all` gets every
 * exception of JavaScript's, and the guest would go on.
 */
export function stop(reason: StopReason, call: Call): never {
  const stack = new Error().stack ?? "";
  try {
    trap();
  } catch (error) {
    STOPS.set(error as object, { reason, call, stack });
    throw error;
  }
  throw new Error("the trap has returned");
}

/** How the guest was ended that threw `error`; undefined if that was not our doing. */
export function stopOf(error: unknown): Stop | undefined {
  return typeof error === "object" && error !== null ? STOPS.get(error) : undefined;
}

/** `(module (func (export "trap") unreachable))` */
const TRAP = [
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x08, 0x01, 0x04, 0x74, 0x72, 0x61, 0x70, 0x00, 0x00, 0x0a, 0x05, 0x01, 0x03, 0x00, 0x00, 0x0b],
];

function trap(): void {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(TRAP)));
  (exports.trap as () => void)();
}
