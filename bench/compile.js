import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { goVersion } from "./machine.js";
import { binary, buildDirectory, source } from "./paths.js";

const SERVERS = ["echo", "echo-unix", "echo-udp", "echo-epoll", "relay", "take", "calls"];
const CLIENTS = ["load", "load-many", "load-pass", "load-relay"];

/** Compiles the programs in C, and the one in Go if there is a Go. */
export function compile() {
  mkdirSync(buildDirectory, { recursive: true });
  for (const name of [...SERVERS, ...CLIENTS]) {
    const args = ["-O2", "-pthread", "-Wall", "-Wextra", "-Wpedantic", "-o", binary(name), source(`${name}.c`)];
    execFileSync(process.env.CC ?? "cc", args, { stdio: "inherit" });
  }
  if (goVersion !== null) {
    execFileSync("go", ["build", "-o", binary("echo-go"), source("echo-go/main.go")], { stdio: "inherit" });
  }
}
