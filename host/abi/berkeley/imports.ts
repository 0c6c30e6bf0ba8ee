import { type AbiContext, type AbiFunction, faulting, type ImportFunction } from "../imports.js";
import { sendto } from "./data.js";
import { close, dup, dup2, dup3, fcntl, poll, ppoll } from "./descriptors.js";
import { dataImports, decodedImports } from "./direct-imports.js";
import { epoll_create1, epoll_pwait } from "./epoll.js";
import { fstat, lstat, open, stat, unlink } from "./files.js";
import { idna_to_ascii } from "./idna.js";
import { recvmsg, sendmsg } from "./message.js";
import { getpeername, getsockname } from "./names.js";
import { getsockopt, setsockopt } from "./options.js";
import { pipe, pipe2, socketpair } from "./pairs.js";
import {
  getaddrinfo,
  getaddrinfo_async,
  getaddrinfo_result,
  getent,
  res_send,
  res_send_async,
  res_send_result,
} from "./resolver.js";
import { accept, accept4, bind, connect, listen, shutdown, socket } from "./socket.js";

/** The import module of this ABI; a change that breaks a compiled guest changes the name. */
export const BERKELEY_MODULE = "berkeley_sockets_v1";

/** Calls that are decoded in TypeScript. */
const FUNCTIONS: Readonly<Record<string, AbiFunction>> = {
  socket,
  socketpair,
  pipe,
  pipe2,
  bind,
  listen,
  accept,
  accept4,
  connect,
  shutdown,
  getsockname,
  getpeername,
  getsockopt,
  setsockopt,
  sendto,
  sendmsg,
  recvmsg,
  close,
  dup,
  dup2,
  dup3,
  fcntl,
  poll,
  ppoll,
  epoll_create1,
  epoll_pwait,
  open,
  stat,
  lstat,
  fstat,
  unlink,
  res_send,
  res_send_async,
  res_send_result,
  getaddrinfo,
  getaddrinfo_async,
  getaddrinfo_result,
  getent,
  idna_to_ascii,
};

/** The imports of `berkeley_sockets_v1`: each answers a result `>= 0`, or `-errno`. */
export function berkeleyImports(context: AbiContext): Record<string, ImportFunction> {
  const imports: Record<string, ImportFunction> = {};
  for (const [name, call] of Object.entries(FUNCTIONS)) imports[name] = faulting(context, call, asIs);
  return { ...imports, ...decodedImports(context), ...dataImports(context) };
}

/** This ABI's results are the core's: `-errno` is what a guest sees. */
const asIs = (result: number): number => result;

/** The type of each function: every parameter and the result are i32. */
export const BERKELEY_SIGNATURES: Readonly<Record<string, string>> = Object.fromEntries([
  ...Object.entries(FUNCTIONS).map(([name, call]) => [name, `${"i".repeat(call.length - 1)}:i`]),
  ...["read", "write", "readv", "writev"].map((name) => [name, "iii:i"]),
  ...["recv", "send", "epoll_ctl", "epoll_wait"].map((name) => [name, "iiii:i"]),
  ["recvfrom", "iiiiii:i"],
]);
