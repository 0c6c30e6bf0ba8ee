import { expect, it } from "vitest";
import { berkeleyImports, berkeleyNames } from "../../../host/abi/berkeley/imports.js";
import { abiContext } from "../../../host/abi/imports.js";
import { GuestMemory } from "../../../host/abi/memory.js";
import { AF_UNIX, SCM_RIGHTS, SOCK_STREAM, SOL_SOCKET } from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { PAGE, realGuest } from "../../fakes/guest.js";
import { pairOf, sendRights } from "../../fakes/message.js";

watchDescriptors();

/** The end of a memory whose last page is beyond what a signed number counts. */
const END = 2 ** 31 + PAGE;

it.each([
  { part: "all of a message", msg: END - 28, control: END - 64, room: 16, vector: END - 80, buffer: END - 96 },
  { part: "its control data alone", msg: 64, control: END - 16, room: 16, vector: 128, buffer: 192 },
  { part: "a room for control data", msg: 64, control: 4096, room: 2 ** 31 + 16, vector: 128, buffer: 192 },
])("recvmsg(2) has $part beyond 2 GiB", ({ msg, control, room, vector, buffer }) => {
  const guest = realGuest();
  const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
  expect(sendRights(guest, one, [0])).toBe(1);
  const memory = new GuestMemory();
  const large = new WebAssembly.Memory({ initial: END / PAGE });
  const { recvmsg } = berkeleyImports(abiContext(guest.core, memory), berkeleyNames());
  memory.attach(large);
  guest.kernel.attach(large);
  const view = new DataView(large.buffer);
  [buffer, 8].forEach((word, i) => {
    view.setUint32(vector + 4 * i, word, true);
  });
  [0, 0, vector, 1, control, room, -1].forEach((word, i) => {
    view.setUint32(msg + 4 * i, word, true);
  });
  expect(recvmsg?.(other as never, (msg | 0) as never, 0 as never)).toBe(1);
  expect(view.getUint8(buffer)).toBe("x".charCodeAt(0));
  expect([view.getUint32(msg + 20, true), view.getUint32(msg + 24, true)]).toEqual([16, 0]);
  const message = [0, 4, 8, 12].map((offset) => view.getInt32(control + offset, true));
  expect(message).toEqual([16, SOL_SOCKET, SCM_RIGHTS, 5]);
});
