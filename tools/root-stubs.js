// Writes `NAME.ts` beside package.json for every public module of assembly/, for the published package only:
// plain asc reads no package.json and looks for `sockyard/socket` in node_modules/sockyard/socket.ts.
// With --remove it takes them away again. Run by npm when it packs.
import { readdirSync, rmSync, writeFileSync } from "node:fs";

const INTERNAL = new Set([
  "address",
  "clock",
  "dns",
  "epoll",
  "file",
  "hooks",
  "linklayer",
  "linux.generated",
  "message",
  "multicast",
  "output",
  "pointer",
  "struct",
  "unixname",
  "utf8",
  "view",
  "zero",
]);

const modules = readdirSync("assembly")
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.slice(0, -".ts".length))
  .filter((name) => !INTERNAL.has(name));

for (const name of modules) {
  const path = `${name}.ts`;
  if (process.argv.includes("--remove")) rmSync(path, { force: true });
  else writeFileSync(path, `export * from "./assembly/${name}";\n`);
}
