import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT, type Running, type StartOptions, startShell } from "../cli/sockyard.js";

/** The command in the first line of an example, as a user copies it. */
export function command(name: string): string {
  const [first = ""] = readFileSync(join(PROJECT, `examples/net/${name}.ts`), "utf8").split("\n");
  return first.replace(/^\/\/ /, "");
}

/** A server as its first line says, but on a port of the kernel's choice and on loopback only. */
export async function startServer(name: string, args = ""): Promise<{ server: Running; port: string }> {
  const line = command(name).replace("=0.0.0.0:12345", "=127.0.0.1:0");
  const server = startShell(`${line} 0 127.0.0.1 ${args}`);
  const [, port = ""] = await server.waitFor("stderr", /^listening on 127\.0\.0\.1:(\d+)\n/);
  return { server, port };
}

/** tcp-client.ts as its first line says, for a server at another port. */
export function startClient(port: string, options: StartOptions = {}): Running {
  const line = command("tcp-client").replace(":12345", `:${port}`);
  return startShell(`${line} 127.0.0.1 ${port}`, options);
}
