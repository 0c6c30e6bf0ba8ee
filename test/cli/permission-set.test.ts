import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guest, PROJECT, sockyard, temporaryDirectory } from "./sockyard.js";

const ATTEMPT = join(PROJECT, guest("attempt.ts"));

/** A directory below one with this file. */
function below(settings: unknown): { readonly cwd: string; readonly file: string } {
  const directory = temporaryDirectory();
  const file = join(directory, "sockyard.json");
  writeFileSync(file, typeof settings === "string" ? settings : JSON.stringify(settings, null, 2));
  const cwd = join(directory, "a/b");
  mkdirSync(cwd, { recursive: true });
  return { cwd, file };
}

const SETS = {
  permissions: {
    default: { "allow-net-connect": ["127.0.0.1:1", "[::1]:2"] },
    wide: { "allow-net": true },
    narrow: { "deny-net": ["[::1]"] },
  },
};

describe("--permission-set", () => {
  it.each([
    ["", [13, 13, 13]],
    ["-P", [0, 0, 13]],
    ["-P=wide", [0, 0, 0]],
    ["--permission-set=wide -P=narrow", [0, 13, 0]],
    ["-P=narrow --allow-net", [0, 13, 0]],
    ["-P --deny-net=127.0.0.0/8", [13, 0, 13]],
    ["-P --allow-net-connect=127.0.0.1:3 --time-limit=20s", [0, 0, 0]],
  ])("with '%s' allows as much", async (options, wanted) => {
    const { cwd } = below(SETS);
    const attempts = ["connect=tcp:127.0.0.1:1", "connect=tcp:[::1]:2", "connect=tcp:127.0.0.1:3", "exit=0"];
    const words = options.split(" ").filter((word) => word !== "");
    const { stdout } = await sockyard(["run", ...words, ATTEMPT, ...attempts], { cwd });
    const results = stdout
      .trimEnd()
      .split("\n")
      .map((line) => (line.endsWith(" 13") ? 13 : 0));
    expect(results).toEqual(wanted);
  });

  const one = (set: unknown): unknown => ({ permissions: { default: set } });
  it.each([
    [one({ "allow-nte": true }), ':4: unknown key "allow-nte"', 'did you mean "allow-net"?'],
    [one({ "allow-all": true }), ':4: unknown key "allow-all"', null],
    [{ permission: {} }, ':2: unknown key "permission"', 'did you mean "permissions"?'],
    [one({ "allow-net": ["loopback", "127.1"] }), ":6: bad rule '127.1' in \"allow-net\"", '"127.0.0.1"'],
    [
      one({ "allow-net": ["a.com,b.com"] }),
      ":5: 'a.com,b.com' in \"allow-net\" is more than one rule",
      '"a.com", "b.com"',
    ],
    [one({ "allow-net": "a.com" }), ':4: "allow-net" is true, or a list of rules', '"allow-net": ["RULE", …]'],
    [one({ "allow-fd-pass": [] }), ':4: "allow-fd-pass" is true or not there', null],
    [one([]), ':3: "default" is no object', null],
    [{ permissions: [] }, ':2: "permissions" is no object', null],
    [[], " is no object", null],
    ["{", " is not JSON", null],
  ])("refuses %j", async (settings, error, hint) => {
    const { cwd, file } = below(settings);
    const { code, stdout, stderr } = await sockyard(["run", "-P", ATTEMPT, "exit=0"], { cwd });
    const lines = stderr.trimEnd().split("\n");
    expect({ code, stdout, first: lines[0] }).toEqual({ code: 2, stdout: "", first: `error: ${file}${error}` });
    expect(lines.find((line) => line.startsWith("hint: ")) ?? null).toBe(hint === null ? null : `hint: ${hint}`);
    expect(await sockyard(["run", ATTEMPT, "exit=0"], { cwd })).toMatchObject({ code: 0, stderr: "" });
  });

  it("knows which sets there are", async () => {
    const { cwd, file } = below(SETS);
    const { code, stderr } = await sockyard(["run", "-P=wid", ATTEMPT], { cwd });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `error: no permission set 'wid' in ${file}\nhint: -P=wide\n`,
    });
  });

  it("says so when there is no file", async () => {
    const { code, stderr } = await sockyard(["run", "-P", ATTEMPT], { cwd: temporaryDirectory() });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: there is no sockyard.json\n/),
    });
  });

  it("refuses a file that the program may write", async () => {
    const { cwd, file } = below(one({ "allow-write": true }));
    const { code, stderr } = await sockyard(["run", "-P", ATTEMPT], { cwd });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`hint: --deny-write=${file}\n`),
    });
    expect(await sockyard(["run", "-P", `--deny-write=${file}`, ATTEMPT], { cwd })).toMatchObject({ code: 0 });
  });
});
