import { mkdtempSync, realpathSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { EBADF, EFAULT, O_RDONLY, S_IFMT, S_IFREG, S_IFSOCK } from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { guestOf, NO_SUCH_FD, PAGE, realGuest } from "../../fakes/guest.js";

watchDescriptors();

describe("fstat(2)", () => {
  it("tells of what is open, without any right, whatever has its name", () => {
    const directory = realpathSync(mkdtempSync(join(tmpdir(), "sockyard-test-")));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const path = join(directory, "file");
    writeFileSync(path, "text", { mode: 0o640 });
    const guest = realGuest(`--allow-read=${path}`);
    const fd = guest.call("open", guest.put(`${path}\0`), O_RDONLY, 0);
    unlinkSync(path);
    const statbuf = guest.allocate(144);
    expect(guest.call("fstat", fd, statbuf)).toBe(0);
    expect(guest.view.getUint32(statbuf + 24, true) & (S_IFMT | 0o707)).toBe(S_IFREG | 0o600);
    expect([16, 48].map((at) => guest.view.getBigUint64(statbuf + at, true))).toEqual([0n, 4n]);
    expect(guest.call("fstat", guest.unix(), statbuf)).toBe(0);
    expect(guest.view.getUint32(statbuf + 24, true) & S_IFMT).toBe(S_IFSOCK);
  });

  it("answers EBADF before it looks at the buffer, which it claims before it asks", () => {
    const guest = guestOf();
    expect(guest.call("fstat", NO_SUCH_FD, PAGE)).toBe(-EBADF);
    expect(guest.call("fstat", -1, guest.allocate(144))).toBe(-EBADF);
    const fd = guest.tcp();
    const before = guest.kernel.calls().length;
    expect(guest.call("fstat", fd, PAGE - 143)).toBe(-EFAULT);
    expect(guest.kernel.calls()).toHaveLength(before);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf();
    const fd = guest.tcp();
    expect(guest.trace("fstat", fd, guest.allocate(144))).toBe(`fstat(${fd}<TCP>, {st_mode=S_IFSOCK|0755, ...}) = 0`);
  });
});
