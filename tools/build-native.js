// Compiles host/native/*.c to build/native/sockyard.node with the C compiler ($CC, else cc) and the headers
// of the package node-api-headers. Does nothing when the addon is newer than everything it is made of.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = join(root, "host/native");
const output = join(root, "build/native/sockyard.node");

const FLAGS = ["-O2", "-fPIC", "-shared", "-std=gnu11", "-pthread", "-fvisibility=hidden", "-DNAPI_VERSION=9"];
// Signal handlers and look-ups outlive the environment that loaded the addon, so its code stays.
const LINK_FLAGS = ["-Wl,-z,nodelete"];
const WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function compile(files) {
  const { include_dir } = createRequire(import.meta.url)("node-api-headers");
  mkdirSync(join(root, "build/native"), { recursive: true });
  // Renamed into place: a process that has the old addon loaded keeps the old file.
  const fresh = `${output}.${process.pid}`;
  try {
    const units = files.filter((file) => file.endsWith(".c"));
    const args = [...FLAGS, ...LINK_FLAGS, ...WARNINGS, "-isystem", include_dir, "-o", fresh, ...units];
    execFileSync(process.env.CC ?? "cc", args, { stdio: "inherit" });
    renameSync(fresh, output);
  } finally {
    rmSync(fresh, { force: true });
  }
}

function build() {
  const files = readdirSync(sources).map((name) => join(sources, name));
  const inputs = [...files, fileURLToPath(import.meta.url)];
  if (inputs.every((input) => modified(input) < modified(output))) return;
  compile(files);
}

try {
  build();
} catch (error) {
  const compiler = process.env.CC ?? "cc";
  if (error.code === "ENOENT" && error.path === compiler) {
    console.error(`error: the C compiler ${compiler} was not found`);
    console.error("hint: apt-get install gcc libc6-dev");
  } else if (error.status !== undefined) {
    console.error(`error: ${compiler} could not compile the addon`);
  } else {
    console.error(`error: ${error.message}`);
  }
  process.exitCode = 1;
}
