import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EACCES, ENOENT, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { type Guest, guestOf, realGuest } from "../../fakes/guest.js";

watchDescriptors();

let directory = "";
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "sockyard-test-")));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** The type of a file, or the errno. */
function typeBy(guest: Guest, call: string, path: string): number {
  const statbuf = guest.allocate(144);
  const result = guest.call(call, guest.put(`${path}\0`), statbuf);
  return result < 0 ? result : guest.view.getUint32(statbuf + 24, true) & S_IFMT;
}

describe("lstat(2)", () => {
  it("tells of a link itself, where stat follows it", () => {
    writeFileSync(join(directory, "file"), "");
    symlinkSync("file", join(directory, "link"));
    const guest = realGuest(`--allow-read=${directory}`);
    expect(typeBy(guest, "lstat", join(directory, "link"))).toBe(S_IFLNK);
    expect(typeBy(guest, "stat", join(directory, "link"))).toBe(S_IFREG);
    expect(typeBy(guest, "lstat", join(directory, "file"))).toBe(S_IFREG);
    expect(typeBy(guest, "lstat", join(directory, "none"))).toBe(-ENOENT);
  });

  it("tells of a socket file by a network grant, of other files by the right to read alone", () => {
    const guest = realGuest(`--allow-net-listen=unix:${directory}/**`);
    expect(guest.bind(guest.unix(), `unix:${directory}/socket`)).toBe(0);
    writeFileSync(join(directory, "file"), "");
    symlinkSync("socket", join(directory, "link"));
    expect(typeBy(guest, "lstat", join(directory, "socket"))).toBe(S_IFSOCK);
    expect(typeBy(guest, "stat", join(directory, "link"))).toBe(S_IFSOCK);
    expect(typeBy(guest, "lstat", join(directory, "link"))).toBe(-EACCES);
    expect(typeBy(guest, "lstat", join(directory, "file"))).toBe(-EACCES);
    expect(typeBy(guest, "lstat", "/etc/passwd")).toBe(-EACCES);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf("--allow-all");
    expect(guest.trace("lstat", guest.put("/run/a\0"), guest.allocate(144))).toBe(
      'lstat("/run/a", {st_mode=S_IFSOCK|0755, ...}) = 0',
    );
  });
});
