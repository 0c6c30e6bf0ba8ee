import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guest, sockyard, temporaryDirectory } from "./cli/sockyard.js";

describe("os", () => {
  it("go-os.ts: files and their errors are as in Go", async () => {
    const directory = temporaryDirectory();
    const secret = join(temporaryDirectory(), "secret");
    writeFileSync(secret, "not for you");
    const grants = [`--allow-read=${directory}`, `--allow-write=${directory}`];
    const { code, stdout, stderr } = await sockyard(["run", ...grants, guest("go-os.ts"), directory, secret]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.filter((line) => !line.startsWith("ok "))).toEqual([]);
    expect({ code, checks: lines.length }).toEqual({ code: 0, checks: 42 });
    expect(stderr).toContain(`permission denied: read ${secret}`);
    expect(readdirSync(directory)).toEqual([]);
  });
});
