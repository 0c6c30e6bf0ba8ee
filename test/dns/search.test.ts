import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { start, temporaryDirectory } from "../cli/sockyard.js";
import { a, loopback6, RCODE, type ResourceRecord, readQuery, TYPE, textOf } from "./message.js";
import { respond, startScripted } from "./scripted.js";

type Zone = Readonly<Record<string, readonly ResourceRecord[]>>;

const GRANTS = ["--allow-net-resolve=host,*.one.test,*.two.test", "--allow-net-connect=loopback"];

/** Has tcp-client.ts call `host`, where names are searched for in one.test and two.test; what it says, and what it asked. */
async function call(zone: Zone): Promise<{ stdout: string; stderr: string; asked: string[] }> {
  const server = await startScripted(({ bytes }) => {
    const { name, type } = readQuery(bytes).question;
    const found = zone[`${textOf(name)}/${type}`];
    const isKnown = Object.keys(zone).some((key) => key.startsWith(`${textOf(name)}/`));
    return [respond(bytes, [...(found ?? [])], isKnown ? {} : { flags: RCODE.NXDOMAIN })];
  });
  onTestFinished(() => server.stop());
  // What comes from ::1 is told from what comes by IPv4.
  const listener = createServer((peer) => peer.end(String(peer.localAddress)));
  onTestFinished(() => void listener.close());
  await once(listener.listen(0, "::"), "listening");
  const resolvConf = join(temporaryDirectory(), "resolv.conf");
  writeFileSync(resolvConf, "search one.test two.test\noptions timeout:2 attempts:1\n");
  const settings = {
    servers: [{ address: "127.0.0.1", port: server.port }],
    files: { resolvConf, hosts: "/dev/null" },
  };
  const { port } = listener.address() as AddressInfo;
  const words = [...GRANTS, "examples/berkeley/tcp-client.ts", "host", String(port)];
  const options = { stdin: "" };
  const ended = await start(process.execPath, ["test/dns/sockyard.js", JSON.stringify(settings), ...words], options)
    .ended;
  const asked = server.queries.map(({ bytes }) => {
    const { name, type } = readQuery(bytes).question;
    return `${textOf(name)}/${type === TYPE.A ? "A" : "AAAA"}`;
  });
  return { stdout: ended.stdout, stderr: ended.stderr, asked };
}

describe("getaddrinfo(3) with a search list, at a name server", () => {
  it("has the addresses of the first name that has any, of whichever family, and asks for no other", async () => {
    const zone = {
      [`host.one.test/${TYPE.AAAA}`]: [loopback6("host.one.test")],
      [`host.two.test/${TYPE.A}`]: [a("host.two.test", "127.0.0.2")],
    };
    expect(await call(zone)).toEqual({ stdout: "::1", stderr: "", asked: ["host.one.test/A", "host.one.test/AAAA"] });
  });

  it("asks for the other family of the name that it found, and of one that does not exist for neither", async () => {
    const zone = { [`host.two.test/${TYPE.A}`]: [a("host.two.test", "127.0.0.2")] };
    expect(await call(zone)).toEqual({
      stdout: "::ffff:127.0.0.2",
      stderr: "",
      asked: ["host.one.test/A", "host.two.test/A", "host.two.test/AAAA"],
    });
  });

  it("goes on to the name itself, and says that there is none", async () => {
    const { stderr, asked } = await call({});
    expect(stderr).toMatch(/^host:\d+: Name or service not known\n$/);
    expect(asked).toEqual(["host.one.test/A", "host.two.test/A", "host/A"]);
  });
});
