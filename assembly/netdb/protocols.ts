// <netdb.h>: protocols and their numbers. protocols(5)

import { LinesWith, PROTOCOLS, parseNumber, readText, splitWords } from "./database";
import { StringBlock, stringAt, stringsAt } from "./strings";

// struct protoent
//   0  char*   p_name
//   4  char**  p_aliases  the last one is a null pointer
//   8  i32     p_proto    host order
/** A protocol. Valid until the next call of getprotobyname() or getprotobynumber(), as in C. */
@final
export class Protoent {
  private name: usize;
  private aliases: usize;
  /** Its number, as socket() takes it. */
  p_proto: i32;
  private block: StringBlock = new StringBlock(0);

  /** The protocol's name. */
  get p_name(): string {
    return stringAt(this.name);
  }

  /** Other names of it. */
  get p_aliases(): string[] {
    return stringsAt(this.aliases);
  }

  /** Takes the first protocol of this name (or alias) or number. */
  find(name: string | null, number: i32): bool {
    const lines = new LinesWith(readText(PROTOCOLS), name !== null ? name : `${number}`);
    let line = lines.next();
    while (line !== null) {
      if (this.read(line, name, number)) return true;
      line = lines.next();
    }
    return false;
  }

  private read(line: string, name: string | null, number: i32): bool {
    const words = splitWords(line, "#");
    const value = words.length > 1 ? parseNumber(words[1], i32.MAX_VALUE) : -1;
    if (value < 0) return false;
    if (name !== null ? words[0] != name && !words.includes(name, 2) : value != number) return false;
    const aliases = words.slice(2);
    const block = new StringBlock(StringBlock.sizeOf(words[0]) + StringBlock.sizeOfAll(aliases));
    this.block = block;
    this.aliases = block.take(sizeof<usize>() * (aliases.length + 1));
    block.putAll(aliases, this.aliases);
    this.name = block.put(words[0]);
    this.p_proto = value;
    return true;
  }
}

// @ts-ignore: decorator
@lazy const found: Protoent = new Protoent();

/**
 * `struct protoent *getprotobyname(const char *name)`: the protocol of this name
 * or alias; null if there is none.
 *
 * From the host's /etc/protocols, which needs no right. getprotobyname(3)
 */
export function getprotobyname(name: string): Protoent | null {
  return found.find(name, 0) ? found : null;
}

/** `struct protoent *getprotobynumber(int proto)`: the protocol of this number; null if there is none. getprotobynumber(3) */
export function getprotobynumber(proto: i32): Protoent | null {
  return found.find(null, proto) ? found : null;
}
