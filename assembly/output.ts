import * as sys from "./bindings/berkeley";

/** Writes `count` bytes at `data` to `fd`, all of them, and returns 0 or a negated errno. */
export function writeAll(fd: i32, data: usize, count: usize): i32 {
  while (count > 0) {
    // A pipe or a socket may take a part only.
    const written = sys.write(fd, data, count);
    if (written < 0) return written;
    data += written;
    count -= written;
  }
  return 0;
}

/** Writes `text` as UTF-8 to `fd`, all of it, and returns 0 or a negated errno. */
export function writeText(fd: i32, text: string): i32 {
  const bytes = String.UTF8.encode(text);
  return writeAll(fd, changetype<usize>(bytes), bytes.byteLength);
}
