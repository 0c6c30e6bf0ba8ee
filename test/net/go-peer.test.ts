import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { has, PROJECT, start } from "../cli/sockyard.js";
import { startClient, startServer } from "./command.js";

const hasGo = has("go");

let directory: string;
let peer: string;

beforeAll(() => {
  directory = mkdtempSync(join(realpathSync(tmpdir()), "sockyard-go-"));
  peer = join(directory, "peer");
  if (!hasGo) return;
  const { status, stderr } = spawnSync("go", ["build", "-o", peer, join(PROJECT, "test/go/peer.go")]);
  if (status !== 0) throw new Error(String(stderr));
}, 240_000);

afterAll(() => rmSync(directory, { recursive: true }));

describe.skipIf(!hasGo)("the examples of net and Go's own package", () => {
  it.each([
    ["tcp-server", "I got your message!\n"],
    ["echo-server", "hello from Go"],
  ])("%s.ts serves a client in Go", async (name, answer) => {
    const { port } = await startServer(name);
    const client = start(peer, ["send", "tcp", `127.0.0.1:${port}`], { stdin: "hello from Go" });
    expect(await client.ended).toMatchObject({ code: 0, stdout: answer, stderr: "" });
  });

  it("tcp-client.ts talks to a server in Go", async () => {
    const server = start(peer, ["greet", "tcp", "127.0.0.1:0"]);
    const [, port = ""] = await server.waitFor("stdout", /^127\.0\.0\.1:(\d+)\n/);
    const client = startClient(port, { stdin: "hello from the sandbox\n" });
    expect(await client.ended).toMatchObject({ code: 0, stdout: "hello from Go\n", stderr: "" });
    expect(await server.ended).toMatchObject({ code: 0, stdout: `127.0.0.1:${port}\nhello from the sandbox\n` });
  });
});
