import { mkdirSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guest, sockyard, temporaryDirectory } from "./sockyard.js";

describe("a rule that names a symbolic link to a socket", () => {
  it("is about the socket, to allow and to deny", async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, "real"));
    const target = join(directory, "real/d.sock");
    const link = join(directory, "link.sock");
    symlinkSync(target, link);
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(target, resolve));
    try {
      const attempt = [guest("attempt.ts"), `connect=unix:${link}`];
      const allowed = await sockyard(["run", `--allow-net-connect=unix:${link}`, ...attempt]);
      expect(allowed.stderr).not.toContain("permission denied");
      const denied = await sockyard(["run", "--allow-net", `--deny-net-connect=unix:${link}`, ...attempt]);
      expect(denied.stderr).toContain(`because of --deny-net-connect=unix:${link}`);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
