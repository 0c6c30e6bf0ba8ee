import { describe, expect, it } from "vitest";
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  AF_UNSPEC,
  EACCES,
  EAGAIN,
  EFAULT,
  EINVAL,
  ENOENT,
} from "../../../host/core/linux.generated.js";
import { bytesOfText } from "../../core/permissions/ip-model.js";
import type { FakeKernel, Script } from "../../fakes/fake-kernel.js";
import { addressText, BAD_POINTER, type Guest, guestOf } from "../../fakes/guest.js";
import { machineWith } from "../../fakes/machine.js";

const ENTRY = 20;
const FOUND = ["93.184.216.34", "2606:4700::1", "10.0.0.5"].map(bytesOfText);

function guestWith(flags: string, script: Script = { finishGetaddrinfo: () => FOUND }): Guest<FakeKernel> {
  return guestOf(flags, script, { resolver: machineWith({ hosts: "10.1.1.1 db.corp.test db\nfd00::1 db\n" }) });
}

/** The addresses that the guest is given, or the errno. */
function addressesOf(guest: Guest, node: string, family = AF_UNSPEC): string[] | number {
  const buf = guest.allocate(ENTRY * 8);
  const count = guest.call("getaddrinfo", guest.put(`${node}\0`), family, buf, ENTRY * 8);
  if (count < 0) return count;
  return Array.from({ length: count }, (_, i) => {
    const isFour = guest.view.getUint16(buf + i * ENTRY, true) === AF_INET;
    return addressText.format(guest.get(buf + i * ENTRY + 4, isFour ? 4 : 16));
  });
}

describe("getaddrinfo", () => {
  it("has the system's addresses of one complete name", () => {
    const guest = guestWith("--allow-net-resolve");
    expect(addressesOf(guest, "BÜCHER.de.")).toEqual(["93.184.216.34", "2606:4700::1", "10.0.0.5"]);
    expect(guest.kernel.calls("startGetaddrinfo")).toEqual([
      [new TextEncoder().encode("xn--bcher-kva.de."), AF_UNSPEC],
    ]);
  });

  it("has those of the family that is asked for", () => {
    const guest = guestWith("--allow-net-resolve");
    expect(addressesOf(guest, "a.test", AF_INET)).toEqual(["93.184.216.34", "10.0.0.5"]);
    expect(addressesOf(guest, "a.test", AF_INET6)).toEqual(["2606:4700::1"]);
    expect(addressesOf(guest, "a.test", AF_UNIX)).toBe(-EINVAL);
  });

  it("answers localhost and hosts(5) without the system", () => {
    const guest = guestWith("--allow-net-resolve");
    expect(addressesOf(guest, "localhost")).toEqual(["127.0.0.1", "::1"]);
    expect(addressesOf(guest, "a.localhost", AF_INET6)).toEqual(["::1"]);
    expect(addressesOf(guest, "db")).toEqual(["10.1.1.1", "fd00::1"]);
    expect(guest.kernel.calls("startGetaddrinfo")).toEqual([]);
  });

  it.each(["127.1", "2130706433", "0x7f.1", "127.0.0.1", "::1", "①②⑦.0.0.1", "", "a..b", "a b", "ü#", "a".repeat(64)])(
    "answers EINVAL for '%s', which the system never sees",
    (node) => {
      const guest = guestWith("--allow-all");
      expect(addressesOf(guest, node)).toBe(-EINVAL);
      expect(guest.kernel.calls("startGetaddrinfo")).toEqual([]);
    },
  );

  it("answers EINVAL for bytes that are no UTF-8, or too many", () => {
    const guest = guestWith("--allow-all");
    expect(guest.call("getaddrinfo", guest.put(Uint8Array.of(0xff, 0x61, 0)), 0, 64, 0)).toBe(-EINVAL);
    expect(guest.call("getaddrinfo", guest.put("a".repeat(2000)), 0, 64, 0)).toBe(-EINVAL);
    expect(guest.kernel.calls("startGetaddrinfo")).toEqual([]);
  });

  it("is judged by the name", () => {
    const guest = guestWith("--allow-net-resolve=a.test");
    expect(addressesOf(guest, "b.test")).toBe(-EACCES);
    expect(addressesOf(guest, "localhost")).toBe(-EACCES);
    expect(guest.kernel.calls("startGetaddrinfo")).toEqual([]);
    expect(addressesOf(guest, "A.test")).toHaveLength(3);
  });

  it("opens the public addresses that it has found to the name's rule", () => {
    const guest = guestWith("--allow-net=a.test:443");
    expect(guest.connect(guest.tcp(), "93.184.216.34:443")).toBe(-EACCES);
    addressesOf(guest, "a.test");
    expect(guest.connect(guest.tcp(), "93.184.216.34:443")).toBe(0);
    expect(guest.connect(guest.tcp(), "10.0.0.5:443")).toBe(-EACCES);
  });

  it.each([ENOENT, EAGAIN])("passes the system's errno %i through", (errno) => {
    expect(addressesOf(guestWith("--allow-net-resolve", { finishGetaddrinfo: -errno }), "a.test")).toBe(-errno);
  });

  it("writes the entries that fit, and answers how many there are", () => {
    const guest = guestWith("--allow-net-resolve");
    const buf = guest.put(new Uint8Array(60).fill(0xaa));
    expect(guest.call("getaddrinfo", guest.put("a.test\0"), AF_UNSPEC, buf, 39)).toBe(3);
    expect([...guest.get(buf, 21)]).toEqual([AF_INET, 0, 0, 0, 93, 184, 216, 34, ...new Array(12).fill(0), 0xaa]);
  });

  it("answers EFAULT before it asks anybody", () => {
    const guest = guestWith("--allow-net-resolve");
    expect(guest.call("getaddrinfo", BAD_POINTER, 0, 64, 20)).toBe(-EFAULT);
    expect(guest.call("getaddrinfo", guest.put("a.test\0"), 0, BAD_POINTER, 20)).toBe(-EFAULT);
    expect(guest.call("getaddrinfo", guest.put("a.test\0"), 0, 64, -1)).toBe(-EFAULT);
    expect(guest.kernel.calls("startGetaddrinfo")).toEqual([]);
  });

  it("is traced as strace would print it", () => {
    const guest = guestWith("--allow-net-resolve=a.test");
    const trace = (node: string, len: number): string =>
      guest.trace("getaddrinfo", guest.put(`${node}\0`), AF_UNSPEC, guest.allocate(80), len);
    expect(trace("a.test", 80)).toBe(
      'getaddrinfo("a.test", AF_UNSPEC, [93.184.216.34, 2606:4700::1, 10.0.0.5], 80) = 3',
    );
    expect(trace("a.test", 20)).toBe('getaddrinfo("a.test", AF_UNSPEC, [93.184.216.34], 20) = 3');
    expect(trace("b.test", 80)).toBe('getaddrinfo("b.test", AF_UNSPEC, ?, 80) = -1 EACCES (denied: no rule)');
  });
});
