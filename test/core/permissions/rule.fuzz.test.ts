import { describe, expect, it } from "vitest";
import { parseRule } from "../../../host/core/permissions/rule.js";
import { decodeSockaddr, encodeSockaddr, MALFORMED } from "../../../host/core/sockaddr.js";
import { addressText } from "../../fakes/guest.js";
import { random } from "../../fakes/random.js";

const PIECES =
  "tcp: udp: unix: @ / /** ** * . .. : [ ] % - 0 1 80 127.0.0.1 127.1 0x7f.1 010 ::1 fe80::1 ffff /8 /129 65536 a.com *. localhost LOOPBACK private ü ① \0 \u202e ~/ http://"
    .split(" ")
    .concat(" ", ",", "\ud800");

/** The path as it is: the file system has no say here. */
const same = (path: string): string => path;

describe("a million inputs", () => {
  it("are rules, or errors whose suggestion is a rule", { timeout: 120_000 }, () => {
    const next = random(1);
    const unusable = new Set<string>();
    let rules = 0;
    for (let i = 0; i < 500_000; i++) {
      const text = Array.from({ length: 1 + next(5) }, () => PIECES[next(PIECES.length)]).join("");
      const parsed = parseRule(text, addressText, same);
      if ("value" in parsed) {
        rules++;
        continue;
      }
      // What the shell makes of it.
      const suggestion = parsed.error.suggestion?.replace("$HOME", "/home/user");
      if (suggestion && "error" in parseRule(suggestion, addressText, same)) unusable.add(`${text} -> ${suggestion}`);
    }
    expect([...unusable].slice(0, 20)).toEqual([]);
    expect(rules).toBeGreaterThan(1000);
  });

  it("are socket addresses that encode as they were read, or malformed", { timeout: 120_000 }, () => {
    const next = random(2);
    const bytes = new Uint8Array(128);
    const encoded = new Uint8Array(128);
    let read = 0;
    for (let i = 0; i < 500_000; i++) {
      bytes[0] = [0, 1, 2, 10, 17][next(5)] as number;
      bytes[1] = next(50) === 0 ? 1 : 0;
      for (let at = 2; at < 28; at++) bytes[at] = next(4) === 0 ? next(256) : 0;
      const address = decodeSockaddr(bytes, next(129));
      if (address === MALFORMED) continue;
      read++;
      const length = encodeSockaddr(address, encoded);
      const again = decodeSockaddr(encoded, length);
      if (JSON.stringify(again) !== JSON.stringify(address)) expect(again).toEqual(address);
    }
    expect(read).toBeGreaterThan(1000);
  });
});
