import { afterEach, beforeEach, describe, expect, it } from "vitest";
import wabt from "wabt";
import { type PermissionFlag, parsePolicy } from "../../host/core/permissions/parse-policy.js";
import type { Denial } from "../../host/core/permissions/permissions.js";
import { loadAddressText } from "../../host/runtime/address-text.js";
import { metered } from "../../host/runtime/metered.js";
import { realPath } from "../../host/runtime/real-path.js";
import { type Outcome, runGuest } from "../../host/runtime/run-guest.js";
import { RuntimeError } from "../../host/runtime/runtime-error.js";
import { socketsOf } from "./sockets.js";

let before: string[];
beforeEach(() => {
  before = socketsOf(process.pid);
});
afterEach(() => expect(socketsOf(process.pid)).toEqual(before));

/** Runs a program in WebAssembly text with the given grants. */
async function run(
  text: string,
  flags: readonly PermissionFlag[] = [],
  traffic: number | null = null,
): Promise<Outcome & { denials: Denial[] }> {
  const { parseWat } = await wabt();
  const module = parseWat("guest.wat", text, { exceptions: true });
  const denials: Denial[] = [];
  const outcome = runGuest({
    bytes: module.toBinary({}).buffer,
    environment: { args: ["guest"], env: {} },
    policy: parsePolicy(flags, false, loadAddressText(), realPath),
    oversight: { onDenial: (denial) => denials.push(denial) },
    onWaiting: () => {},
    trace: null,
    memoryLimit: null,
    fdLimit: null,
    meter: metered({ output: null, traffic }),
    cancelFd: -1,
  });
  return { ...outcome, denials };
}

const BERKELEY = '"berkeley_sockets_v1"';
const PREVIEW1 = '"wasi_snapshot_preview1"';
const START = '(memory (export "memory") 1) (func (export "_start"))';

describe("a module that declares an import with another type", () => {
  it.each([
    ["a float for a descriptor", `(import ${BERKELEY} "close" (func (param f64) (result i32)))`, "(f64) -> (i32)"],
    ["64 bits", `(import ${BERKELEY} "socket" (func (param i32 i64 i32) (result i32)))`, "(i32, i64, i32) -> (i32)"],
    ["too few parameters", `(import ${BERKELEY} "read" (func (param i32) (result i32)))`, "(i32) -> (i32)"],
    ["no result", `(import ${BERKELEY} "bind" (func (param i32 i32 i32)))`, "(i32, i32, i32) -> ()"],
    [
      "i32 for a precision",
      `(import ${PREVIEW1} "clock_time_get" (func (param i32 i32 i32) (result i32)))`,
      "i32, i32",
    ],
  ])("is refused: %s", async (_, imported, declared) => {
    const error = await run(`(module ${imported} ${START})`).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RuntimeError);
    expect((error as RuntimeError).code).toBe("ERR_MODULE_IMPORT_TYPE");
    expect((error as RuntimeError).facts[0]).toContain(declared);
  });
});

describe("what a guest does is its own affair", () => {
  it.each([
    ["a trap in its start function", `(module ${START} (func $s unreachable) (start $s))`, "unreachable"],
    [
      "an exception that it does not catch",
      `(module (tag $t) (memory (export "memory") 1) (func (export "_start") (throw $t)))`,
      "uncaught exception",
    ],
    ["endless recursion", `(module (memory (export "memory") 1) (func $f (export "_start") (call $f)))`, "call stack"],
  ])("%s is a trap", async (_, text, message) => {
    const { ending } = await run(text);
    expect(ending).toMatchObject({ kind: "trap", message: expect.stringContaining(message) });
  });

  it("an exit in its start function is an exit", async () => {
    const text = `(module (import ${PREVIEW1} "proc_exit" (func $exit (param i32))) ${START}
      (func $s (call $exit (i32.const 7))) (start $s))`;
    expect((await run(text)).ending).toEqual({ kind: "exit", code: 7 });
  });

  it("a socket that its start function opens comes after the standard descriptors", async () => {
    const text = `(module (import ${PREVIEW1} "proc_exit" (func $exit (param i32)))
      (import ${BERKELEY} "socket" (func $socket (param i32 i32 i32) (result i32))) ${START}
      (func $s (call $exit (call $socket (i32.const 2) (i32.const 1) (i32.const 0)))) (start $s))`;
    expect(await run(text)).toMatchObject({ ending: { kind: "exit", code: 3 }, leaks: [3] });
  });

  it("an entry point with a parameter is none", async () => {
    const text = '(module (memory (export "memory") 1) (func (export "_start") (param i32)))';
    await expect(run(text)).rejects.toMatchObject({ code: "ERR_MODULE_NO_START" });
  });
});

describe("a socket that was judged IPv6-only", () => {
  // bind [::]:0 with IPV6_V6ONLY, listen, dissolve, clear IPV6_V6ONLY, listen again.
  const text = `(module
    (import ${PREVIEW1} "proc_exit" (func $exit (param i32)))
    (import ${BERKELEY} "socket" (func $socket (param i32 i32 i32) (result i32)))
    (import ${BERKELEY} "setsockopt" (func $set (param i32 i32 i32 i32 i32) (result i32)))
    (import ${BERKELEY} "bind" (func $bind (param i32 i32 i32) (result i32)))
    (import ${BERKELEY} "listen" (func $listen (param i32 i32) (result i32)))
    (import ${BERKELEY} "connect" (func $connect (param i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\\0a\\00") (data (i32.const 64) "\\01\\00\\00\\00")
    (func (export "_start")
      (drop (call $socket (i32.const 10) (i32.const 1) (i32.const 0)))
      (drop (call $set (i32.const 3) (i32.const 41) (i32.const 26) (i32.const 64) (i32.const 4)))
      (drop (call $bind (i32.const 3) (i32.const 0) (i32.const 28)))
      (drop (call $listen (i32.const 3) (i32.const 1)))
      (drop (call $connect (i32.const 3) (i32.const 128) (i32.const 16)))
      (drop (call $set (i32.const 3) (i32.const 41) (i32.const 26) (i32.const 68) (i32.const 4)))
      (call $exit (i32.sub (i32.const 0) (call $listen (i32.const 3) (i32.const 1))))))`;

  it("does not come to listen on IPv4 as well", async () => {
    const flags = [
      { name: "allow-net-listen", value: null },
      { name: "deny-net-listen", value: "127.0.0.0/8" },
    ];
    const { ending, denials } = await run(text, flags);
    expect(ending).toEqual({ kind: "exit", code: 13 });
    expect(denials.map(({ question }) => question.verb)).toEqual(["listen"]);
  });
});

describe("a guest that was ended", () => {
  it("leaves no descriptor of the message that passed its limit", async () => {
    // An iovec, a msghdr to send and one to receive with, each with room for one descriptor.
    const words = (...numbers: number[]): string =>
      [...new Uint8Array(Int32Array.from(numbers).buffer)]
        .map((octet) => `\\${octet.toString(16).padStart(2, "0")}`)
        .join("");
    const text = `(module
      (import ${BERKELEY} "socketpair" (func $socketpair (param i32 i32 i32 i32) (result i32)))
      (import ${BERKELEY} "sendmsg" (func $sendmsg (param i32 i32 i32) (result i32)))
      (import ${BERKELEY} "recvmsg" (func $recvmsg (param i32 i32 i32) (result i32)))
      (import ${PREVIEW1} "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1)
      (data (i32.const 0) "${words(512, 100)}")
      (data (i32.const 32) "${words(0, 0, 0, 1, 128, 16, 0)}")
      (data (i32.const 64) "${words(0, 0, 0, 1, 256, 16, 0)}")
      (data (i32.const 128) "${words(16, 1, 1, 3)}")
      (func (export "_start")
        (drop (call $socketpair (i32.const 1) (i32.const 1) (i32.const 0) (i32.const 1024)))
        (if (i32.ne (call $sendmsg (i32.const 3) (i32.const 32) (i32.const 0)) (i32.const 100))
          (then (call $exit (i32.const 8))))
        (call $exit (call $recvmsg (i32.const 4) (i32.const 64) (i32.const 0)))))`;
    expect((await run(text, [], 199)).ending).toMatchObject({ kind: "stopped", reason: "traffic" });
    expect((await run(text, [], 200)).ending).toEqual({ kind: "exit", code: 100 });
  });

  it("cannot go on by catching everything", async () => {
    const text = `(module
      (import ${BERKELEY} "socketpair" (func $socketpair (param i32 i32 i32 i32) (result i32)))
      (import ${BERKELEY} "send" (func $send (param i32 i32 i32 i32) (result i32)))
      (import ${PREVIEW1} "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1)
      (func (export "_start")
        (drop (call $socketpair (i32.const 1) (i32.const 1) (i32.const 0) (i32.const 0)))
        (try (do (drop (call $send (i32.const 3) (i32.const 16) (i32.const 100) (i32.const 0)))) (catch_all))
        (call $exit (i32.const 7))))`;
    const limited = await run(text, [], 99);
    expect(limited.ending).toMatchObject({ kind: "stopped", reason: "traffic", doing: "in send(3)" });
    expect((await run(text, [], 100)).ending).toEqual({ kind: "exit", code: 7 });
  });
});
