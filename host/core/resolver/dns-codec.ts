/** What a plain query asks. */
export interface DnsQuestion {
  /** In lower case, without a final dot; what is no letter, digit, hyphen or underscore as `\DDD`. Empty: the root. */
  readonly name: string;
  /** `T_A`, `T_PTR`, …. */
  readonly type: number;
  readonly id: number;
}

/** A record of an answer of our own: an address, or for `T_CNAME` and `T_PTR` a name. */
export type DnsRecord =
  | { readonly owner: string; readonly address: Uint8Array }
  | { readonly owner: string; readonly type: number; readonly target: string };

/**
 * The one codec of DNS messages: the guest library's own code.
 *
 * Core only names what it needs; the runtime supplies it. Messages go in and
 * come out as bytes, and nothing stays in its memory from one call to the next:
 * many look-ups may be under way. The resolver's kernel is attached to it.
 */
export interface DnsCodec {
  readonly memory: WebAssembly.Memory;
  /** Where a message of 65535 bytes fits that comes from the kernel or goes there; the next call overwrites it. */
  readonly buffer: number;
  /** 16 bytes for the transport's own use. */
  readonly scratch: number;
  /** What a message of up to 65535 bytes asks; null if it is no plain query of class IN. */
  readQuestion(message: Uint8Array): DnsQuestion | null;
  /** Whether `answer` is a sound response to `query`. */
  accepts(query: Uint8Array, answer: Uint8Array): boolean;
  /** Whether an answer says that it is cut. */
  isTruncated(answer: Uint8Array): boolean;
  /** The response code of an answer: `NOERROR`, `NXDOMAIN`, …. */
  rcode(answer: Uint8Array): number;
  /** The addresses at the end of the answer's chain of aliases. */
  addresses(answer: Uint8Array): Uint8Array[];
  /** A copy of the message under the identifier `id`. */
  withId(message: Uint8Array, id: number): Uint8Array;
  /** An answer: these records, in response to the query. */
  compose(query: Uint8Array, rcode: number, records: readonly DnsRecord[]): Uint8Array;
}
