// Makes the calls that its arguments name, and prints what became of each.
//
//   CALL=ADDRESS   connect, bind, listen, send (udp), unlink or stat, with
//                  tcp:127.0.0.1:80, udp:[::1]:53, unix:/path, unix:@abstract
//   open=PATH      to read; create=PATH to write
//   A=NAME         looks up by a query of its own; also AAAA=NAME
//   system=NAME    looks up by the host's system
//   packet=        a packet socket
//   exit=STATUS    ends
//
// A line for each: `connect=tcp:127.0.0.1:80 0`, with the error's number in place of 0.

import { errno } from "sockyard/errno";
import { argv, exit, stdout } from "sockyard/process";
import { SockaddrIn, SockaddrIn6, SockaddrUn, SUN_LEN } from "sockyard/sockaddr";
import {
  AF_INET,
  AF_INET6,
  AF_PACKET,
  AF_UNIX,
  bind,
  close,
  connect,
  listen,
  O_CREAT,
  O_RDONLY,
  O_WRONLY,
  open,
  SIZEOF_SOCKADDR_IN,
  SIZEOF_SOCKADDR_IN6,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_STREAM,
  Stat,
  sendto,
  socket,
  stat,
  unlink,
} from "sockyard/socket";
import { getaddrinfo, res_send } from "./imports/berkeley_sockets_v1";

const buffer = new ArrayBuffer(4096);

/** Asks for the records of `type` (1: A, 28: AAAA) that `name` has; 0, or `-errno`. */
function lookUp(name: string, type: u8): i32 {
  const query: u8[] = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
  for (let start = 0; start < name.length; ) {
    const dot = name.indexOf(".", start);
    const end = dot == -1 ? name.length : dot;
    query.push(<u8>(end - start));
    for (let i = start; i < end; i++) query.push(<u8>name.charCodeAt(i));
    start = end + 1;
  }
  query.push(0);
  query.push(0);
  query.push(type);
  query.push(0);
  query.push(1);
  return min(res_send(query.buffer, query.length, buffer, buffer.byteLength), 0);
}

function attempt(call: string, target: string): i32 {
  if (call == "A") return lookUp(target, 1);
  if (call == "AAAA") return lookUp(target, 28);
  if (call == "system") return min(getaddrinfo(String.UTF8.encode(target, true), 0, buffer, 0), 0);
  if (call == "packet") return socket(AF_PACKET, SOCK_RAW, 0);
  if (call == "open") return open(target, O_RDONLY);
  if (call == "create") return open(target, O_WRONLY | O_CREAT, 0o600);
  if (call == "unlink") return unlink(target);
  if (call == "stat") return stat(target, new Stat());
  const colon = target.indexOf(":");
  const transport = target.substring(0, colon);
  const address = target.substring(colon + 1);
  const type = transport == "udp" ? SOCK_DGRAM : SOCK_STREAM;
  if (transport == "unix") {
    const name = address.startsWith("@") ? "\0" + address.substring(1) : address;
    const path = SockaddrUn.from(name)!;
    return use<SockaddrUn>(call, socket(AF_UNIX, type, 0), path, SUN_LEN(path));
  }
  const last = address.lastIndexOf(":");
  const port = address.substring(last + 1);
  if (address.startsWith("[")) {
    const six = SockaddrIn6.from(address.substring(1, last - 1), port)!;
    return use<SockaddrIn6>(call, socket(AF_INET6, type, 0), six, SIZEOF_SOCKADDR_IN6);
  }
  const four = SockaddrIn.from(address.substring(0, last), port)!;
  return use<SockaddrIn>(call, socket(AF_INET, type, 0), four, SIZEOF_SOCKADDR_IN);
}

function use<A>(call: string, fd: i32, address: A, length: u32): i32 {
  let result = -1;
  if (call == "connect") result = connect(fd, address, length);
  if (call == "bind") result = bind(fd, address, length);
  if (call == "listen") result = listen(fd, 1);
  if (call == "send") result = sendto(fd, new StaticArray<u8>(1), 1, 0, address, length);
  const error = errno;
  close(fd);
  if (result < 0 && error == 0) throw new Error(call);
  return result;
}

for (let i = 1; i < argv.length; i++) {
  const equals = argv[i].indexOf("=");
  const call = argv[i].substring(0, equals);
  const target = argv[i].substring(equals + 1);
  if (call == "exit") exit(I32.parseInt(target));
  const result = attempt(call, target);
  // Look-ups answer -errno; the others set it.
  const error = result < -1 ? -result : errno;
  stdout.write(`${argv[i]} ${result < 0 ? error : 0}\n`);
}
