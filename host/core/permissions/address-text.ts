/**
 * The one parser and printer of address text: the guest library's own code.
 *
 * Core only names what it needs; the runtime supplies it, so that a rule and a
 * guest can never read the same text differently.
 */
export interface AddressText {
  /** `inet_pton(AF_INET, text)`: four octets, or null. */
  parse4(text: string): Uint8Array | null;
  /** `inet_pton(AF_INET6, text)`: sixteen octets, or null. */
  parse6(text: string): Uint8Array | null;
  /** `inet_aton(text)`: the short, octal and hexadecimal forms too. Only for hints. */
  aton(text: string): Uint8Array | null;
  /** `inet_ntop` of four or sixteen octets (RFC 5952). */
  format(address: Uint8Array): string;
  /**
   * The A-labels of a host name (IDNA, UTS 46), or null: the host's own, for want of tables in the guest library.
   *
   * It is URL code, to which `/?#@:` and `%` mean something: only for text without them.
   */
  toAscii(name: string): string | null;
}
