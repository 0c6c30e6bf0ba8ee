import { describe, expect, it } from "vitest";
import { preview1Errno } from "../../host/abi/preview1/errno.js";
import { EBADF, EIO, EOPNOTSUPP, ERRNO_TABLE, ESPIPE } from "../../host/core/linux.generated.js";
import { compileGuest, startGuest } from "./guest.js";

const SEEKING = `
import { seekIn } from "sockyard/os/position";
export function seek(): i32 { return <i32>seekIn(3, 0, 0); }
`;

const PRINTING = `
import { create, stdout } from "sockyard/os";
const file = create("file").value;
stdout.writeString(file.name);
`;

describe("places in files", () => {
  it("have Linux's errnos for those of preview1", async () => {
    let answer = 0;
    const guest = await startGuest(SEEKING, () => ({ wasi_snapshot_preview1: { fd_seek: () => answer } }));
    const linuxErrno = (wasi: number) => {
      answer = wasi;
      return -guest.call("seek");
    };
    for (const errno of ERRNO_TABLE.keys()) {
      const wasi = preview1Errno(errno);
      expect([wasi, preview1Errno(linuxErrno(wasi))]).toEqual([wasi, wasi]);
    }
    // Those that others come near to, and one that there is not.
    for (const errno of [EIO, EBADF, ESPIPE, EOPNOTSUPP]) expect(linuxErrno(preview1Errno(errno))).toBe(errno);
    expect(linuxErrno(77)).toBe(EIO);
  });

  it("cost nothing in a program that has no use for them", async () => {
    const module = new WebAssembly.Module(await compileGuest(PRINTING));
    const names = WebAssembly.Module.imports(module).map(({ name }) => name);
    expect(names).toContain("open");
    expect(names.filter((name) => ["fd_seek", "fd_pread", "fd_pwrite", "fstat"].includes(name))).toEqual([]);
  });
});
