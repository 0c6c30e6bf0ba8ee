// The system's own resolver: nsswitch.conf, in a thread of the host's.

import * as sys from "../bindings/berkeley";
import { Chan } from "../go/channel";
import { EINPROGRESS, POLLIN } from "../linux.generated";
import { HostAddresses } from "../netdb/host-addresses";
import { Waiter } from "../netdb/waiter";

// struct host_address
//   0  u16     family   host order
//   2  u16     0
//   4  u8[16]  address  network order; IPv4 in the first 4
const SIZEOF_HOST_ADDRESS: i32 = 20;
const MAX_ADDRESSES: i32 = 256;

/** The host has threads for 16; a program that is not alone leaves some to the others. */
const MAX_RUNNING: i32 = 8;

// @ts-ignore: decorator
@lazy const running: Chan<bool> = new Chan<bool>(MAX_RUNNING);

/**
 * Adds the addresses of a complete host name to `found`, by the system's resolver. `family`: of this one only, or
 * AF_UNSPEC.
 *
 * 0, or a negated errno: -EACCES, -ENOENT if there is no such name, -EAGAIN if it cannot be told now, -EINVAL for what is
 * no host name, and those of `waiter`. Waits its turn if many are under way.
 */
export function lookUpSystem(name: string, family: i32, waiter: Waiter, found: HostAddresses): i32 {
  running.send(true);
  const result = ask(String.UTF8.encode(name, true), family, waiter, found);
  running.recv();
  return result;
}

function ask(name: ArrayBuffer, family: i32, waiter: Waiter, found: HostAddresses): i32 {
  const refused = waiter.check();
  if (refused != 0) return refused;
  const fd = sys.getaddrinfo_async(changetype<usize>(name), family);
  if (fd < 0) return fd;
  const buffer = new StaticArray<u8>(MAX_ADDRESSES * SIZEOF_HOST_ADDRESS);
  const entries = changetype<usize>(buffer);
  let count = sys.getaddrinfo_result(fd, entries, buffer.length);
  while (count == -EINPROGRESS) {
    const ready = waiter.wait(fd, POLLIN, i64.MAX_VALUE);
    count = ready < 0 ? ready : sys.getaddrinfo_result(fd, entries, buffer.length);
  }
  waiter.forget(fd);
  sys.close(fd);
  for (let i = 0; i < min(count, MAX_ADDRESSES); i++) {
    const entry = entries + i * SIZEOF_HOST_ADDRESS;
    found.add(load<u16>(entry), entry + 4);
  }
  return min(count, 0);
}
