import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { answerOut, putAddress, putQuery, putTexts, textOut, wasm } from "../assembly/dns-codec.js";
import { has } from "../cli/sockyard.js";
import { KNOT, startKnot } from "./knot.js";
import { TYPE } from "./message.js";
import { startScripted } from "./scripted.js";

const run = promisify(execFile);
const hasDig = has("dig");
const hasKnot = has("dig", KNOT);

async function dig(port: number, ...args: string[]): Promise<string> {
  const options = ["@127.0.0.1", "-p", String(port), "+tries=1", "+time=5", "+noall", "+answer", "+comments"];
  return (await run("dig", [...options, ...args])).stdout;
}

describe("dns.wasm and dig", () => {
  it.skipIf(!hasDig)("understand each other", async () => {
    const questions: unknown[] = [];
    const server = await startScripted(({ bytes }) => {
      const query = putQuery(bytes);
      const length = wasm.readQuestion(query);
      const name = textOut(length);
      questions.push([name, wasm.questionType()]);
      const [owner, target] = putTexts(name, "host.example") as [number, number];
      let end = wasm.addName(wasm.beginAnswer(query, 0), TYPE.CNAME, owner, target, 60);
      putTexts("host.example");
      end = wasm.addAddress(end, target, 3600, putAddress(Uint8Array.of(192, 0, 2, 1)));
      end = wasm.addAddress(end, target, 3600, putAddress(Uint8Array.of(192, 0, 2, 2)));
      return [answerOut(end)];
    });
    onTestFinished(() => server.stop());
    const output = await dig(server.port, "A", "Strange\\032name.example.TEST");
    expect(questions).toEqual([["strange\\032name.example.test", 1]]);
    expect(output).toContain("status: NOERROR");
    expect(output.match(/^[^;\n].*$/gm)?.map((line) => line.replace(/\s+/g, " "))).toEqual([
      "Strange\\032name.example.TEST. 60 IN CNAME host.example.",
      "host.example. 3600 IN A 192.0.2.1",
      "host.example. 3600 IN A 192.0.2.2",
    ]);
  });
});

describe("Knot, as the tests start it", () => {
  it.skipIf(!hasKnot)("has the zones of the test", async () => {
    const zone = "$TTL 60\n@ SOA ns a 1 2 3 4 5\n@ NS ns\nns A 192.0.2.53\nwww CNAME ns\n";
    const server = await startKnot({ "example.test": zone, "broken.test": "" });
    onTestFinished(() => server.stop());
    expect(await dig(server.port, "www.example.test")).toMatch(
      /CNAME\s+ns\.example\.test\.\nns\S+\s+60\s+IN\s+A\s+192/,
    );
    expect(await dig(server.port, "none.example.test")).toContain("status: NXDOMAIN");
    expect(await dig(server.port, "www.broken.test")).toContain("status: SERVFAIL");
    expect(await dig(server.port, "www.elsewhere.test")).toContain("status: REFUSED");
    expect(await dig(server.port, "+tcp", "ns.example.test")).toContain("192.0.2.53");
  });
});
