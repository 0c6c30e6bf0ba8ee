import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EACCES, EADDRINUSE, ENOENT } from "../../host/core/linux.generated.js";
import { watchDescriptors } from "../fakes/descriptors.js";
import { realGuest } from "../fakes/guest.js";

watchDescriptors();

let root: string;
let swapper: ChildProcess;

/** Makes `place` a directory and a symbolic link to `outside` in turn, as fast as it can, until its input ends. */
const SWAP = `
  const { renameSync, symlinkSync, writeSync } = require("node:fs");
  process.chdir(process.argv[1]);
  symlinkSync("../outside", "link");
  process.stdin.on("end", () => process.exit(0)).resume();
  writeSync(1, "ready");
  const swap = () => {
    for (let i = 0; i < 200; i++) {
      renameSync("granted/place", "kept"); renameSync("link", "granted/place");
      renameSync("granted/place", "link"); renameSync("kept", "granted/place");
    }
    setImmediate(swap);
  };
  swap();
`;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "sockyard-test-"));
  mkdirSync(join(root, "granted", "place"), { recursive: true });
  mkdirSync(join(root, "outside"));
  swapper = spawn(process.execPath, ["-e", SWAP, root], { stdio: ["pipe", "pipe", "inherit"] });
  await new Promise((resolve) => swapper.stdout?.once("data", resolve));
});
afterEach(async () => {
  const ended = new Promise((resolve) => swapper.once("exit", resolve));
  swapper.stdin?.end();
  await ended;
  rmSync(root, { recursive: true });
});

describe("a directory that another process swaps for a symbolic link during bind", () => {
  it("never lets a socket appear outside what is granted", () => {
    const guest = realGuest(`--allow-net=unix:${root}/granted/**`);
    const results = new Map<number, number>();
    const hasMetBoth = () => results.has(0) && results.has(-EACCES);
    for (let round = 0; round < 2000 || (round < 50_000 && !hasMetBoth()); round++) {
      const fd = guest.unix();
      const result = guest.bind(fd, `unix:${root}/granted/place/${round}`);
      results.set(result, (results.get(result) ?? 0) + 1);
      guest.call("close", fd);
    }
    expect(readdirSync(join(root, "outside"))).toEqual([]);
    expect([...results.keys()].filter((result) => ![0, -EACCES, -ENOENT, -EADDRINUSE].includes(result))).toEqual([]);
    // The race was run, not only lost: the directory and the link were both met.
    expect(hasMetBoth()).toBe(true);
  });
});
