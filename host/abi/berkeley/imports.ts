import { type AbiContext, type AbiFunction, faulting, type ImportFunction, signatureOf } from "../imports.js";
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

/** Each function's name. */
export function berkeleyNames(): string[] {
  return [...Object.keys(FUNCTIONS), ...Object.keys(DATA_SIGNATURES)];
}

/** The imports of `berkeley_sockets_v1` that have these names: each answers a result `>= 0`, or `-errno`. */
export function berkeleyImports(context: AbiContext, names: readonly string[]): Record<string, ImportFunction> {
  const direct = { ...decodedImports(context), ...dataImports(context) };
  const imports: Record<string, ImportFunction> = {};
  for (const name of names) {
    if (Object.hasOwn(direct, name)) imports[name] = direct[name] as ImportFunction;
    else if (Object.hasOwn(FUNCTIONS, name)) imports[name] = faulting(context, FUNCTIONS[name] as AbiFunction, asIs);
  }
  return imports;
}

/** This ABI's results are the core's: `-errno` is what a guest sees. */
const asIs = (result: number): number => result;

const DATA_SIGNATURES: Readonly<Record<string, string>> = {
  ...{ read: "iii:i", write: "iii:i", readv: "iii:i", writev: "iii:i" },
  ...{ recv: "iiii:i", send: "iiii:i", recvfrom: "iiiiii:i", epoll_ctl: "iiii:i", epoll_wait: "iiii:i" },
};

/** The type of a function: every parameter and the result are i32. Undefined for a name that is none. */
export function berkeleySignature(name: string): string | undefined {
  if (Object.hasOwn(DATA_SIGNATURES, name)) return DATA_SIGNATURES[name];
  return Object.hasOwn(FUNCTIONS, name) ? signatureOf(FUNCTIONS[name] as AbiFunction) : undefined;
}
