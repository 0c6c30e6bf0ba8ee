// The program's surroundings: arguments, environment, standard streams, exit.

import * as sys from "./bindings/berkeley";
import { args_get, args_sizes_get, environ_get, environ_sizes_get, proc_exit } from "./bindings/preview1";
import { fail, settle } from "./errno";
import { EFAULT } from "./linux.generated";
import { writeAll, writeText } from "./output";
import { overruns, pointer } from "./pointer";

export const STDIN_FILENO: i32 = 0;
export const STDOUT_FILENO: i32 = 1;
export const STDERR_FILENO: i32 = 2;

/** The program's arguments; `argv[0]` is the program itself. */
// @ts-ignore: decorator
@lazy export const argv: string[] = readArguments();

/** A descriptor that is read from. */
@final
export class Input {
  constructor(readonly fd: i32) {}

  /** Reads up to `count` bytes into `buffer`: how many, 0 at the end, or -1 with `errno`. */
  read<T>(buffer: T, count: usize): i32 {
    if (overruns(buffer, count)) return fail(EFAULT);
    return settle(sys.read(this.fd, pointer(buffer), count));
  }
}

/** A descriptor that is written to. Nothing is buffered. */
@final
export class Output {
  constructor(readonly fd: i32) {}

  /** Writes all of `text` as UTF-8: 0, or -1 with `errno`. */
  write(text: string): i32 {
    return settle(writeText(this.fd, text));
  }

  /** Writes all of the `count` bytes at `buffer`: 0, or -1 with `errno`. */
  writeBytes<T>(buffer: T, count: usize): i32 {
    if (overruns(buffer, count)) return fail(EFAULT);
    return settle(writeAll(this.fd, pointer(buffer), count));
  }
}

/** Standard input. */
// @ts-ignore: decorator
@lazy export const stdin: Input = new Input(STDIN_FILENO);

/** Standard output. */
// @ts-ignore: decorator
@lazy export const stdout: Output = new Output(STDOUT_FILENO);

/** Standard error. */
// @ts-ignore: decorator
@lazy export const stderr: Output = new Output(STDERR_FILENO);

/** `void exit(int status)`: ends the program. exit(3) */
export function exit(status: i32): void {
  proc_exit(status & 0xff);
  unreachable();
}

/** `char *getenv(const char *name)`: a variable of the environment, or null. getenv(3) */
export function getenv(name: string): string | null {
  const prefix = name + "=";
  const variables = readEnvironment();
  for (let i = 0; i < variables.length; i++) {
    if (variables[i].startsWith(prefix)) return variables[i].substring(prefix.length);
  }
  return null;
}

/** The first of the sockets that a program is started with. sd_listen_fds(3) */
export const SD_LISTEN_FDS_START: i32 = 3;

/** `int sd_listen_fds(int unset_environment)`: how many sockets the program was started with; their descriptors begin at 3. */
export function listenFds(): i32 {
  const text = getenv("LISTEN_FDS");
  return text === null ? 0 : max(<i32>parseInt(text), 0);
}

/** The names of the sockets that the program was started with, in the order of their descriptors. */
export function listenFdNames(): string[] {
  const names = getenv("LISTEN_FDNAMES");
  return names === null ? [] : names.split(":");
}

const count: usize = memory.data(4, 4);
const size: usize = memory.data(4, 4);

function readArguments(): string[] {
  if (args_sizes_get(count, size) != 0) return [];
  const strings = allocateStrings();
  return args_get(changetype<usize>(strings), firstByte(strings)) == 0 ? decodeStrings(strings) : [];
}

function readEnvironment(): string[] {
  if (environ_sizes_get(count, size) != 0) return [];
  const strings = allocateStrings();
  return environ_get(changetype<usize>(strings), firstByte(strings)) == 0 ? decodeStrings(strings) : [];
}

/** Room for `count` pointers and then `size` bytes of NUL-terminated strings. */
function allocateStrings(): ArrayBuffer {
  return new ArrayBuffer(i32(load<u32>(count) * sizeof<usize>() + load<u32>(size)));
}

function firstByte(strings: ArrayBuffer): usize {
  return changetype<usize>(strings) + load<u32>(count) * sizeof<usize>();
}

function decodeStrings(strings: ArrayBuffer): string[] {
  const end = changetype<usize>(strings) + strings.byteLength;
  const length = load<u32>(count);
  const result = new Array<string>(length);
  for (let i: u32 = 0; i < length; i++) {
    const start = load<usize>(changetype<usize>(strings) + i * sizeof<usize>());
    result[i] = String.UTF8.decodeUnsafe(start, end - start, true);
  }
  return result;
}
