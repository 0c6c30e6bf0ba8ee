import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { guest, sockyard, temporaryDirectory } from "../cli/sockyard.js";

describe("net's sockets", () => {
  it.each(["--memory-limit=128M", "--time-limit=60s"])(
    "go-net.ts: TCP, UDP and Unix sockets are as in Go, with %s",
    async (option) => {
      const directory = temporaryDirectory();
      const grants = ["-N=127.0.0.1,[::1]", `-N=unix:${directory}/**,unix:@*`];
      const { code, stdout, stderr } = await sockyard(["run", ...grants, option, guest("go-net.ts"), directory]);
      const lines = stdout.trimEnd().split("\n");
      expect(lines.filter((line) => !line.startsWith("ok "))).toEqual([]);
      expect({ code, checks: lines.length }).toEqual({ code: 0, checks: 89 });
      expect(stderr.match(/^error: .*/gm)).toEqual(["error: permission denied: connect to 127.0.0.2:9 (tcp)"]);
      expect(readdirSync(directory).sort()).toEqual(["here", "stream"]);
    },
  );
});
