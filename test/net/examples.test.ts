import { once } from "node:events";
import { closeSync, existsSync, openSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { has, PROJECT, type Running, start, startShell, temporaryDirectory } from "../cli/sockyard.js";
import { command, startClient, startServer } from "./command.js";

const hasNetcat = has("nc");
const hasSocat = has("socat");
const hasPython = has("python3");

const HEAD = "UnixAddr.Network = unix\nUnixAddr.String = ./sample-socket\n";
const UNIX_ANSWER = "I have received your message!\n";
const TCP_ANSWER = "I got your message!\n";

/** A directory where the commands of the examples work as they are written. */
function workingDirectory(): string {
  const directory = temporaryDirectory();
  symlinkSync(join(PROJECT, "examples"), join(directory, "examples"));
  return directory;
}

async function startUnixServer(cwd: string): Promise<Running> {
  const server = startShell(command("unix-server"), { cwd });
  await server.waitFor("stderr", /^listening on \.\/sample-socket\n/);
  return server;
}

describe("unix-server.ts (P2)", () => {
  it.skipIf(!hasSocat)("prints what each client sends, and answers", async () => {
    const cwd = workingDirectory();
    const server = await startUnixServer(cwd);
    for (const text of ["first\n", "second\n"]) {
      const client = start("socat", ["-t5", "-", "UNIX-CONNECT:sample-socket"], { cwd, stdin: text });
      expect(await client.ended).toMatchObject({ code: 0, stdout: UNIX_ANSWER });
    }
    await server.waitFor("stdout", new RegExp(`^${HEAD}first\nsecond\n$`));
  });

  it("replaces the socket file of an earlier run, but no other file", async () => {
    const cwd = workingDirectory();
    const earlier = await startUnixServer(cwd);
    earlier.kill("SIGKILL");
    await earlier.ended;
    expect(existsSync(join(cwd, "sample-socket"))).toBe(true);
    await startUnixServer(cwd);
    writeFileSync(join(cwd, "precious"), "");
    const line = command("unix-server").replace("sample-socket", "precious");
    const { code, stderr } = await startShell(`${line} ./precious`, { cwd }).ended;
    expect({ code, last: stderr.split("\n").at(-2) }).toEqual({
      code: 77,
      last: "remove ./precious: permission denied",
    });
  });
});

describe("unix-server.ts (P2), whatever its clients do", () => {
  async function call(cwd: string, text = ""): Promise<Socket> {
    const client = connect(join(cwd, "sample-socket"));
    client.on("error", () => {});
    await once(client, "connect");
    if (text !== "") client.write(text);
    return client;
  }

  it("serves one after the other, and tells of one that did not wait for its answer", async () => {
    const cwd = workingDirectory();
    const server = await startUnixServer(cwd);
    const first = await call(cwd);
    const impatient = await call(cwd, "second\n");
    await new Promise<void>((closed) => impatient.end(closed));
    impatient.destroy();
    const third = await call(cwd, "third\n");
    first.write("first\n");
    for (const client of [first, third]) expect(String(await once(client, "data"))).toBe(UNIX_ANSWER);
    await server.waitFor("stdout", new RegExp(`^${HEAD}first\nsecond\nthird\n$`));
    await server.waitFor("stderr", /\nwrite unix \.\/sample-socket->@: write: broken pipe\n$/);
  });

  it("cuts a message at 32 bytes, and goes on", async () => {
    const cwd = workingDirectory();
    const server = await startUnixServer(cwd);
    await call(cwd, "0123456789abcdef0123456789ABCDEF and more");
    await call(cwd, "!\n");
    await server.waitFor("stdout", new RegExp(`^${HEAD}0123456789abcdef0123456789ABCDEF!\n$`));
  });

  it("tells of a client that says nothing, and goes on", async () => {
    const cwd = workingDirectory();
    const server = await startUnixServer(cwd);
    (await call(cwd)).destroy();
    await call(cwd, "hello\n");
    await server.waitFor("stdout", new RegExp(`^${HEAD}hello\n$`));
    await server.waitFor("stderr", /\nEOF\n$/);
  });

  it("says why it cannot listen, and exits with 1", async () => {
    const line = command("unix-server").replace("sample-socket", "**");
    const { code, stderr } = await startShell(`${line} ./none/socket`, { cwd: workingDirectory() }).ended;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "listen unix ./none/socket: bind: no such file or directory\n",
    });
  });
});

describe("unix-client.ts (P4)", () => {
  it("talks to unix-server.ts", async () => {
    const cwd = workingDirectory();
    const server = await startUnixServer(cwd);
    const client = startShell(command("unix-client"), { cwd, stdin: "how are you?\n" });
    expect(await client.ended).toEqual({ code: 0, signal: null, stdout: UNIX_ANSWER, stderr: "" });
    await server.waitFor("stdout", new RegExp(`^${HEAD}how are you\\?\n$`));
  });

  it("ends with the server, though its input goes on", async () => {
    const cwd = workingDirectory();
    await startUnixServer(cwd);
    const client = startShell(command("unix-client"), { cwd });
    client.stdin.write("more to come\n");
    expect(await client.ended).toMatchObject({ code: 0, stdout: UNIX_ANSWER, stderr: "" });
  });

  it("says that nobody listens, and exits with 1", async () => {
    const ended = await startShell(command("unix-client"), { cwd: workingDirectory(), stdin: "" }).ended;
    expect(ended).toMatchObject({
      code: 1,
      stderr: "dial unix ./sample-socket: connect: no such file or directory\n",
    });
  });
});

describe("tcp-server.ts (P10)", () => {
  it.skipIf(!hasNetcat)("prints who connects and what it says, and answers", async () => {
    const { server, port } = await startServer("tcp-server");
    const client = start("nc", ["-N", "127.0.0.1", port], { stdin: "hello from nc\n" });
    expect(await client.ended).toMatchObject({ code: 0, stdout: TCP_ANSWER });
    await server.waitFor("stdout", /^Get client: 127\.0\.0\.1:\d+\nhello from nc\n$/);
  });

  it.skipIf(!hasPython)("talks to Python", async () => {
    const { port } = await startServer("tcp-server");
    const script = `import socket; s = socket.create_connection(("127.0.0.1", ${port}), 10); s.sendall(b"hi"); print(s.recv(99))`;
    const { code, stdout } = await start("python3", ["-c", script], { stdin: "" }).ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: "b'I got your message!\\n'\n" });
  });

  it("cuts a message at 32 bytes, and goes on after a client that resets", async () => {
    const { server, port } = await startServer("tcp-server");
    const rude = connect({ port: Number(port), host: "127.0.0.1" });
    await server.waitFor("stdout", /^Get client/);
    rude.resetAndDestroy();
    await server.waitFor("stderr", /\nread tcp 127\.0\.0\.1:\d+->127\.0\.0\.1:\d+: read: connection reset by peer\n$/);
    const polite = connect({ port: Number(port), host: "127.0.0.1" });
    onTestFinished(() => void polite.destroy());
    polite.on("error", () => {}); // the server closes with bytes unread: a reset
    polite.write("0123456789abcdef0123456789ABCDEF and more");
    await server.waitFor("stdout", /\n0123456789abcdef0123456789ABCDEF$/);
  });

  it("listens on port 12345 of all interfaces by default", async () => {
    const { code, stderr } = await startShell(command("tcp-server").replace(/--allow\S+ /, "")).ended;
    expect(stderr).toContain("permission denied: bind 0.0.0.0:12345 (tcp)\n");
    expect(stderr).toContain(`hint: ${command("tcp-server")}\n`);
    expect(stderr).toMatch(/\nlisten tcp 0\.0\.0\.0:12345: bind: permission denied\n$/);
    expect(code).toBe(77);
  });

  it.each([
    ["65536 127.0.0.1", "address 65536: invalid port"],
    ["nosuch 127.0.0.1", "address tcp/nosuch: unknown port"],
  ])("refuses the arguments %s", async (args, message) => {
    const { code, stderr } = await startShell(`${command("tcp-server")} ${args}`).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: `${message}\n` });
  });
});

describe("tcp-client.ts (P12)", () => {
  it("talks to tcp-server.ts, and ends with it though its input goes on", async () => {
    const { server, port } = await startServer("tcp-server");
    const client = startClient(port);
    client.stdin.write("hello");
    expect(await client.ended).toEqual({ code: 0, signal: null, stdout: TCP_ANSWER, stderr: "" });
    await server.waitFor("stdout", /\nhello$/);
  });

  it("sends all of its input and prints all of the answer, both at the same time", async () => {
    const { port } = await startServer("echo-server");
    const text = "0123456789abcdef".repeat(1 << 18);
    const { code, stdout, stderr } = await startClient(port, { stdin: text }).ended;
    expect({ code, stderr, isSame: stdout === text }).toEqual({ code: 0, stderr: "", isSame: true });
  });

  it("prints what comes while it waits for its input", async () => {
    const server = createServer((peer) => {
      peer.write("Your name?\n");
      peer.pipe(peer);
    });
    onTestFinished(() => void server.close());
    await once(server.listen(0, "127.0.0.1"), "listening");
    const client = startClient(String((server.address() as AddressInfo).port));
    await client.waitFor("stdout", /^Your name\?\n$/);
    client.stdin.end("Ann\n");
    expect(await client.ended).toMatchObject({ code: 0, stdout: "Your name?\nAnn\n" });
  });

  it("takes the name of a host", async () => {
    const { port } = await startServer("echo-server");
    const line = `sockyard run --allow-net=localhost:${port} examples/net/tcp-client.ts localhost ${port}`;
    expect(await startShell(line, { stdin: "by name" }).ended).toMatchObject({
      code: 0,
      stdout: "by name",
      stderr: "",
    });
  });

  it("connects over IPv6", async () => {
    const server = createServer((peer) => peer.end("six\n"));
    onTestFinished(() => void server.close());
    await once(server.listen(0, "::1"), "listening");
    const { port } = server.address() as AddressInfo;
    const line = `sockyard run '--allow-net-connect=[::1]:${port}' examples/net/tcp-client.ts ::1 ${port}`;
    expect(await startShell(line, { stdin: "" }).ended).toMatchObject({ code: 0, stdout: "six\n", stderr: "" });
  });

  it("tells of a connection that was reset, and exits with 1", async () => {
    const server = createServer((peer) => peer.once("data", () => peer.resetAndDestroy()));
    onTestFinished(() => void server.close());
    await once(server.listen(0, "127.0.0.1"), "listening");
    const client = startClient(String((server.address() as AddressInfo).port));
    client.stdin.write("reset\n");
    const { code, stderr } = await client.ended;
    expect(stderr).toMatch(/^read tcp 127\.0\.0\.1:\d+->127\.0\.0\.1:\d+: read: connection reset by peer\n$/);
    expect(code).toBe(1);
  });

  it("tells of an input that cannot be read, and still prints the answer", async () => {
    const { port } = await startServer("echo-server");
    const stdin = openSync("/", "r");
    const client = startClient(port, { stdin });
    closeSync(stdin);
    const { code, stdout, stderr } = await client.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toMatch(/^readfrom tcp 127\.0\.0\.1:\d+->127\.0\.0\.1:\d+: read \/dev\/stdin: is a directory\n$/);
  });

  it("connects to port 12345 of this machine by default", async () => {
    const { code, stderr } = await startShell(command("tcp-client").replace(/--allow\S+ /, ""), { stdin: "" }).ended;
    expect(stderr).toContain(`hint: ${command("tcp-client")}\n`);
    expect(stderr).toMatch(/\ndial tcp 127\.0\.0\.1:12345: connect: permission denied\n$/);
    expect(code).toBe(77);
  });
});
