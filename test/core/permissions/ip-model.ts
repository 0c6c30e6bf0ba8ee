import { addressText } from "../../fakes/guest.js";

/** An address as a number, and how many bits it has: the models think in ranges of numbers. */
export interface ModelAddress {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

export function modelOf(bytes: Uint8Array): ModelAddress {
  return { bits: bytes.length === 4 ? 32 : 128, value: BigInt(`0x${Buffer.from(bytes).toString("hex")}`) };
}

export function bytesOfModel({ bits, value }: ModelAddress): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(bits / 4, "0"), "hex"));
}

export function bytesOfText(text: string): Uint8Array {
  return (addressText.parse4(text) ?? addressText.parse6(text)) as Uint8Array;
}

/** Inclusive. */
export interface ModelRange {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

export function rangeOf(base: ModelAddress, prefix: number): ModelRange {
  const size = 1n << BigInt(base.bits - prefix);
  const first = (base.value / size) * size;
  return { bits: base.bits, first, last: first + size - 1n };
}

export function isInRange({ bits, first, last }: ModelRange, address: ModelAddress): boolean {
  return bits === address.bits && first <= address.value && address.value <= last;
}

/** `10.0.0.0/8` */
export function rangeOfText(text: string): ModelRange {
  const [address = "", prefix = ""] = text.split("/");
  return rangeOf(modelOf(bytesOfText(address)), Number(prefix));
}

const MAPPED = rangeOfText("::ffff:0:0/96");

/** IPv4-mapped addresses are the IPv4 addresses in their low 32 bits. */
export function canonicalModel(address: ModelAddress): ModelAddress {
  return isInRange(MAPPED, address) ? { bits: 32, value: address.value - MAPPED.first } : address;
}

export const MODEL_CLASSES: Readonly<Record<string, readonly ModelRange[]>> = {
  loopback: ["127.0.0.0/8", "::1/128"].map(rangeOfText),
  private: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"].map(rangeOfText),
  "link-local": ["169.254.0.0/16", "fe80::/10"].map(rangeOfText),
  multicast: ["224.0.0.0/4", "255.255.255.255/32", "ff00::/8"].map(rangeOfText),
};
