import { type Errno, isErrno } from "../errno.js";
import type { Kernel } from "../kernel.js";
import { EINPROGRESS } from "../linux.generated.js";
import type { Link } from "./host-socket.js";
import { Readiness } from "./readiness.js";
import { Stepper } from "./stepper.js";
import type { Steps } from "./steps.js";

/**
 * A look-up that nobody waits for: what a descriptor of the guest's stands for.
 *
 * The descriptor can be read when `result` has more to say. Nothing goes on but within `result`.
 */
export interface Lookup {
  /** What is looked up. */
  readonly name: string;
  /** The kernel's descriptor to wait for. It is the host's own: no other call of the guest's may reach it. */
  readonly hostFd: number;
  /** Gives up, and closes all that is open. */
  close(): void;
}

/** The answer to a query. */
export class QueryLookup implements Lookup {
  readonly #link: Link;
  readonly #stepper: Stepper<Uint8Array | Errno>;
  readonly #readiness: Readiness;

  private constructor(
    readonly name: string,
    link: Link,
    steps: Steps<Uint8Array | Errno>,
    readiness: Readiness,
  ) {
    this.#link = link;
    this.#stepper = new Stepper(steps);
    this.#readiness = readiness;
  }

  /** Begins: the first server is asked. `-errno` if there are no descriptors to wait with. */
  static open(name: string, link: Link, steps: Steps<Uint8Array | Errno>): QueryLookup | Errno {
    const readiness = Readiness.open(link);
    if (typeof readiness === "number") return readiness;
    const lookup = new QueryLookup(name, link, steps, readiness);
    lookup.result();
    return lookup;
  }

  get hostFd(): number {
    return this.#readiness.hostFd;
  }

  /** Goes on as far as it can; the answer, the same one from then on, `-errno`, or `-EINPROGRESS`. */
  result(): Uint8Array | Errno {
    const result = this.#stepper.advance(this.#link);
    const set = this.#readiness.set(this.#stepper.wait);
    return isErrno(set) ? set : result;
  }

  close(): void {
    this.#stepper.close();
    this.#readiness.close();
  }
}

/** What is made of the addresses that the system has found. */
type Settle = (found: Uint8Array[]) => Uint8Array[];

/** The addresses that the system's own resolver has for a name. */
export class AddressLookup implements Lookup {
  readonly #kernel: Kernel;
  readonly #settle: Settle;
  #settled: Uint8Array[] | Errno | null = null;

  private constructor(
    readonly name: string,
    kernel: Kernel,
    readonly hostFd: number,
    settle: Settle,
  ) {
    this.#kernel = kernel;
    this.#settle = settle;
  }

  /** Begins: the system is asked; or not, if the addresses are `known`. `-errno` if that cannot be. */
  static open(
    name: string,
    kernel: Kernel,
    family: number,
    known: Uint8Array[] | null,
    settle: Settle,
  ): AddressLookup | Errno {
    // The final dot keeps the system from trying its search list: only the name that was judged is looked up.
    const hostFd =
      known === null ? kernel.startGetaddrinfo(new TextEncoder().encode(`${name}.`), family) : kernel.timerfdCreate();
    if (isErrno(hostFd)) return hostFd;
    const lookup = new AddressLookup(name, kernel, hostFd, settle);
    if (known === null) return lookup;
    kernel.timerfdSettime(hostFd, 0);
    lookup.#settled = settle(known);
    return lookup;
  }

  /** What was found, the same from then on, `-errno`, or `-EINPROGRESS`. */
  result(): Uint8Array[] | Errno {
    if (this.#settled !== null) return this.#settled;
    const found = this.#kernel.finishGetaddrinfo(this.hostFd);
    if (found === -EINPROGRESS) return found;
    this.#settled = typeof found === "number" ? found : this.#settle(found);
    return this.#settled;
  }

  close(): void {
    this.#kernel.close(this.hostFd);
  }
}
