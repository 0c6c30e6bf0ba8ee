import { describe, expect, it } from "vitest";
import { AF_UNIX, SCM_RIGHTS, SOCK_STREAM, SOL_SOCKET } from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { guestOf, PAGE, realGuest, sockaddrOf } from "../../fakes/guest.js";
import { pairOf, putMessage, sendRights } from "../../fakes/message.js";

watchDescriptors();

/** The calls that have an import of their own, and arguments behind the descriptor that are good. */
const CALLS = {
  recvfrom: (guest: ReturnType<typeof guestOf>) => [guest.allocate(4), 4, 0, guest.allocate(16), guest.put32(16)],
  sendto: (guest: ReturnType<typeof guestOf>) => [guest.allocate(4), 4, 0, guest.put(sockaddrOf("127.0.0.1:9")), 16],
  sendmsg: (guest: ReturnType<typeof guestOf>) => [putMessage(guest, { data: ["hi"] }), 0],
  recvmsg: (guest: ReturnType<typeof guestOf>) => [putMessage(guest, { data: ["hi"] }), 0],
  accept: (guest: ReturnType<typeof guestOf>) => [guest.allocate(16), guest.put32(16)],
  accept4: (guest: ReturnType<typeof guestOf>) => [guest.allocate(16), guest.put32(16), 0],
  close: () => [],
} as const;
const NAMES = Object.keys(CALLS) as (keyof typeof CALLS)[];

describe("a call with an import of its own", () => {
  it.each(NAMES)("makes each argument a 32-bit number again (%s)", (name) => {
    const guest = guestOf("--allow-all");
    const fd = guest.udp();
    const args = CALLS[name](guest);
    const wrapped = [fd, ...args].map((argument) => argument + 2 ** 32 + 0.5);
    const before = guest.kernel.calls().length;
    expect(guest.call(name, ...wrapped)).toBeGreaterThanOrEqual(0);
    const calls = guest.kernel.calls().slice(before);
    expect(calls.length).toBeGreaterThan(0);
    const numbers = calls.flat().filter((argument) => typeof argument !== "boolean");
    for (const argument of numbers) expect(argument).toBe((argument as number) | 0);
  });

  it.each(NAMES)("does not take a bug of the host for a bad pointer (%s)", (name) => {
    const bug = (): never => {
      throw new TypeError("a bug of the host");
    };
    const kernel = { recvfrom: bug, sendto: bug, sendv: bug, sendmsg: bug, recvmsg: bug, accept4: bug, close: bug };
    const guest = guestOf("--allow-all", kernel);
    const fd = guest.udp();
    expect(() => guest.call(name, fd, ...CALLS[name](guest))).toThrow("a bug of the host");
  });
});

describe("the descriptors of a message", () => {
  it("are written where the control data lies in a memory that grew, and nowhere else", () => {
    const guest = realGuest();
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    expect(sendRights(guest, one, [one])).toBe(1);
    guest.memory.grow(1);
    const room = new Uint8Array(guest.memory.buffer, PAGE + 100, 48).fill(0xaa);
    const msg = guest.put32(0, 0, guest.putIovecs([guest.allocate(1), 1]), 1, PAGE + 116, 16, -1);
    expect(guest.call("recvmsg", other, msg, 0)).toBe(1);
    const fd = guest.view.getInt32(PAGE + 128, true);
    expect([...new Int32Array(room.slice(16, 32).buffer)]).toEqual([16, SOL_SOCKET, SCM_RIGHTS, fd]);
    expect([...room.subarray(0, 16), ...room.subarray(32)].every((octet) => octet === 0xaa)).toBe(true);
    for (const open of [fd, one, other]) expect(guest.call("close", open)).toBe(0);
  });
});
