// Two errors that Linux has a number and a text for, and never gives a program
// with sockets: no call of its sources for TCP, UDP or Unix sockets returns
// them. Other systems do. SimulatedKernel is such a system, as much of it as
// two errors need; it runs in this program, and no call of it reaches Linux.

import { EBADF, ENETRESET, EPFNOSUPPORT, fail } from "sockyard/errno";
import { AF_APPLETALK, AF_INET, SOCK_DGRAM, SOCK_STREAM } from "sockyard/socket";
import { report } from "./report";

export function showSimulatedErrors(): void {
  const kernel = new SimulatedKernel();
  const family = kernel.socket(AF_APPLETALK, SOCK_DGRAM);
  report(EPFNOSUPPORT, family, "[simulated] socket() of a family; Linux says EAFNOSUPPORT");

  const fd = kernel.socket(AF_INET, SOCK_STREAM);
  kernel.restartPeer();
  report(ENETRESET, kernel.recv(fd), "[simulated] recv() after keep-alive met a restarted peer; Linux says ECONNRESET");
}

/** A kernel that has stream sockets of AF_INET, and tells what Linux does not. */
class SimulatedKernel {
  private isConnected: bool = false;
  private isPeerRestarted: bool = false;

  /** Connected at once: there is one peer. */
  socket(family: i32, type: i32): i32 {
    // It tells families of protocols, which it does not have, from families of addresses.
    if (family != AF_INET || type != SOCK_STREAM) return fail(EPFNOSUPPORT);
    this.isConnected = true;
    return 3;
  }

  /** The peer's machine restarts: it no longer knows of the connection. */
  restartPeer(): void {
    this.isPeerRestarted = true;
  }

  /** Keep-alive finds that out: the network, not the peer's program, has dropped the connection. */
  recv(fd: i32): i32 {
    if (!this.isConnected || fd != 3) return fail(EBADF);
    if (!this.isPeerRestarted) return 0;
    this.isConnected = false;
    return fail(ENETRESET);
  }
}
