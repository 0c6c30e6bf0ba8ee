import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { has } from "../cli/sockyard.js";
import { type Asked, queryFor, startAsker } from "./asker.js";
import { KNOT, type NameServer, startKnot } from "./knot.js";
import { decode, RCODE, TYPE, textOf } from "./message.js";

const many = Array.from({ length: 100 }, (_, i) => `many A 192.0.2.${i + 1}`).join("\n");
const ZONE = `$TTL 60
@ SOA ns a 1 2 3 4 5
@ NS ns
ns A 192.0.2.53
www CNAME alias
alias CNAME host
host A 192.0.2.1
host AAAA 2001:db8::1
@ MX 10 ns
${many}
`;

describe.skipIf(!has(KNOT))("look-ups at Knot", () => {
  let knot: NameServer;
  let failing: NameServer;

  beforeAll(async () => {
    knot = await startKnot({ "example.test": ZONE });
    failing = await startKnot({ "example.test": "" });
    return async () => {
      await Promise.all([knot.stop(), failing.stop()]);
    };
  });

  async function ask(name: string, type: number = TYPE.A, servers = [knot]): Promise<Asked> {
    const asker = await startAsker({ servers });
    onTestFinished(() => asker.stop());
    return await asker.ask(queryFor(name, type));
  }

  const told = ({ answer }: Asked): string[] =>
    decode(answer).answers.map(({ owner, type }) => `${textOf(owner)} ${type}`);

  it("follow aliases to addresses", async () => {
    expect(told(await ask("www.example.test"))).toEqual([
      `www.example.test ${TYPE.CNAME}`,
      `alias.example.test ${TYPE.CNAME}`,
      `host.example.test ${TYPE.A}`,
    ]);
    expect(told(await ask("host.example.test", TYPE.AAAA))).toEqual([`host.example.test ${TYPE.AAAA}`]);
    expect(told(await ask("example.test", TYPE.MX))).toEqual([`example.test ${TYPE.MX}`]);
  });

  it("have over TCP what is too much for UDP", async () => {
    const asked = await ask("many.example.test");
    expect(told(asked)).toHaveLength(100);
    expect(asked.answer.length).toBeGreaterThan(512);
  });

  it("tell what is not there, and pass over a server that fails or knows nothing", async () => {
    expect(decode((await ask("none.example.test")).answer).flags & 15).toBe(RCODE.NXDOMAIN);
    expect(decode((await ask("host.example.test", TYPE.MX)).answer).flags & 15).toBe(RCODE.NOERROR);
    expect(decode((await ask("host.example.test", TYPE.A, [failing])).answer).flags & 15).toBe(RCODE.SERVFAIL);
    expect(decode((await ask("host.elsewhere.test")).answer).flags & 15).toBe(RCODE.REFUSED);
    expect(told(await ask("host.example.test", TYPE.A, [failing, knot]))).toHaveLength(1);
  });
});
