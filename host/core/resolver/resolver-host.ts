import type { Kernel } from "../kernel.js";
import type { AddressText } from "../permissions/address-text.js";
import type { DnsCodec } from "./dns-codec.js";

/** The public databases of a machine that name look-ups use. */
export type ResolverFile = "hosts" | "resolvConf" | "services" | "protocols";

/** A name server by its address, as text, and its port. */
export interface NameServer {
  readonly address: string;
  readonly port: number;
}

/**
 * What the resolver asks of its surroundings, each at its first use: most
 * guests look up nothing.
 */
export interface ResolverHost {
  readonly codec: DnsCodec;
  /** A kernel of the resolver's own, attached to the codec's memory and cancelled with the guest. */
  readonly kernel: Kernel;
  readonly addresses: AddressText;
  /** The file's text, empty if it cannot be read: the same string as before unless the file has changed. */
  readFile(file: ResolverFile): string;
  /** `if_nametoindex(name)`, or 0. */
  interfaceIndex(name: string): number;
  /** What to ask in place of the servers that resolv.conf names, which have no ports; or null. */
  readonly servers: readonly NameServer[] | null;
}
