// What the compiler's own code calls: abort (a failed check or `throw`), trace,
// seed (Math.random) and console. By default these are imports that a host has
// to provide; asconfig.json directs them here, so that a program imports
// nothing but berkeley_sockets_v1 and wasi_snapshot_preview1.
//
// The file is given to the compiler as a library, with nothing around it, and
// therefore imports nothing itself. abort does not allocate: it is called when
// memory has run out, too.

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_write")
declare function hook_fd_write(fd: i32, iovs: usize, iovsLength: usize, written: usize): i32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "random_get")
declare function hook_random_get(buffer: usize, length: usize): i32;

const hookBuffer: usize = memory.data(1024, 8);
const hookIovec: usize = memory.data(12, 4); // struct iovec, then the number of bytes written
// @ts-ignore: decorator
@lazy let hookLength: usize = 0;
// @ts-ignore: decorator
@lazy let hookFd: i32 = 2;

/**
 * Reports `message in file(line:column)` on standard error, and traps.
 *
 * A trap and not an exit: the host can then show where the program was.
 */
// @ts-ignore: decorator
@global
export function sockyard_abort(message: string | null, file: string | null, line: u32, column: u32): void {
  hookFd = 2;
  hookText(changetype<usize>("abort:"));
  if (changetype<usize>(file) >= __heap_base) {
    // A file's name is static data, except in the check of the shadow stack:
    // asc 0.28 forgets to emit the two strings that this one passes.
    hookText(changetype<usize>(" stack overflow"));
  } else {
    if (changetype<usize>(message) != 0 && load<u32>(changetype<usize>(message) - 4) > 0) {
      hookText(changetype<usize>(" "));
      hookText(changetype<usize>(message));
    }
    if (changetype<usize>(file) != 0) hookPlace(changetype<usize>(file), line, column);
  }
  hookText(changetype<usize>("\n"));
  hookFlush();
  unreachable();
}

/** Reports a message and up to five numbers on standard error. */
// @ts-ignore: decorator
@global
export function sockyard_trace(
  message: string,
  n: i32 = 0,
  a0: f64 = 0,
  a1: f64 = 0,
  a2: f64 = 0,
  a3: f64 = 0,
  a4: f64 = 0,
): void {
  let line = `trace: ${message}`;
  if (n > 0) line += ` ${a0}`;
  if (n > 1) line += `, ${a1}`;
  if (n > 2) line += `, ${a2}`;
  if (n > 3) line += `, ${a3}`;
  if (n > 4) line += `, ${a4}`;
  hookLine(2, changetype<usize>(line));
}

/** A seed for Math.random. */
// @ts-ignore: decorator
@global
export function sockyard_seed(): f64 {
  hook_random_get(hookBuffer, 8);
  return load<f64>(hookBuffer);
}

/** `console`, on standard output and standard error. */
// @ts-ignore: decorator
@global
export namespace sockyard_console {
  export function assert<T>(condition: T, message: string = ""): void {
    if (!condition) hookLine(2, changetype<usize>(`assertion failed: ${message}`));
  }

  export function log(message: string = ""): void {
    hookLine(1, changetype<usize>(message));
  }

  export function debug(message: string = ""): void {
    hookLine(1, changetype<usize>(message));
  }

  export function info(message: string = ""): void {
    hookLine(1, changetype<usize>(message));
  }

  export function warn(message: string = ""): void {
    hookLine(2, changetype<usize>(message));
  }

  export function error(message: string = ""): void {
    hookLine(2, changetype<usize>(message));
  }
}

function hookPlace(file: usize, line: u32, column: u32): void {
  hookText(changetype<usize>(" in "));
  hookText(file);
  hookText(changetype<usize>("("));
  hookNumber(line);
  hookText(changetype<usize>(":"));
  hookNumber(column);
  hookText(changetype<usize>(")"));
}

/** Takes an address, as hookText() does: asc 0.28 crashes where nothing but this needs a slot of the shadow stack. */
function hookLine(fd: i32, text: usize): void {
  hookFd = fd;
  hookText(text);
  hookText(changetype<usize>("\n"));
  hookFlush();
}

/**
 * Appends the string at `text` as UTF-8, and writes what fills the buffer.
 *
 * By address, because a managed operand takes a slot of the shadow stack: when
 * that has overflowed, abort would call itself for ever.
 */
function hookText(text: usize): void {
  const end = text + load<u32>(text - 4); // the size in the object header, rtSize in ~lib/rt/common
  while (text < end) {
    let point = <u32>load<u16>(text);
    text += 2;
    if ((point & 0xfc00) == 0xd800 && text < end && (load<u16>(text) & 0xfc00) == 0xdc00) {
      point = 0x10000 + ((point & 0x3ff) << 10) + (load<u16>(text) & 0x3ff);
      text += 2;
    } else if ((point & 0xf800) == 0xd800) {
      point = 0xfffd; // half of a pair has no UTF-8
    }
    hookPoint(point);
    if (hookLength > 1000) hookFlush(); // the rest is for a number that may follow
  }
}

function hookPoint(point: u32): void {
  if (point < 0x80) {
    hookByte(point);
    return;
  }
  if (point < 0x800) {
    hookByte(0xc0 | (point >> 6));
  } else {
    if (point < 0x10000) {
      hookByte(0xe0 | (point >> 12));
    } else {
      hookByte(0xf0 | (point >> 18));
      hookByte(0x80 | ((point >> 12) & 0x3f));
    }
    hookByte(0x80 | ((point >> 6) & 0x3f));
  }
  hookByte(0x80 | (point & 0x3f));
}

function hookNumber(value: u32): void {
  if (value > 9) hookNumber(value / 10);
  hookByte(0x30 + (value % 10));
}

function hookByte(byte: u32): void {
  store<u8>(hookBuffer + hookLength++, byte);
}

function hookFlush(): void {
  let start = hookBuffer;
  while (hookLength > 0) {
    store<usize>(hookIovec, start);
    store<usize>(hookIovec, hookLength, 4);
    if (hook_fd_write(hookFd, hookIovec, 1, hookIovec + 8) != 0) break;
    const written = load<usize>(hookIovec, 8);
    start += written;
    hookLength -= written;
  }
  hookLength = 0;
}
