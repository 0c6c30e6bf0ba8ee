import { describe, expect, it } from "vitest";
import { guest, sockyard } from "./cli/sockyard.js";

describe("bufio and io", () => {
  it.each(["--memory-limit=16M", "--time-limit=20s"])("go-bufio.ts: are as in Go, with %s", async (option) => {
    const { code, stdout, stderr } = await sockyard(["run", option, guest("go-bufio.ts")]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.filter((line) => !line.startsWith("ok "))).toEqual([]);
    expect({ code, stderr, checks: lines.length }).toEqual({ code: 0, stderr: "", checks: 100 });
  });
});
