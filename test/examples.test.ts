import { once } from "node:events";
import { closeSync, openSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  has,
  PROJECT,
  type Running,
  type StartOptions,
  start,
  startShell,
  temporaryDirectory,
} from "./cli/sockyard.js";

const hasNetcat = has("nc");
const hasSocat = has("socat");

/** The command in the first line of an example, as a user copies it. */
function command(name: string): string {
  const [first = ""] = readFileSync(join(PROJECT, `examples/berkeley/${name}.ts`), "utf8").split("\n");
  return first.replace(/^\/\/ /, "");
}

/** The TCP server as its first line says, on a port of the kernel's choice and on loopback only. */
async function startTcpServer(): Promise<{ server: Running; port: string }> {
  const line = command("tcp-server").replace("=0.0.0.0:12345", "=127.0.0.1:0");
  const server = startShell(`${line} 0 127.0.0.1`);
  const [, port = ""] = await server.waitFor("stderr", /^listening on 127\.0\.0\.1:(\d+)\n/);
  return { server, port };
}

function startTcpClient(port: string, options: StartOptions): Running {
  const line = command("tcp-client").replace(":12345", `:${port}`);
  return startShell(`${line} 127.0.0.1 ${port}`, options);
}

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

async function startNodeServer(server: Server): Promise<string> {
  onTestFinished(() => void server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return String((server.address() as AddressInfo).port);
}

describe("tcp-server.ts (P9)", () => {
  it.skipIf(!hasNetcat)("prints who connects and what it says, and answers", async () => {
    const { server, port } = await startTcpServer();
    const client = start("nc", ["-N", "127.0.0.1", port], { stdin: "hello from nc\n" });
    expect(await client.ended).toMatchObject({ code: 0, stdout: "I got your message!\n" });
    await server.waitFor("stdout", /^Get client: 127\.0\.0\.1:\d+\nhello from nc\n$/);
  });

  it("names the very port of the client and cuts its message at 32 bytes", async () => {
    const { server, port } = await startTcpServer();
    const client = connect({ port: Number(port), host: "127.0.0.1" });
    onTestFinished(() => void client.destroy());
    client.on("error", () => {}); // the server closes with bytes unread: a reset
    await once(client, "connect");
    client.write("0123456789abcdef0123456789ABCDEF and more");
    const [, printed, message] = await server.waitFor("stdout", /^Get client: 127\.0\.0\.1:(\d+)\n(.{32,})$/s);
    expect({ printed, message }).toEqual({
      printed: String(client.localPort),
      message: "0123456789abcdef0123456789ABCDEF",
    });
  });

  it("goes on serving after a client that resets", async () => {
    const { server, port } = await startTcpServer();
    const rude = connect({ port: Number(port), host: "127.0.0.1" });
    await server.waitFor("stdout", /Get client/);
    rude.resetAndDestroy();
    await server.waitFor("stderr", /\nread: Connection reset by peer\n$/);
    const polite = startTcpClient(port, { stdin: "still there?" });
    expect(await polite.ended).toMatchObject({ code: 0, stdout: "I got your message!\n", stderr: "" });
  });

  it("says that the address is in use, and exits with 1", async () => {
    const { port } = await startTcpServer();
    const line = command("tcp-server").replace("=0.0.0.0:12345", `=127.0.0.1:${port}`);
    const { code, stdout, stderr } = await startShell(`${line} ${port} 127.0.0.1`).ended;
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: "bind: Address already in use\n" });
  });

  it("listens on port 12345 of all interfaces by default", async () => {
    const { code, stderr } = await startShell(command("tcp-server").replace(/--allow\S+ /, "")).ended;
    expect(stderr).toContain("permission denied: bind 0.0.0.0:12345 (tcp)\n");
    expect(stderr).toContain(`hint: ${command("tcp-server")}\n`);
    expect(code).toBe(77);
  });

  it.each([
    ["65536 127.0.0.1", "127.0.0.1:65536"],
    ["http 127.0.0.1", "127.0.0.1:http"],
    ["0 127.1", "127.1:0"],
  ])("refuses the arguments %s", async (args, shown) => {
    const { code, stderr } = await startShell(`${command("tcp-server")} ${args}`).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: `${shown}: Invalid argument\n` });
  });
});

describe("tcp-client.ts (P11)", () => {
  it("sends 32 bytes of its input and prints the answer of the server", async () => {
    const { server, port } = await startTcpServer();
    const client = startTcpClient(port, { stdin: "The quick brown fox jumps over the lazy dog" });
    expect(await client.ended).toMatchObject({ code: 0, stdout: "I got your message!\n", stderr: "" });
    await server.waitFor("stdout", /\nThe quick brown fox jumps over t$/);
  });

  it("prints an answer that comes in pieces, up to the end of the stream", async () => {
    const answer = "x".repeat(100_000);
    const port = await startNodeServer(createServer((peer) => peer.end(answer)));
    const { code, stdout } = await startTcpClient(port, { stdin: "?" }).ended;
    expect({ code, size: stdout.length, stdout: stdout === answer }).toEqual({ code: 0, size: 100_000, stdout: true });
  });

  it("says that it was refused, and exits with 1", async () => {
    // The port of a client's end: in use, so that nobody else can get it, and not listening.
    const port = await startNodeServer(createServer());
    const end = connect({ port: Number(port), host: "127.0.0.1" });
    onTestFinished(() => void end.destroy());
    await once(end, "connect");
    const { code, stderr } = await startTcpClient(String(end.localPort), { stdin: "" }).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: "connect: Connection refused\n" });
  });

  it("connects to port 12345 of this machine by default", async () => {
    const { code, stderr } = await startShell(command("tcp-client").replace(/--allow\S+ /, "")).ended;
    expect(stderr).toContain("permission denied: connect to 127.0.0.1:12345 (tcp)\n");
    expect(stderr).toContain(`hint: ${command("tcp-client")}\n`);
    expect(code).toBe(77);
  });
});

describe("unix-server.ts (P1)", () => {
  it.skipIf(!hasSocat)("prints an empty name for a client that has none", async () => {
    const cwd = workingDirectory();
    const server = await startUnixServer(cwd);
    await start("socat", ["-u", "-", "UNIX-CONNECT:sample-socket"], { cwd, stdin: "anonymous\n" }).ended;
    await server.waitFor("stdout", /^Get client: \nanonymous\n$/);
  });

  it.skipIf(!hasSocat)("prints the name of a client that has bound one", async () => {
    const cwd = workingDirectory();
    const server = await startUnixServer(cwd);
    await start("socat", ["-u", "-", "UNIX-CONNECT:sample-socket,bind=my-name"], { cwd, stdin: "hi\n" }).ended;
    await server.waitFor("stdout", /^Get client: my-name\nhi\n$/);
  });

  it("makes a socket file, srwxr-xr-x under the usual umask", async () => {
    const cwd = workingDirectory();
    const server = start("sh", ["-c", `umask 022; exec ${command("unix-server")}`], { cwd });
    await server.waitFor("stderr", /listening/);
    const status = statSync(join(cwd, "sample-socket"));
    expect({ isSocket: status.isSocket(), mode: status.mode & 0o777 }).toEqual({ isSocket: true, mode: 0o755 });
  });

  it("replaces the socket file of an earlier run", async () => {
    const cwd = workingDirectory();
    const earlier = await startUnixServer(cwd);
    earlier.kill("SIGKILL");
    await earlier.ended;
    const server = await startUnixServer(cwd);
    await startShell(command("unix-client"), { cwd, stdin: "again" }).ended;
    await server.waitFor("stdout", /^Get client: \nagain$/);
  });

  it("does not remove a file that is no socket", async () => {
    const cwd = workingDirectory();
    writeFileSync(join(cwd, "sample-socket"), "precious");
    const { code, stderr } = await startShell(command("unix-server"), { cwd }).ended;
    expect(code).toBe(77);
    // It is a file to write, which no network grant covers.
    expect(stderr).toContain(`error: permission denied: write ${cwd}/sample-socket\n`);
    expect(stderr).toMatch(/\nunlink: Permission denied\n$/);
    expect(readFileSync(join(cwd, "sample-socket"), "utf8")).toBe("precious");
  });
});

describe("unix-client.ts (P3, P5)", () => {
  it("sends 32 bytes of its input", async () => {
    const cwd = workingDirectory();
    const server = await startUnixServer(cwd);
    const client = startShell(command("unix-client"), { cwd, stdin: "The quick brown fox jumps over the lazy dog" });
    expect(await client.ended).toMatchObject({ code: 0, stdout: "", stderr: "" });
    await server.waitFor("stdout", /^Get client: \nThe quick brown fox jumps over t$/);
  });

  it("sends the beginning of a file that its input is redirected from", async () => {
    const cwd = workingDirectory();
    writeFileSync(join(cwd, "letter"), "Dear server,\n");
    const server = await startUnixServer(cwd);
    const file = openSync(join(cwd, "letter"), "r");
    await startShell(command("unix-client"), { cwd, stdin: file }).ended;
    closeSync(file);
    await server.waitFor("stdout", /^Get client: \nDear server,\n$/);
  });

  it("says that nobody listens behind a stale socket file, and exits with 1", async () => {
    const cwd = workingDirectory();
    const server = await startUnixServer(cwd);
    server.kill("SIGKILL");
    await server.ended;
    const { code, stderr } = await startShell(command("unix-client"), { cwd, stdin: "" }).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: "connect: Connection refused\n" });
  });

  it("connects to ./sample-socket by default", async () => {
    const cwd = workingDirectory();
    const { code, stderr } = await startShell(command("unix-client").replace(/--allow\S+ /, ""), { cwd }).ended;
    expect(stderr).toContain(`permission denied: connect to ${cwd}/sample-socket (unix)\n`);
    expect(code).toBe(77);
  });
});
