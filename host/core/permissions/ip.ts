/** Four octets for IPv4, sixteen for IPv6, in network order. */
export type IpBytes = Uint8Array;

/** The first `prefix` bits of an address; the rest of `base` is zero. */
export interface IpNetwork {
  readonly base: IpBytes;
  readonly prefix: number;
}

export type IpClass = "loopback" | "private" | "link-local" | "multicast" | "public";

export const IP_CLASSES: readonly IpClass[] = ["loopback", "private", "link-local", "multicast", "public"];

/** Whether `address` lies in `network`; never across families. */
export function networkContains({ base, prefix }: IpNetwork, address: IpBytes): boolean {
  if (base.length !== address.length) return false;
  const whole = prefix >> 3;
  for (let i = 0; i < whole; i++) if (base[i] !== address[i]) return false;
  const rest = prefix & 7;
  if (rest === 0) return true;
  return (((base[whole] as number) ^ (address[whole] as number)) & (0xff << (8 - rest)) & 0xff) === 0;
}

/** Whether the two networks have an address in common. */
export function networksOverlap(one: IpNetwork, other: IpNetwork): boolean {
  return one.prefix <= other.prefix ? networkContains(one, other.base) : networkContains(other, one.base);
}

/** Whether every bit of `base` beyond `prefix` is zero. */
export function hasHostBits({ base, prefix }: IpNetwork): boolean {
  return base.some((octet, i) => (octet & (0xff >> Math.min(8, Math.max(0, prefix - i * 8)))) !== 0);
}

export function maskHostBits({ base, prefix }: IpNetwork): IpNetwork {
  return { base: base.map((octet, i) => octet & ~(0xff >> Math.min(8, Math.max(0, prefix - i * 8)))), prefix };
}

/** All-zero: "any interface" to `bind(2)`, this host to `connect(2)`. */
export function isUnspecified(address: IpBytes): boolean {
  return address.every((octet) => octet === 0);
}

/** Whether IPv6 `address` is `::ffff:a.b.c.d`. */
export function isV4Mapped(address: IpBytes): boolean {
  return networkContains(V4_MAPPED, address);
}

/** One form per address: an IPv4-mapped IPv6 address is the IPv4 address. */
export function canonicalAddress(address: IpBytes): IpBytes {
  return isV4Mapped(address) ? address.slice(12) : address;
}

/** As `canonicalAddress`, for a network: one inside `::ffff:0:0/96` is a network of IPv4. */
export function canonicalNetwork({ base, prefix }: IpNetwork): IpNetwork {
  return isV4Mapped(base) && prefix >= 96 ? { base: base.slice(12), prefix: prefix - 96 } : { base, prefix };
}

/** The canonical form of a destination: the unspecified address means this host, hence loopback. */
export function canonicalDestination(address: IpBytes): IpBytes {
  const canonical = canonicalAddress(address);
  if (!isUnspecified(canonical)) return canonical;
  return canonical.length === 4 ? LOOPBACK_4 : LOOPBACK_6;
}

/**
 * The IPv4 address that an IPv6 one carries inside: `::/96`, NAT64 `64:ff9b::/96`, 6to4 `2002::/16`.
 *
 * `::` and `::1` are addresses of their own (RFC 4291 2.5.5.1).
 */
export function embeddedV4(address: IpBytes): IpBytes | null {
  if (networkContains(UNSPECIFIED_OR_LOOPBACK, address)) return null;
  if (networkContains(V4_COMPATIBLE, address) || networkContains(NAT64, address)) return address.slice(12);
  return networkContains(SIX_TO_FOUR, address) ? address.slice(2, 6) : null;
}

/** Whether `address` is in `ipClass`; "public" is what no registry sets apart. */
export function isInClass(ipClass: IpClass, address: IpBytes): boolean {
  if (ipClass === "public") return !specialNetworks().some((special) => networkContains(special, address));
  return classNetworks()[ipClass].some((member) => networkContains(member, address));
}

function v4(text: string, prefix: number): IpNetwork {
  return { base: Uint8Array.from(text.split("."), Number), prefix };
}

/** From the leading 16-bit groups; the rest is zero. */
function v6(groups: readonly number[], prefix: number): IpNetwork {
  const base = new Uint8Array(16);
  groups.forEach((group, i) => {
    base.set([group >> 8, group & 0xff], i * 2);
  });
  return { base, prefix };
}

export const LOOPBACK_4: IpBytes = Uint8Array.of(127, 0, 0, 1);
export const LOOPBACK_6: IpBytes = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
/** `::ffff:127.0.0.1` */
export const MAPPED_LOOPBACK: IpBytes = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...LOOPBACK_4);
export const ANY_4: IpNetwork = v4("0.0.0.0", 0);
export const ANY_6: IpNetwork = v6([], 0);

const V4_MAPPED = v6([0, 0, 0, 0, 0, 0xffff], 96);
const V4_COMPATIBLE = v6([], 96);
const UNSPECIFIED_OR_LOOPBACK = v6([], 127);
const NAT64 = v6([0x64, 0xff9b], 96);
const SIX_TO_FOUR = v6([0x2002], 16);

type Classes = Readonly<Record<Exclude<IpClass, "public">, readonly IpNetwork[]>>;

// Both are made when they are first asked for: few starts of a program ask.
let classes: Classes | undefined;
let special: readonly IpNetwork[] | undefined;

/** Loopback and link-local of each family, RFC 1918 and RFC 4193, multicast, and the limited broadcast with it. */
function classNetworks(): Classes {
  classes ??= {
    loopback: [v4("127.0.0.0", 8), { base: LOOPBACK_6, prefix: 128 }],
    private: [v4("10.0.0.0", 8), v4("172.16.0.0", 12), v4("192.168.0.0", 16), v6([0xfc00], 7)],
    "link-local": [v4("169.254.0.0", 16), v6([0xfe80], 10)],
    multicast: [v4("224.0.0.0", 4), v6([0xff00], 8), v4("255.255.255.255", 32)],
  };
  return classes;
}

/** What the IANA special-purpose registries set apart (RFC 6890 and its updates), beside the classes above. */
function specialNetworks(): readonly IpNetwork[] {
  special ??= [
    ...Object.values(classNetworks()).flat(),
    v4("0.0.0.0", 8),
    v4("100.64.0.0", 10),
    v4("192.0.0.0", 24),
    v4("192.0.2.0", 24),
    v4("192.88.99.0", 24),
    v4("198.18.0.0", 15),
    v4("198.51.100.0", 24),
    v4("203.0.113.0", 24),
    v4("240.0.0.0", 4),
    V4_COMPATIBLE,
    V4_MAPPED,
    NAT64,
    v6([0x64, 0xff9b, 1], 48),
    v6([0x100], 64),
    v6([0x2001], 23),
    v6([0x2001, 0xdb8], 32),
    SIX_TO_FOUR,
    v6([0x3fff], 20),
    v6([0x5f00], 16),
    v6([0xfec0], 10),
  ];
  return special;
}
