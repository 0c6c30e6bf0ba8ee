import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { compileGuest } from "./guest.js";

const root = resolve(import.meta.dirname, "../..");
const files = [
  "resolve",
  "service",
  "tcp-client",
  "tcp-server",
  "unix-client",
  "unix-server",
  "socketpair",
  "fd-send",
  "fd-receive",
].map((name) => `examples/berkeley/${name}.ts`);

describe.each(files)("%s", (file) => {
  const source = readFileSync(resolve(root, file), "utf8");

  it.each(["-O0", "-O3"])("compiles with %s and needs two modules of the host only", async (level) => {
    const module = new WebAssembly.Module(await compileGuest(source, [level]));
    const modules = new Set(WebAssembly.Module.imports(module).map((entry) => entry.module));
    expect([...modules].sort()).toEqual(["berkeley_sockets_v1", "wasi_snapshot_preview1"]);
    const exports = WebAssembly.Module.exports(module).map((entry) => entry.name);
    expect(exports.sort()).toEqual(["_start", "memory"]);
  });

  it("begins with the command that runs it", () => {
    const [first] = source.split("\n");
    expect(first).toMatch(
      /^\/\/ sockyard run (--allow-(net-listen=|net-connect=|net-resolve=|read=|fd-pass)\S* )*examples\/berkeley\/\S+\.ts( \w+)*$/,
    );
    expect(first).toContain(file);
  });
});
