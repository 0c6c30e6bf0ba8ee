import { describe, expect, it } from "vitest";
import { EACCES, EFAULT, EIO, ELOOP, ENOENT, ENOTDIR, S_IFREG, S_IFSOCK } from "../../../host/core/linux.generated.js";
import { FAKE_STATUS, FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { BAD_POINTER, guestOf, PAGE } from "../../fakes/guest.js";

describe("stat(2)", () => {
  it("writes struct stat as wasi-libc lays it out for wasm32", () => {
    const guest = guestOf("--allow-net-connect", { pathOf: new TextEncoder().encode("/run/a.sock") });
    const statbuf = guest.put(new Uint8Array(152).fill(0xaa));
    expect(guest.call("stat", guest.put("/run/a.sock\0"), statbuf)).toBe(0);
    const { view } = guest;
    const u64 = (offset: number) => view.getBigUint64(statbuf + offset, true);
    const u32 = (offset: number) => view.getUint32(statbuf + offset, true);
    expect([0, 8, 16, 40, 48, 64].map(u64)).toEqual([1n, 2n, 3n, 6n, 7n, 9n]);
    expect([24, 28, 32, 56].map(u32)).toEqual([S_IFSOCK | 0o755, 4, 5, 8]);
    expect([72, 88, 104].map((at) => [u64(at), u32(at + 8)])).toEqual([
      [10n, 1],
      [20n, 2],
      [30n, 3],
    ]);
    // Padding is cleared, and nothing is written beyond the struct.
    expect([36, 60, 84, 100, 116, 140].map(u32)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(u64(144)).toBe(0xaaaaaaaaaaaaaaaan);
  });

  it("claims its buffer before it opens anything", () => {
    const guest = guestOf("--allow-net");
    expect(guest.call("stat", guest.put("/a\0"), PAGE - 143)).toBe(-EFAULT);
    expect(guest.kernel.calls()).toEqual([]);
  });

  it("answers EFAULT for a path that runs out of memory", () => {
    const guest = guestOf("--allow-net");
    new Uint8Array(guest.memory.buffer).fill(0x61, PAGE - 8);
    expect(guest.call("stat", PAGE - 8, guest.allocate(144))).toBe(-EFAULT);
  });

  it.each([ENOENT, ENOTDIR, ELOOP])("passes the errno %i of a path through, if it is granted", (errno) => {
    const statIn = (flags: string) => {
      const guest = guestOf(flags, { openPath: -errno });
      return guest.call("stat", guest.put("/run/a.sock\0"), guest.allocate(144));
    };
    expect(statIn("--allow-net=unix:/run/a.sock")).toBe(-errno);
    expect(statIn("--allow-net=unix:/run/b.sock")).toBe(-EACCES);
  });

  it("closes what it opened, whatever comes of it", () => {
    for (const script of [{}, { fstat: -EIO }, { pathOf: -EIO }, { fstat: { ...FAKE_STATUS, mode: S_IFREG } }]) {
      const guest = guestOf("--allow-net", script);
      guest.call("stat", guest.put("/a\0"), guest.allocate(144));
      expect(guest.kernel.calls("close").flat()).toEqual([FIRST_HOST_FD]);
    }
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf("--allow-net-connect");
    const path = guest.put("/run/a.sock\0");
    expect(guest.trace("stat", path, guest.allocate(144))).toBe(
      'stat("/run/a.sock", {st_mode=S_IFSOCK|0755, ...}) = 0',
    );
    expect(guestOf().trace("stat", BAD_POINTER, 8)).toBe("stat(0xffffffff, ?) = -1 EFAULT (Bad address)");
  });
});
