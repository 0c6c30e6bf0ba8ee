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
 * Core only names what it needs; the runtime supplies it. One query and one
 * answer at a time lie in its memory, to which the resolver's kernel is attached.
 */
export interface DnsCodec {
  readonly memory: WebAssembly.Memory;
  /** Where the query lies, and the answer: 65535 bytes each. */
  readonly query: number;
  readonly answer: number;
  /** 16 bytes for the transport's own use. */
  readonly scratch: number;
  /** Takes `message` as the query; null if it is no plain query of class IN. */
  readQuestion(message: Uint8Array): DnsQuestion | null;
  setQuestionId(id: number): void;
  /** Whether the answer is a sound response to the query. */
  accepts(queryLength: number, answerLength: number): boolean;
  /** Whether the answer says that it is cut. */
  isTruncated(): boolean;
  /** The response code of the answer: `NOERROR`, `NXDOMAIN`, …. */
  rcode(): number;
  /** The addresses at the end of the answer's chain of aliases. */
  addresses(answerLength: number): Uint8Array[];
  /** A copy of the answer, as one to the identifier `id`. */
  copyAnswer(answerLength: number, id: number): Uint8Array;
  /** Takes `message` as the answer. */
  putAnswer(message: Uint8Array): void;
  /** Makes the answer: these records, in response to the query. Its length. */
  compose(queryLength: number, rcode: number, records: readonly DnsRecord[]): number;
}
