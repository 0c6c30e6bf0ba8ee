// Compiles host/native/*.c to build/native/sockyard.node, and isolate beside it, with the C compiler ($CC, else cc) and the headers
// of the package node-api-headers. Does nothing for what is newer than everything it is made of.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = join(root, "host/native");
const output = join(root, "build/native/sockyard.node");
// A program of its own, that the addon starts.
const isolate = { source: join(sources, "isolate/isolate.c"), output: join(root, "build/native/isolate") };

const FLAGS = ["-O2", "-std=gnu11"];
const ADDON_FLAGS = [...FLAGS, "-fPIC", "-shared", "-pthread", "-fvisibility=hidden", "-DNAPI_VERSION=9"];
// Signal handlers and look-ups outlive the environment that loaded the addon, so its code stays.
const LINK_FLAGS = ["-Wl,-z,nodelete"];
const WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function compile(result, args) {
  mkdirSync(join(root, "build/native"), { recursive: true });
  // Renamed into place: a process that has the old file loaded keeps it.
  const fresh = `${result}.${process.pid}`;
  try {
    execFileSync(process.env.CC ?? "cc", [...args, ...WARNINGS, "-o", fresh], { stdio: "inherit" });
    renameSync(fresh, result);
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** Has the compiler look through all files at once, where compiler and linker can: a call is then 30 to 60 ns shorter. */
function linkTimeOptimization() {
  // gcc warns unless it is told how many at a time; not every compiler knows "auto".
  const flag = ["-flto=auto", "-flto"].find((each) => {
    const probe = [each, "-shared", "-x", "c", "-", "-o", "/dev/null"];
    return spawnSync(process.env.CC ?? "cc", probe, { input: "", stdio: ["pipe", "ignore", "ignore"] }).status === 0;
  });
  return flag === undefined ? [] : [flag];
}

function isOlder(result, inputs) {
  return ![...inputs, fileURLToPath(import.meta.url)].every((input) => modified(input) < modified(result));
}

function build() {
  const files = readdirSync(sources, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(sources, name));
  if (isOlder(output, files)) {
    const { include_dir } = createRequire(import.meta.url)("node-api-headers");
    const units = files.filter((file) => file.endsWith(".c"));
    compile(output, [...ADDON_FLAGS, ...linkTimeOptimization(), ...LINK_FLAGS, "-isystem", include_dir, ...units]);
  }
  if (isOlder(isolate.output, [isolate.source])) compile(isolate.output, [...FLAGS, isolate.source]);
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
