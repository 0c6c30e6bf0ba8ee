// How a name is searched for: resolv.conf(5).

import { parseNumber, RESOLVER, readText, splitWords } from "./database";

const MAX_NDOTS: i32 = 15;

/** What resolv.conf says of searching. The name servers are the host's business. */
@final
export class Configuration {
  /** The domains that a name is tried in. */
  search: string[] = [];
  /** A name with as many dots is tried as it is first. */
  ndots: i32 = 1;

  /** Reads it from this machine; the defaults if the program may resolve nothing. */
  static load(): Configuration {
    return Configuration.parse(readText(RESOLVER));
  }

  /** Reads it from the text of such a file. Of `search` and `domain` the last line counts, as in glibc. */
  static parse(text: string): Configuration {
    const result = new Configuration();
    const lines = text.split("\n");
    for (let i = 0; i < lines.length; i++) {
      const words = splitWords(lines[i], lines[i].startsWith(";") || lines[i].startsWith("#") ? ";#" : "");
      if (words.length < 2) continue;
      if (words[0] == "search") result.search = words.slice(1);
      if (words[0] == "domain") result.search = [words[1]];
      if (words[0] == "options") result.setOptions(words);
    }
    return result;
  }

  private setOptions(words: string[]): void {
    for (let i = 1; i < words.length; i++) {
      if (!words[i].startsWith("ndots:")) continue;
      const value = parseNumber(words[i].substring(6), i32.MAX_VALUE);
      if (value >= 0) this.ndots = min(value, MAX_NDOTS);
    }
  }
}
