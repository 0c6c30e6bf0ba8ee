import { describe, expect, it } from "vitest";
import { EACCES, EFAULT, EINVAL } from "../../../host/core/linux.generated.js";
import { BAD_POINTER, type Guest, guestOf } from "../../fakes/guest.js";
import { machineWith } from "../../fakes/machine.js";

const SERVICES = 0;
const PROTOCOLS = 1;
const RESOLV_CONF = 2;

const FILES = {
  services: "http 80/tcp www\n# ünïcödé\ndomain 53/udp\n",
  resolvConf:
    "# comment\nnameserver 192.0.2.53\nsearch corp.test\nsortlist 10.0.0.0\ndomain a\noptions ndots:2 rotate\n",
};

function guestWith(flags = ""): Guest {
  return guestOf(flags, {}, { resolver: machineWith(FILES) });
}

/** All of a database, read as many bytes at a time. */
function read(guest: Guest, database: number, step: number): string {
  const buf = guest.allocate(step);
  const chunks: Uint8Array[] = [];
  for (let offset = 0; ; offset += step) {
    const size = guest.call("getent", database, offset, buf, step);
    if (size <= 0) return Buffer.concat(chunks).toString();
    chunks.push(guest.get(buf, size));
  }
}

describe("getent", () => {
  it.each([1, 7, 4096])("reads services(5) %i bytes at a time", (step) => {
    expect(read(guestWith(), SERVICES, step)).toBe(FILES.services);
  });

  it("has no text of a file that is not there, nor behind the end", () => {
    const guest = guestWith();
    expect(read(guest, PROTOCOLS, 64)).toBe("");
    expect(guest.call("getent", SERVICES, -1, 64, 64)).toBe(0);
    expect(guest.call("getent", SERVICES, 0, 64, 0)).toBe(0);
  });

  it("tells of resolv.conf(5) how names are completed, and not who is asked", () => {
    expect(read(guestWith("--allow-net-resolve=a.test"), RESOLV_CONF, 64)).toBe(
      "search corp.test\ndomain a\noptions ndots:2 rotate\n",
    );
  });

  it.each(["", "--allow-net-connect", "--allow-net=10.0.0.1", "--allow-all --deny-net", "-N --deny-net-resolve"])(
    "answers EACCES for it without any right to resolve: '%s'",
    (flags) => {
      const guest = guestWith(flags.replace("-N", "--allow-net"));
      expect(guest.call("getent", RESOLV_CONF, 0, 64, 64)).toBe(-EACCES);
      // Not told: whoever goes on to look a name up is told then.
      expect(guest.denials).toEqual([]);
    },
  );

  it.each([-1, 3, 99])("answers EINVAL for database %i", (database) => {
    expect(guestWith("--allow-all").call("getent", database, 0, 64, 64)).toBe(-EINVAL);
  });

  it("answers EFAULT for a buffer outside memory", () => {
    expect(guestWith().call("getent", SERVICES, 0, BAD_POINTER, 64)).toBe(-EFAULT);
    expect(guestWith().call("getent", SERVICES, 0, 64, -1)).toBe(-EFAULT);
  });

  it("is traced as what it reads", () => {
    const guest = guestWith();
    expect(guest.trace("getent", SERVICES, 0, guest.allocate(8), 8)).toBe('getent(services, 0, "http 80/", 8) = 8');
    expect(guest.trace("getent", RESOLV_CONF, 0, guest.allocate(8), 8)).toBe(
      "getent(resolv.conf, 0, ?, 8) = -1 EACCES (Permission denied)",
    );
  });
});
