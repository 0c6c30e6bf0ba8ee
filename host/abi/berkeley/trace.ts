import { isErrno, type SysResult } from "../../core/errno.js";
import {
  EPOLL_CTL_DEL,
  F_DUPFD,
  F_DUPFD_CLOEXEC,
  F_SETFD,
  F_SETFL,
  O_CREAT,
  S_IFMT,
} from "../../core/linux.generated.js";
import * as notation from "../../core/trace/notation.js";
import type { Recorder } from "../../core/trace/recorder.js";
import type { AbiContext, ImportFunction } from "../imports.js";
import { GuestFault } from "../memory.js";
import { printMessage } from "./trace-message.js";
import { dnsAnswer, dnsQuery, hostAddresses as printHostAddresses } from "./trace-resolver.js";

/** As the guest library calls them. */
const DATABASE_NAMES: readonly string[] = ["services", "protocols", "resolv.conf"];

/** One traced call: its arguments, and what they point at. */
interface Call {
  readonly context: AbiContext;
  readonly recorder: Recorder;
  readonly args: readonly number[];
  /** Undefined until the call has returned. */
  readonly result?: SysResult;
}

/** Prints argument `index` of a call. */
interface Printer {
  readonly when: "before" | "after";
  print(call: Call, index: number): string;
}

const before = (print: Printer["print"]): Printer => ({ when: "before", print });
const after = (print: Printer["print"]): Printer => ({ when: "after", print });
const arg = (call: Call, index: number): number => call.args[index] ?? 0;

const int = before((call, i) => String(arg(call, i)));
const unsigned = before((call, i) => String(arg(call, i) >>> 0));
const fd = before((call, i) => call.recorder.descriptor(arg(call, i)));
const domain = before((call, i) => notation.symbol(notation.FAMILIES, arg(call, i)));
const type = before((call, i) => notation.socketType(arg(call, i)));
const protocol = before((call, i) => notation.protocolName(arg(call, 0), arg(call, i)));
const how = before((call, i) => notation.symbol(notation.HOWS, arg(call, i)));
const acceptFlags = before((call, i) => notation.flagsOf(notation.TYPE_FLAGS, arg(call, i)));
const messageFlags = before((call, i) => notation.flagsOf(notation.MESSAGE_FLAGS, arg(call, i)));
const level = before((call, i) => notation.symbol(notation.LEVELS, arg(call, i)));
const option = before((call, i) => notation.optionName(arg(call, i - 1), arg(call, i)));
const command = before((call, i) => notation.symbol(notation.FCNTL_COMMANDS, arg(call, i)));
const path = before((call, i) =>
  notation.quote(call.context.memory.cString(arg(call, i), 4096) ?? new Uint8Array(0), 256),
);

/** Bytes that the call reads; their number is the next argument. */
const input = before((call, i) => notation.quote(call.context.memory.bytes(arg(call, i), arg(call, i + 1))));
/** Bytes that the call wrote; their number is its result. */
const output = after((call, i) =>
  failed(call) ? unwritten(arg(call, i)) : notation.quote(call.context.memory.bytes(arg(call, i), call.result ?? 0)),
);
const address = before((call, i) => printAddress(call, arg(call, i), arg(call, i + 1)));
const addressOut = after((call, i) =>
  failed(call) || arg(call, i) === 0
    ? unwritten(arg(call, i))
    : printAddress(call, arg(call, i), call.context.memory.getInt32(arg(call, i + 1))),
);
const lengthOut = after((call, i) => (arg(call, i) === 0 ? "NULL" : `[${call.context.memory.getInt32(arg(call, i))}]`));
const value = before((call, i) => printValue(call, arg(call, i), arg(call, i + 1)));
const valueOut = after((call, i) =>
  failed(call)
    ? unwritten(arg(call, i))
    : printValue(call, arg(call, i), call.context.memory.getInt32(arg(call, i + 1))),
);
const fcntlArgument = before((call, i) => {
  const [, cmd = 0] = call.args;
  if (cmd === F_SETFL) return notation.flagsOf(notation.STATUS_FLAGS, arg(call, i));
  return cmd === F_SETFD || cmd === F_DUPFD || cmd === F_DUPFD_CLOEXEC ? String(arg(call, i)) : "";
});
const vectorIn = before((call, i) => printVector(call, arg(call, i), arg(call, i + 1), Number.POSITIVE_INFINITY));
const vectorOut = after((call, i) =>
  failed(call) ? unwritten(arg(call, i)) : printVector(call, arg(call, i), arg(call, i + 1), call.result ?? 0),
);
const pollIn = before((call, i) => printPoll(call, arg(call, i), arg(call, i + 1), 4));
const statOut = after((call, i) => {
  if (failed(call)) return unwritten(arg(call, i));
  const mode = call.context.memory.getUint32(arg(call, i) + 24);
  return `{st_mode=${notation.symbol(notation.FILE_TYPES, mode & S_IFMT)}|0${(mode & 0o7777).toString(8)}, ...}`;
});

const timespec = before((call, i) => printTimespec(call, arg(call, i)));
const nullable = before((call, i) => (arg(call, i) === 0 ? "NULL" : "[]"));
const epollFlags = before((call, i) => notation.flagsOf(notation.EPOLL_FLAGS, arg(call, i)));
const epollOperation = before((call, i) => notation.symbol(notation.EPOLL_OPERATIONS, arg(call, i)));
const epollEvent = before((call, i) => (arg(call, 1) === EPOLL_CTL_DEL ? "NULL" : printEpollEvent(call, arg(call, i))));
const epollEvents = after((call, i) =>
  failed(call) ? unwritten(arg(call, i)) : printEpollEvents(call, arg(call, i), call.result ?? 0),
);
const messageIn = before((call, i) => printMessageOf(call, arg(call, i), Number.POSITIVE_INFINITY));
const messageOut = after((call, i) =>
  failed(call) ? unwritten(arg(call, i)) : printMessageOf(call, arg(call, i), call.result ?? 0),
);
const pairOut = after((call, i) => {
  const { memory } = call.context;
  return failed(call)
    ? unwritten(arg(call, i))
    : `[${memory.getInt32(arg(call, i))}, ${memory.getInt32(arg(call, i) + 4)}]`;
});
const pipeFlags = before((call, i) => notation.flagsOf(notation.PIPE_FLAGS, arg(call, i)));

const openFlags = before((call, i) => notation.openFlags(arg(call, i)));
const closeFlags = before((call, i) => notation.flagsOf(notation.OPEN_FLAGS, arg(call, i)));
const openMode = before((call, i) => ((arg(call, 1) & O_CREAT) === 0 ? "" : `0${(arg(call, i) >>> 0).toString(8)}`));
const query = before((call, i) =>
  dnsQuery(call.context.core.resolver, call.context.memory.bytes(arg(call, i), arg(call, i + 1))),
);
const answer = after((call, i) => {
  const size = Math.min(call.result ?? 0, arg(call, i + 1));
  // Of a part of an answer only the bytes can be told.
  if (failed(call)) return unwritten(arg(call, i));
  const bytes = call.context.memory.bytes(arg(call, i), size);
  return size === call.result ? dnsAnswer(call.context.core.resolver, bytes) : notation.quote(bytes);
});
const hostAddresses = after((call, i) => {
  if (failed(call)) return unwritten(arg(call, i));
  const { core, memory } = call.context;
  return printHostAddresses(core.resolver, memory, arg(call, i), arg(call, i + 1) >>> 0, call.result ?? 0);
});
const database = before((call, i) => DATABASE_NAMES[arg(call, i)] ?? String(arg(call, i)));

const PRINTERS: Readonly<Record<string, readonly Printer[]>> = {
  socket: [domain, type, protocol],
  socketpair: [domain, type, protocol, pairOut],
  pipe: [pairOut],
  pipe2: [pairOut, pipeFlags],
  bind: [fd, address, int],
  listen: [fd, int],
  accept: [fd, addressOut, lengthOut],
  accept4: [fd, addressOut, lengthOut, acceptFlags],
  connect: [fd, address, int],
  shutdown: [fd, how],
  getsockname: [fd, addressOut, lengthOut],
  getpeername: [fd, addressOut, lengthOut],
  getsockopt: [fd, level, option, valueOut, lengthOut],
  setsockopt: [fd, level, option, value, int],
  read: [fd, output, unsigned],
  write: [fd, input, unsigned],
  readv: [fd, vectorOut, int],
  writev: [fd, vectorIn, int],
  recv: [fd, output, unsigned, messageFlags],
  send: [fd, input, unsigned, messageFlags],
  recvfrom: [fd, output, unsigned, messageFlags, addressOut, lengthOut],
  sendto: [fd, input, unsigned, messageFlags, address, int],
  sendmsg: [fd, messageIn, messageFlags],
  recvmsg: [fd, messageOut, messageFlags],
  close: [fd],
  dup: [fd],
  fcntl: [fd, command, fcntlArgument],
  poll: [pollIn, int, int],
  ppoll: [pollIn, int, timespec, nullable],
  epoll_create1: [epollFlags],
  epoll_ctl: [fd, epollOperation, fd, epollEvent],
  epoll_wait: [fd, epollEvents, int, int],
  epoll_pwait: [fd, epollEvents, int, int, nullable],
  dup2: [fd, int],
  dup3: [fd, int, closeFlags],
  open: [path, openFlags, openMode],
  stat: [path, statOut],
  lstat: [path, statOut],
  fstat: [fd, statOut],
  unlink: [path],
  res_send: [query, int, answer, int],
  res_send_async: [query, int],
  res_send_result: [fd, answer, int],
  getaddrinfo: [path, domain, hostAddresses, unsigned],
  getaddrinfo_async: [path, domain],
  getaddrinfo_result: [fd, hostAddresses, unsigned],
  getent: [database, unsigned, output, unsigned],
  idna_to_ascii: [input, unsigned, output, unsigned],
};

/** Wraps each import so that its calls are recorded; untraced guests never come here. */
export function tracedBerkeley(
  imports: Readonly<Record<string, ImportFunction>>,
  context: AbiContext,
  recorder: Recorder,
): Record<string, ImportFunction> {
  return Object.fromEntries(
    Object.entries(imports).map(([name, call]) => [name, traced(name, call, context, recorder)]),
  );
}

function traced(name: string, call: ImportFunction, context: AbiContext, recorder: Recorder): ImportFunction {
  const printers = PRINTERS[name] ?? [];
  return (...args) => {
    const pending: Call = { context, recorder, args };
    return recorder.record(
      name,
      () => printers.map((printer, i) => (printer.when === "before" ? guarded(printer, pending, i) : "")),
      () => call(...args),
      (result, early) => {
        const done = { ...pending, result };
        const texts = printers.map((printer, i) =>
          printer.when === "after" ? guarded(printer, done, i) : (early[i] ?? ""),
        );
        return texts.filter((text) => text !== "");
      },
    );
  };
}

/** A bad pointer is the guest's affair: the trace shows it as one and the call answers EFAULT. */
function guarded(printer: Printer, call: Call, index: number): string {
  try {
    return printer.print(call, index);
  } catch (error) {
    if (!(error instanceof GuestFault)) throw error;
    return `0x${(arg(call, index) >>> 0).toString(16)}`;
  }
}

function failed({ result }: Call): boolean {
  return result === undefined || isErrno(result);
}

function unwritten(pointer: number): string {
  return pointer === 0 ? "NULL" : "?";
}

function printAddress({ context, recorder }: Call, pointer: number, length: number): string {
  if (pointer === 0) return "NULL";
  if (length < 0 || length > 128) return "{...}";
  return notation.sockaddr(context.memory.bytes(pointer, length), length, recorder.addresses);
}

function printValue({ context }: Call, pointer: number, length: number): string {
  if (length === 4) return `[${context.memory.getInt32(pointer)}]`;
  return notation.quote(context.memory.bytes(pointer, Math.min(length, 16)));
}

const VECTOR_LIMIT = 16;

function printVector({ context: { memory } }: Call, pointer: number, count: number, total: number): string {
  const parts: string[] = [];
  let rest = total;
  for (let i = 0; i < Math.min(count, VECTOR_LIMIT); i++) {
    const length = memory.getUint32(pointer + i * 8 + 4);
    const shown = Math.min(length, rest);
    rest -= shown;
    parts.push(
      `{iov_base=${notation.quote(memory.bytes(memory.getUint32(pointer + i * 8), shown))}, iov_len=${length}}`,
    );
  }
  return `[${parts.join(", ")}${count > VECTOR_LIMIT ? ", ..." : ""}]`;
}

function printMessageOf(call: Call, pointer: number, total: number): string {
  const { context, recorder } = call;
  return printMessage(context.memory, pointer, recorder.addresses, (vector, count) =>
    printVector(call, vector, count, total),
  );
}

function printPoll({ context: { memory } }: Call, pointer: number, count: number, offset: number): string {
  const entries = Array.from({ length: Math.min(count, VECTOR_LIMIT) }, (_, i) => pointer + i * 8);
  const parts = entries.map((entry) => {
    const events = notation.flagsOf(notation.POLL_EVENTS, memory.getUint16(entry + offset));
    return `{fd=${memory.getInt32(entry)}, events=${events}}`;
  });
  return `[${parts.join(", ")}${count > VECTOR_LIMIT ? ", ..." : ""}]`;
}

function printTimespec({ context: { memory } }: Call, pointer: number): string {
  if (pointer === 0) return "NULL";
  return `{tv_sec=${BigInt.asIntN(64, memory.getBigUint64(pointer))}, tv_nsec=${memory.getInt32(pointer + 8)}}`;
}

const SIZEOF_EPOLL_EVENT = 16;

function printEpollEvent({ context: { memory } }: Call, pointer: number): string {
  const events = notation.flagsOf(notation.EPOLL_EVENTS, memory.getInt32(pointer));
  return `{events=${events}, data={u32=${memory.getUint32(pointer + 8)}, u64=${memory.getBigUint64(pointer + 8)}}}`;
}

function printEpollEvents(call: Call, pointer: number, count: number): string {
  const parts = Array.from({ length: Math.min(count, VECTOR_LIMIT) }, (_, i) =>
    printEpollEvent(call, pointer + i * SIZEOF_EPOLL_EVENT),
  );
  return `[${parts.join(", ")}${count > VECTOR_LIMIT ? ", ..." : ""}]`;
}
