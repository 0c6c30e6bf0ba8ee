import type { SysResult } from "../core/errno.js";
import type { Kernel } from "../core/kernel.js";
import { ECANCELED } from "../core/linux.generated.js";

/** The guest was cancelled while it waited: unwinds it, and is caught where it was started. */
export class GuestCancelled extends Error {
  override readonly name = "GuestCancelled";
}

/**
 * A kernel whose waiting calls end the guest once it is cancelled.
 *
 * Only for guests with limits: the others use the kernel as it is and pay nothing.
 */
export function cancellable(kernel: Kernel): Kernel {
  return Object.create(kernel, {
    ...override("read", (a, b, c) => ended(kernel.read(a, b, c))),
    ...override("write", (a, b, c) => ended(kernel.write(a, b, c))),
    ...override("readv", (a, b, c) => ended(kernel.readv(a, b, c))),
    ...override("writev", (a, b, c) => ended(kernel.writev(a, b, c))),
    ...override("recv", (a, b, c, d) => ended(kernel.recv(a, b, c, d))),
    ...override("send", (a, b, c, d) => ended(kernel.send(a, b, c, d))),
    ...override("recvfrom", (a, b, c, d) => ended(kernel.recvfrom(a, b, c, d))),
    ...override("sendto", (a, b, c, d) => ended(kernel.sendto(a, b, c, d))),
    ...override("recvv", (a, b, c, d) => ended(kernel.recvv(a, b, c, d))),
    ...override("sendv", (a, b, c, d) => ended(kernel.sendv(a, b, c, d))),
    ...override("sendmsg", (a, b, c, d) => ended(kernel.sendmsg(a, b, c, d))),
    ...override("recvmsg", (a, b, c, d) => ended(kernel.recvmsg(a, b, c, d))),
    ...override("preadv", (a, b, c, d) => ended(kernel.preadv(a, b, c, d))),
    ...override("pwritev", (a, b, c, d) => ended(kernel.pwritev(a, b, c, d))),
    ...override("accept4", (a, b) => ended(kernel.accept4(a, b))),
    ...override("connect", (a) => ended(kernel.connect(a))),
    ...override("connectFile", (a, b) => ended(kernel.connectFile(a, b))),
    ...override("getrandom", (a, b) => ended(kernel.getrandom(a, b))),
    ...override("poll", (a, b, c) => ended(kernel.poll(a, b, c))),
    ...override("epollWait", (a, b, c, d) => ended(kernel.epollWait(a, b, c, d))),
  }) as Kernel;
}

function override<Name extends keyof Kernel>(name: Name, value: Kernel[Name]): PropertyDescriptorMap {
  return { [name]: { value } };
}

function ended(result: SysResult): SysResult {
  if (result === -ECANCELED) throw new GuestCancelled();
  return result;
}
