import type { AddressText } from "./address-text.js";

/** RFC 1035 2.3.4, in presentation form without the final dot. */
const NAME_MAX = 253;

/** Letters, digits and hyphens, and the underscore that names of services have (RFC 2782); 63 of them at most. */
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/** What `inet_aton` or a URL would take for the end of an address, whatever stands before it. */
const NUMBER = /^(?:\d+|0x[0-9a-f]*)$/;

/** What may go to IDNA: anything beyond ASCII, and the ASCII that names have. The rest would mean something to a URL. */
const IDNA_INPUT = /^(?:[a-zA-Z0-9._-]|\P{ASCII})+$/u;

/**
 * The one form of a host name that is judged and sent: A-labels (IDNA, UTS 46), lower case, no final dot.
 *
 * Null for what is no host name: an address in any notation, an empty or overlong label, any other character.
 */
export function canonicalName(text: string, { toAscii }: Pick<AddressText, "toAscii">): string | null {
  const ascii = isAscii(text) ? text : IDNA_INPUT.test(text) ? toAscii(text) : null;
  const name = ascii?.toLowerCase().replace(/\.$/, "") ?? "";
  const labels = name.split(".");
  const isName = name.length <= NAME_MAX && labels.every((label) => LABEL.test(label));
  return isName && !NUMBER.test(labels.at(-1) as string) ? name : null;
}

/** Whether `name` is the name `wanted`, or with `below` one of at least one label more. Both are canonical. */
export function isNameWithin(name: string, wanted: string, below: boolean): boolean {
  return below ? name.length > wanted.length + 1 && name.endsWith(`.${wanted}`) : name === wanted;
}

function isAscii(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}
