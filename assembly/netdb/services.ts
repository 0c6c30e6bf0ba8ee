// <netdb.h>: services, their ports and protocols. services(5)

import { LinesWith, parseNumber, readText, SERVICES, splitWords } from "./database";
import { StringBlock, stringAt, stringsAt } from "./strings";

// struct servent
//    0  char*   s_name
//    4  char**  s_aliases  the last one is a null pointer
//    8  i32     s_port     network order
//   12  char*   s_proto
/**
 * A service.
 *
 * In memory it is C's struct; here its strings are the library's. Valid until
 * the next call of getservbyname() or getservbyport(), as in C.
 */
@final
export class Servent {
  private name: usize;
  private aliases: usize;
  /** The port in network order: `ntohs(<u16>s_port)` is the number. */
  s_port: i32;
  private proto: usize;
  private block: StringBlock = new StringBlock(0);

  /** The service's name. */
  get s_name(): string {
    return stringAt(this.name);
  }

  /** Other names of it. */
  get s_aliases(): string[] {
    return stringsAt(this.aliases);
  }

  /** The protocol that it is spoken over: `tcp` or `udp`. */
  get s_proto(): string {
    return stringAt(this.proto);
  }

  /** Makes this the service of a line's words: name, `port/protocol`, aliases. */
  private set(words: string[], port: i32, proto: string): void {
    const aliases = words.slice(2);
    const size = StringBlock.sizeOf(words[0]) + StringBlock.sizeOf(proto) + StringBlock.sizeOfAll(aliases);
    const block = new StringBlock(size);
    this.block = block;
    this.aliases = block.take(sizeof<usize>() * (aliases.length + 1));
    block.putAll(aliases, this.aliases);
    this.name = block.put(words[0]);
    this.proto = block.put(proto);
    this.s_port = <i32>bswap<u16>(<u16>port);
  }

  /** Takes the first service of this name (or alias) or port, and of this protocol if there is one. */
  find(name: string | null, port: i32, protocol: string | null): bool {
    const lines = new LinesWith(readText(SERVICES), name !== null ? name : `${port}/`);
    let line = lines.next();
    while (line !== null) {
      if (this.read(line, name, port, protocol)) return true;
      line = lines.next();
    }
    return false;
  }

  private read(line: string, name: string | null, port: i32, protocol: string | null): bool {
    const words = splitWords(line, "#");
    const slash = words.length > 1 ? words[1].indexOf("/") : -1;
    if (slash < 0) return false;
    const number = parseNumber(words[1].substring(0, slash), 0xffff);
    const proto = words[1].substring(slash + 1);
    if (number < 0 || proto.length == 0 || (protocol !== null && proto != protocol)) return false;
    if (name !== null ? words[0] != name && !words.includes(name, 2) : number != port) return false;
    this.set(words, number, proto);
    return true;
  }
}

// @ts-ignore: decorator
@lazy const found: Servent = new Servent();

/**
 * `struct servent *getservbyname(const char *name, const char *proto)`: the
 * service of this name or alias.
 *
 * Null if there is none; `proto` null takes any protocol's. From the host's
 * /etc/services, which needs no right. getservbyname(3)
 */
export function getservbyname(name: string, proto: string | null = null): Servent | null {
  return found.find(name, 0, proto) ? found : null;
}

/**
 * `struct servent *getservbyport(int port, const char *proto)`: the service on
 * this port, in network order.
 *
 * Null if there is none; `proto` null takes any protocol's. getservbyport(3)
 */
export function getservbyport(port: i32, proto: string | null = null): Servent | null {
  return found.find(null, <i32>bswap<u16>(<u16>port), proto) ? found : null;
}
