import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guest, has, PROJECT, sockyard, start, startSockyard, temporaryDirectory } from "./sockyard.js";

const INHERITED = guest("inherited.ts");
const ACTIVATE = join(PROJECT, "test/peers/activate.py");
const SOCKYARD = [process.execPath, join(PROJECT, "build/bin/sockyard.cjs")];
const EACCES = 13;

/** Says `word` to a server and answers what comes back. */
async function say(word: string, to: { readonly port: number; readonly host: string } | { readonly path: string }) {
  const client = connect(to);
  client.end(word);
  let answer = "";
  client.setEncoding("utf8").on("data", (text: string) => {
    answer += text;
  });
  await once(client, "close");
  return answer;
}

describe("--preopen-listen", () => {
  it("lets a program without any right accept, at the descriptors from 3 on", async () => {
    const path = join(temporaryDirectory(), "socket");
    for (const limit of [[], ["--time-limit=60s"]]) {
      const options = ["tcp:127.0.0.1:0", `unix:${path}${limit.length}`, "udp:127.0.0.1:0"];
      const words = options.flatMap((option) => ["--preopen-listen", option]);
      const running = startSockyard(["run", ...limit, ...words, INHERITED]);
      const pattern = /^unknown 127\.0\.0\.1:(\d+)\nunknown -\nunknown 127\.0\.0\.1:(\d+)\n/;
      const [, port = "", udpPort = ""] = await running.waitFor("stdout", pattern);
      expect(await say("one", { host: "127.0.0.1", port: Number(port) })).toBe("one");
      expect(await say("two", { path: `${path}${limit.length}` })).toBe("two");
      const datagrams = createSocket("udp4");
      datagrams.send("three", Number(udpPort), "127.0.0.1", () => datagrams.close());
      const { code, stdout, stderr } = await running.ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/\none\ntwo\nthree\n$/);
    }
  });

  it("gives a listener that leads nowhere else", async () => {
    const running = startSockyard(["run", "--preopen-listen=tcp:127.0.0.1:0", INHERITED, "stray"]);
    const [, port = ""] = await running.waitFor("stdout", /:(\d+)\n/);
    await say("word", { host: "127.0.0.1", port: Number(port) });
    const { stdout } = await running.ended;
    expect(stdout.split("\n").slice(2)).toEqual([
      `bind ${EACCES}`,
      `connect ${EACCES}`,
      `send ${EACCES}`,
      "listen 0",
      `listen anew ${EACCES}`,
      "",
    ]);
  });

  it("gives a listener that nobody holds once the program has closed it", async () => {
    for (const limit of [[], ["--time-limit=60s"]]) {
      const running = startSockyard(["run", ...limit, "--preopen-listen=tcp:127.0.0.1:0", INHERITED, "close"]);
      const [, port = ""] = await running.waitFor("stdout", /:(\d+)\nclose 0\n/);
      await expect(say("word", { host: "127.0.0.1", port: Number(port) })).rejects.toThrow("ECONNREFUSED");
      running.stdin.end();
      expect((await running.ended).code).toBe(0);
    }
  });

  it.each([
    ["127.0.0.1:80", "tcp:127.0.0.1:8080"],
    ["tcp:127.0.0.1", "tcp:127.0.0.1:8080"],
    ["tcp:127.0.0.1:1-2", "tcp:127.0.0.1:8080"],
    ["tcp:localhost:80", "tcp:127.0.0.1:8080"],
    ["tcp:10.0.0.0/8:80", "tcp:127.0.0.1:8080"],
    ["tcp:127.1:80", "tcp:127.0.0.1:80"],
    ["unix:/run/**", "tcp:127.0.0.1:8080"],
  ])("refuses %s", async (value, hint) => {
    const { code, stderr } = await sockyard(["run", "--preopen-listen", value, INHERITED]);
    expect(stderr).toContain(`error: bad value '${value}' in --preopen-listen\n`);
    expect(stderr).toContain(`hint: --preopen-listen ${hint}\n`);
    expect(code).toBe(2);
  });

  it("says why it cannot listen", async () => {
    const { code, stderr } = await sockyard(["run", "--preopen-listen=tcp:192.0.2.1:1", INHERITED]);
    expect({ code, stderr }).toEqual({
      code: 126,
      stderr: "error: cannot listen on tcp:192.0.2.1:1\n  EADDRNOTAVAIL\n",
    });
  });
});

describe.skipIf(!has("systemd-socket-activate"))("systemd-socket-activate", () => {
  it("starts a program at the first connection, with its listeners under their names", async () => {
    const directory = temporaryDirectory();
    const paths = ["http", "control"].map((name) => join(directory, name));
    const cache = `--setenv=XDG_CACHE_HOME=${process.env.XDG_CACHE_HOME}`;
    const options = [...paths.map((path) => `--listen=${path}`), "--fdname=http:control", cache];
    const running = start("systemd-socket-activate", [...options, ...SOCKYARD, "run", "--listen-fds", INHERITED]);
    await running.waitFor("stderr", /Listening on .* as 3\.\nListening on .* as 4\.\n/);
    for (const path of paths) expect(await say(path, { path })).toBe(path);
    const { code, stdout } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: `http -\ncontrol -\n${paths.join("\n")}\n` });
  });
});

describe.skipIf(!has("python3"))("sockets that others pass", () => {
  async function serveTwo(names: string, options: readonly string[]): Promise<string> {
    const running = start("python3", [ACTIVATE, names, ...SOCKYARD, "run", ...options, INHERITED]);
    const [, ...ports] = await running.waitFor("stdout", /^(\d+) (\d+)\n.*\n.*\n/);
    for (const port of ports) expect(await say(port, { host: "127.0.0.1", port: Number(port) })).toBe(port);
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return stdout
      .split("\n")
      .slice(1, 3)
      .map((line) => line.replace(/ .*/, ""))
      .join(" ");
  }

  it("are the program's with --listen-fds, under systemd's names", async () => {
    expect(await serveTwo("http:control", ["--listen-fds"])).toBe("http control");
  });

  it("are the program's with --listen-fd", async () => {
    expect(await serveTwo("http:control", ["--listen-fd=3", "--listen-fd", "4=second"])).toBe("unknown second");
  });

  it("are out of its reach without, whatever it inherits", async () => {
    const args = [ACTIVATE, "http:control", ...SOCKYARD, "run", "--allow-env", INHERITED];
    expect((await start("python3", args).ended).stdout).toMatch(/^\d+ \d+\n$/);
  });

  it("are missed if they are not there", async () => {
    const none = await start("python3", [ACTIVATE, "", ...SOCKYARD, "run", "--listen-fds", INHERITED]).ended;
    expect(none).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error: no sockets were passed/) });
    const foreign = { env: { LISTEN_FDS: "1", LISTEN_PID: "1" } };
    expect(await sockyard(["run", "--listen-fds", INHERITED], foreign)).toMatchObject({ code: 2 });
    expect(await sockyard(["run", "--listen-fd=900", INHERITED])).toMatchObject({ code: 126 });
    expect(await sockyard(["run", "--listen-fd=1", INHERITED])).toMatchObject({ code: 2 });
    expect(await sockyard(["run", "--listen-fd=5", "--listen-fd=5", INHERITED])).toMatchObject({ code: 2 });
  });
});
