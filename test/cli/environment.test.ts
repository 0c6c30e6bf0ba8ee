import { describe, expect, it } from "vitest";
import { guest, sockyard } from "./sockyard.js";

const OWN = { APP_ONE: "1", APP_TWO: "zwei = 2", APPLE: "red", APP_NONE: undefined };
const NAMES = ["APP_ONE", "APP_TWO", "APPLE", "APP_NONE", "constructor", "__proto__"];

/** The variables that the program finds, of `NAMES`. */
async function found(options: readonly string[]): Promise<string[]> {
  const { code, stdout, stderr } = await sockyard(["run", ...options, guest("environment.ts"), ...NAMES], { env: OWN });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const lines = stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(NAMES.length);
  return lines.filter((line) => !line.endsWith(" is not there"));
}

describe("the environment", () => {
  it.each([
    ["", []],
    ["--allow-net", []],
    ["--allow-env=APP_ONE", ["APP_ONE=1"]],
    ["--allow-env=APP_", []],
    ["--allow-env=APP_*", ["APP_ONE=1", "APP_TWO=zwei = 2"]],
    ["--allow-env=APP_* --deny-env=APP_TWO", ["APP_ONE=1"]],
    ["--allow-env --deny-env=APP_*", ["APPLE=red"]],
    ["--allow-env", ["APP_ONE=1", "APP_TWO=zwei = 2", "APPLE=red"]],
    ["-A", ["APP_ONE=1", "APP_TWO=zwei = 2", "APPLE=red"]],
    ["-A --deny-env", []],
    ["--env APP_NONE=a=b", ["APP_NONE=a=b"]],
    ["--env=__proto__=x --env=constructor=", ["constructor=", "__proto__=x"]],
    ["--allow-env=APP_ONE --env APP_ONE=other", ["APP_ONE=other"]],
    ["--time-limit=20s --allow-env=APPLE --env APP_ONE=2", ["APP_ONE=2", "APPLE=red"]],
  ])("with '%s'", async (options, wanted) => {
    expect(await found(options.split(" ").filter((word) => word !== ""))).toEqual(wanted);
  });
});

describe("options that do not parse", () => {
  it.each([
    ["--allow-env=A=1", "bad rule 'A=1' in --allow-env", "hint: --allow-env=A\n"],
    ["--allow-env=$HOME", "bad rule '$HOME' in --allow-env", "hint: --allow-env=HOME\n"],
    ["--allow-env=*", "bad rule '*' in --allow-env", "hint: --allow-env\n"],
    ["--allow-env=A*B", "bad rule 'A*B' in --allow-env", ""],
    ["--allow-env=A,,B", "bad rule '' in --allow-env", ""],
    ["--deny-env=A, B", "bad rule ' B' in --deny-env", "hint: --deny-env=A,B\n"],
    ["--env=A", "bad value 'A' in --env", "hint: --allow-env=A\n"],
    ["--env==1", "bad value '=1' in --env", "hint: --env NAME=VALUE\n"],
  ])("%s", async (option, error, hint) => {
    const { code, stdout, stderr } = await sockyard(["run", option, guest("environment.ts")]);
    expect(stderr).toContain(`error: ${error}\n`);
    expect(stderr).toContain(hint);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});
