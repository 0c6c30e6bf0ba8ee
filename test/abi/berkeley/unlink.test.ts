import { describe, expect, it } from "vitest";
import { EACCES, EFAULT, ENOENT, EPERM, EROFS, O_DIRECTORY } from "../../../host/core/linux.generated.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { BAD_POINTER, guestOf } from "../../fakes/guest.js";

describe("unlink(2)", () => {
  it("removes the name from the directory that was judged", () => {
    const guest = guestOf("--allow-net-listen=unix:/run/a.sock", { pathOf: new TextEncoder().encode("/run") });
    expect(guest.call("unlink", guest.put("/run/../run/a.sock\0"))).toBe(0);
    const text = (bytes: unknown) => new TextDecoder().decode(bytes as Uint8Array);
    expect(guest.kernel.calls("openPath").map(([path, flags]) => [text(path), flags])).toEqual([
      ["/run/../run", O_DIRECTORY],
    ]);
    expect(guest.kernel.calls("unlinkat").map(([fd, name]) => [fd, text(name)])).toEqual([[FIRST_HOST_FD, "a.sock"]]);
    expect(guest.kernel.calls("close")).toEqual([[FIRST_HOST_FD]]);
  });

  it("stops at a refusal, and closes the directory", () => {
    const guest = guestOf("--allow-net-connect");
    expect(guest.call("unlink", guest.put("/run/a.sock\0"))).toBe(-EACCES);
    expect(guest.kernel.calls("unlinkat")).toEqual([]);
    expect(guest.kernel.calls("close")).toEqual([[FIRST_HOST_FD]]);
  });

  it("is refused where the directory has no name any more", () => {
    const guest = guestOf("--allow-net=unix:/run/**", { pathOf: -ENOENT });
    expect(guest.call("unlink", guest.put("/run/a.sock\0"))).toBe(-EACCES);
  });

  it.each([EPERM, EROFS, ENOENT])("passes the kernel's errno %i through", (errno) => {
    const guest = guestOf("--allow-net", { unlinkat: -errno });
    expect(guest.call("unlink", guest.put("/a\0"))).toBe(-errno);
  });

  it("answers EFAULT for a path outside memory", () => {
    expect(guestOf("--allow-net").call("unlink", BAD_POINTER)).toBe(-EFAULT);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf("", { pathOf: new TextEncoder().encode("/run") });
    expect(guest.trace("unlink", guest.put("/run/\u001b[31m\0"))).toBe(
      'unlink("/run/\\33[31m") = -1 EACCES (denied: no rule)',
    );
  });
});
