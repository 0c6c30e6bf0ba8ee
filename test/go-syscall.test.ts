import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { guest, sockyard, temporaryDirectory } from "./cli/sockyard.js";

describe("Go's package syscall", () => {
  it.each(["--memory-limit=16M", "--time-limit=20s"])("go-syscall.ts: calls are as in Go, with %s", async (option) => {
    const directory = temporaryDirectory();
    const grants = ["-N=127.0.0.1", "-N=[::1]", "-N=239.255.0.1", `-N=unix:${directory}/**`, "--allow-raw=netlink"];
    const { code, stdout, stderr } = await sockyard([
      "run",
      option,
      ...grants,
      guest("go-syscall.ts"),
      `${directory}/a`,
    ]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.filter((line) => !line.startsWith("ok "))).toEqual([]);
    expect({ code, checks: lines.length }).toEqual({ code: 0, checks: 82 });
    const refusals = stderr.split("\n").filter((line) => line.startsWith("error: "));
    expect(refusals).toEqual([
      "error: permission denied: connect to 127.9.9.9:1 (tcp)",
      "error: permission denied: join the group [ff02::1234]",
      "error: permission denied: read /nowhere",
    ]);
    expect(readdirSync(directory)).toEqual([]);
  });
});
