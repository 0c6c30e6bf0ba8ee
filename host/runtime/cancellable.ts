import type { SysResult } from "../core/errno.js";
import type { Kernel } from "../core/kernel.js";
import { ECANCELED } from "../core/linux.generated.js";
import { overridden } from "./overridden.js";
import { stop } from "./stop.js";

/**
 * A kernel whose waiting calls end the guest once it is cancelled.
 *
 * Only for guests that somebody may end: the others use the kernel as it is and pay nothing.
 */
export function cancellable(kernel: Kernel): Kernel {
  return overridden(kernel, {
    read: (a, b, c) => goesOn(kernel.read(a, b, c), "read", a),
    write: (a, b, c) => goesOn(kernel.write(a, b, c), "write", a),
    readv: (a, b, c) => goesOn(kernel.readv(a, b, c), "readv", a),
    writev: (a, b, c) => goesOn(kernel.writev(a, b, c), "writev", a),
    recv: (a, b, c, d) => goesOn(kernel.recv(a, b, c, d), "recv", a),
    send: (a, b, c, d) => goesOn(kernel.send(a, b, c, d), "send", a),
    recvfrom: (a, b, c, d, e, f) => goesOn(kernel.recvfrom(a, b, c, d, e, f), "recvfrom", a),
    sendto: (a, b, c, d) => goesOn(kernel.sendto(a, b, c, d), "sendto", a),
    sendtoAllowed: (a, b, c, d, e, f, g) => goesOn(kernel.sendtoAllowed(a, b, c, d, e, f, g), "sendto", a),
    recvv: (a, b, c, d) => goesOn(kernel.recvv(a, b, c, d), "recvmsg", a),
    sendv: (a, b, c, d) => goesOn(kernel.sendv(a, b, c, d), "sendmsg", a),
    recvmsg: (a, b, c, d) => goesOn(kernel.recvmsg(a, b, c, d), "recvmsg", a),
    sendmsg: (a, b, c, d) => goesOn(kernel.sendmsg(a, b, c, d), "sendmsg", a),
    preadv: (a, b, c, d) => goesOn(kernel.preadv(a, b, c, d), "preadv", a),
    pwritev: (a, b, c, d) => goesOn(kernel.pwritev(a, b, c, d), "pwritev", a),
    accept4: (a, b) => goesOn(kernel.accept4(a, b), "accept", a),
    connect: (a) => goesOn(kernel.connect(a), "connect", a),
    connectFile: (a, b) => goesOn(kernel.connectFile(a, b), "connect", a),
    getrandom: (a, b) => goesOn(kernel.getrandom(a, b), "getrandom", -1),
    poll: (a, b, c) => polled(kernel.poll(a, b, c), a, b),
    epollWait: (a, b, c, d) => goesOn(kernel.epollWait(a, b, c, d), "epoll_wait", a),
  });
}

function goesOn(result: SysResult, name: string, hostFd: number): SysResult {
  if (result === -ECANCELED) stop("cancelled", { name, hostFds: [hostFd] });
  return result;
}

function polled(result: SysResult, pollfds: Uint8Array, count: number): SysResult {
  if (result !== -ECANCELED) return result;
  const words = new Int32Array(pollfds.buffer, pollfds.byteOffset, count * 2);
  return stop("cancelled", { name: "poll", hostFds: [...words.filter((_, index) => index % 2 === 0)] });
}
