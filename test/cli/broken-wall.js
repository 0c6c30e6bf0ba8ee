// Runs a program whose first wall is broken: a policy that allows all, behind which the second wall stands as the
// grants say. Arguments: the grants, as JSON; the program's file; its arguments. Then tries what Node itself can.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { loadProgram } from "../../build/compiler/load-program.js";
import { parsePolicy } from "../../build/core/permissions/parse-policy.js";
import { wallOf } from "../../build/core/permissions/wall.js";
import { loadAddressText } from "../../build/runtime/address-text.js";
import { realPath } from "../../build/runtime/real-path.js";
import { runGuest } from "../../build/runtime/run-guest.js";
import { raiseSecondWall } from "../../build/runtime/second-wall.js";

const [grants = "[]", file = "", ...args] = process.argv.slice(2);
const policyOf = (flags, all) => parsePolicy(flags, all, loadAddressText(), realPath);
const cacheDirectory = `${process.env.XDG_CACHE_HOME}/sockyard`;
const { bytes } = await loadProgram(file, { cacheDirectory });
// The pool's threads are there before the wall is.
await readFile("/etc/hosts");
let flaws = [];

runGuest({
  bytes,
  environment: { args: [file, ...args], env: {} },
  policy: policyOf([], true),
  oversight: { onDenial: () => {} },
  onWaiting: () => {},
  beforeStart: () => {
    flaws = raiseSecondWall(wallOf(policyOf(JSON.parse(grants), false), false), { files: [], resolver: {} });
  },
  trace: null,
  memoryLimit: null,
  fdLimit: null,
  meter: null,
  cancelFd: -1,
});

const code = ({ code = "" }) => code;
const read = () => readFileSync("/etc/hostname");
console.log(
  JSON.stringify({
    flaws,
    spawn: code(spawnSync("/bin/true").error ?? {}),
    read: attempt(read),
    readInPool: await readFile("/etc/hostname").then(() => "", code),
    kill: attempt(() => process.kill(process.ppid, 0)),
    setuid: attempt(() => process.setuid(process.getuid())),
  }),
);

function attempt(act) {
  try {
    act();
    return "";
  } catch (error) {
    return code(error);
  }
}
