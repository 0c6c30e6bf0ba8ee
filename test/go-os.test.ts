import { execFileSync } from "node:child_process";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { guest, has, PROJECT, sockyard, start, startSockyard, temporaryDirectory } from "./cli/sockyard.js";

describe("os", () => {
  it("go-os.ts: files and their errors are as in Go", async () => {
    const directory = temporaryDirectory();
    const secret = join(temporaryDirectory(), "secret");
    writeFileSync(secret, "not for you");
    const grants = [`--allow-read=${directory}`, `--allow-write=${directory}`, "--env=EMPTY=", "--env=SET=here"];
    const { code, stdout, stderr } = await sockyard(["run", ...grants, guest("go-os.ts"), directory, secret]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.filter((line) => !line.startsWith("ok "))).toEqual([]);
    expect({ code, checks: lines.length }).toEqual({ code: 0, checks: 46 });
    expect(stderr).toContain(`permission denied: read ${secret}`);
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe.skipIf(!has("go"))("os.File, and Go's", () => {
  let program: string;

  beforeAll(() => {
    const directory = execFileSync("mktemp", ["-d"], { encoding: "utf8" }).trim();
    program = join(directory, "files");
    execFileSync("go", ["build", "-o", program, join(PROJECT, "test/go/files.go")]);
    return () => rmSync(directory, { recursive: true });
  }, 120_000);

  const LARGE = "9223372036854775807";

  it.each([
    [
      "seeks",
      "create write:0123456789 seek:2:0 read:3 seek:1:1 read:2 seek:-4:2 read:9 read:1 seek:20:0 read:1 write:x stat",
    ],
    ["seeks nowhere", "create write:01 seek:-1:0 seek:0:9 seek:-3:2 seek:0:1 seek:0:-1 close seek:0:0"],
    ["reads at", "create write:0123456789 readat:4:3 readat:4:8 readat:1:10 readat:0:99 readat:1:-1 seek:0:1 read:1"],
    [
      "reads at no more",
      `create readat:1:${LARGE} readat:2:${LARGE} readat:0:-1 close readat:1:0 readat:0:0 readat:1:-1`,
    ],
    ["writes at", "create writeat:abc:2 stat writeat::7 stat writeat:x:-1 seek:0:1 write:yz readat:9:0"],
    [
      "writes at nothing",
      `open writeat:x:0 write:x close writeat:x:0 writeat::0 writeat:x:-1 append writeat:x:0 writeat::-1 writeat:x:-1`,
    ],
    ["appends", "create write:one close append write:two seek:0:0 write:three readat:99:0 close writeat:x:0"],
    ["writes at too far", `create writeat:x:${LARGE} stat`],
    ["tells of files", "create stat write:0123 stat remove stat write:45 stat close stat close open"],
    ["has no places in a pipe", "stdin seek:0:1 readat:1:0 readat:0:0 writeat:x:0"],
  ])("%s", async (_what, text) => {
    const operations = text.split(" ");
    const directories = [temporaryDirectory(), temporaryDirectory()] as const;
    for (const directory of directories) writeFileSync(join(directory, "file"), "", { mode: 0o640 });
    // Both have a pipe for standard input.
    const go = await start(program, operations, { cwd: directories[0] }).ended;
    const run = ["run", `--dir=${directories[1]}`, join(PROJECT, guest("go-files.ts")), ...operations];
    const ours = await startSockyard(run, { cwd: directories[1] }).ended;
    const pair = (lines: string) => lines.split("\n").map((line, i) => `${operations[i]}: ${line}`);
    expect(pair(ours.stdout)).toEqual(pair(go.stdout));
    expect({ code: ours.code, stderr: ours.stderr, lines: ours.stdout.split("\n").length }).toEqual({
      code: 0,
      stderr: "",
      lines: operations.length + 1,
    });
  });
});
