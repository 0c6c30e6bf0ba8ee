import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { ERRNO_TABLE } from "../../host/core/linux.generated.js";
import { guest, PROJECT, startSockyard, temporaryDirectory } from "../cli/sockyard.js";
import type { Row } from "./calls-table.js";

/** What one program answers to each row: the results of all of the row's calls. */
export type Answers = readonly (readonly string[])[];

/** Makes the calls of `rows` as a program in C. */
export async function callNatively(rows: readonly Row[]): Promise<Answers> {
  const program = join(temporaryDirectory(), "calls");
  const source = join(import.meta.dirname, "calls.c");
  execFileSync(process.env.CC ?? "cc", ["-Wall", "-Wextra", "-Werror", "-o", program, source]);
  return inPreparedDirectory(async (cwd) => execFileSync(program, { cwd, input: input(rows), encoding: "utf8" }));
}

/** Makes the calls of `rows` as a guest that may do everything. */
export async function callAsGuest(rows: readonly Row[]): Promise<Answers> {
  return inPreparedDirectory(async (cwd) => {
    const program = join(PROJECT, guest("calls.ts"));
    const { code, stdout, stderr } = await startSockyard(["run", "-A", program], { cwd, stdin: input(rows) }).ended;
    if (code !== 0 || stderr !== "") throw new Error(`calls.ts ended with ${code}: ${stderr}`);
    return stdout;
  });
}

function input(rows: readonly Row[]): string {
  return rows.map(({ calls }) => `${calls}\n`).join("");
}

/** Runs a program among one file of each kind, and sees that it leaves nothing behind. */
async function inPreparedDirectory(run: (cwd: string) => Promise<string>): Promise<Answers> {
  const cwd = temporaryDirectory();
  mkdirSync(join(cwd, "directory"));
  writeFileSync(join(cwd, "file"), "some text");
  writeFileSync(join(cwd, "written"), "");
  symlinkSync("file", join(cwd, "link"));
  symlinkSync("loop", join(cwd, "loop"));
  symlinkSync("missing", join(cwd, "dangling"));
  execFileSync("mkfifo", [join(cwd, "fifo")]);
  const server = createServer();
  await new Promise<void>((listening) => server.listen(join(cwd, "socket"), listening));
  const before = readdirSync(cwd);
  const stdout = await run(cwd);
  const after = readdirSync(cwd);
  server.close();
  if (after.join() !== before.join()) throw new Error(`the rows left files behind: ${after}`);
  const lines = stdout.trimEnd().split("\n");
  return lines.map((line) => line.split(" ").map((result) => nameOf(Number(result))));
}

function nameOf(result: number): string {
  return result < 0 ? (ERRNO_TABLE.get(-result)?.name ?? `${result}`) : `${result}`;
}
