// What preview1's own calls tell of the process: prints its arguments and its environment, one string in each pair of
// brackets, and `FAILED NAME` for each answer that is not as it should be. A last argument `exit=CODE` makes it end by
// proc_exit.

import {
  args_get,
  args_sizes_get,
  environ_get,
  environ_sizes_get,
  fd_write,
  proc_exit,
  random_get,
} from "./imports/wasi_snapshot_preview1";

const BADF = 8;

const sizes: usize = memory.data(8, 4);
const iovec: usize = memory.data(8, 4);
const written: usize = memory.data(4, 4);

function write(text: string): void {
  const bytes = String.UTF8.encode(text);
  store<usize>(iovec, changetype<usize>(bytes));
  store<i32>(iovec, bytes.byteLength, 4);
  if (fd_write(1, iovec, 1, written) != 0 || load<i32>(written) != bytes.byteLength) proc_exit(99);
}

function check(name: string, holds: bool): void {
  if (!holds) write(`FAILED ${name}\n`);
}

/** The strings that `get` writes, of which there are `count`, of `size` bytes in all. */
function stringsOf(get: (pointers: usize, buf: usize) => i32, count: i32, size: i32): string[] {
  const pointers = heap.alloc(count * 4 + size);
  const buffer = pointers + count * 4;
  check("get", get(pointers, buffer) == 0);
  const strings: string[] = [];
  for (let i = 0; i < count; i++) {
    const at = load<usize>(pointers + i * 4);
    check("pointer", at >= buffer && at < buffer + size);
    strings.push(String.UTF8.decodeUnsafe(at, buffer + size - at, true));
  }
  heap.free(pointers);
  return strings;
}

function list(name: string, strings: string[]): void {
  write(`${name} ${strings.length}\n`);
  for (let i = 0; i < strings.length; i++) write(`[${strings[i]}]\n`);
}

function main(): void {
  check("args_sizes_get", args_sizes_get(sizes, sizes + 4) == 0);
  const args = stringsOf(args_get, load<i32>(sizes), load<i32>(sizes, 4));
  check("the program's own name", args.length > 0);
  list("arguments", args.slice(1));
  check("environ_sizes_get", environ_sizes_get(sizes, sizes + 4) == 0);
  list("environment", stringsOf(environ_get, load<i32>(sizes), load<i32>(sizes, 4)));
  check("fd_write to what is not open", fd_write(-31337, 0, 0, written) == BADF);
  const buffer = new StaticArray<u8>(32);
  check("random_get", random_get(changetype<usize>(buffer), 32) == 0);
  check("random_get of nothing", random_get(changetype<usize>(buffer), 0) == 0);
  const last = args[args.length - 1];
  if (!last.startsWith("exit=")) return;
  proc_exit(i32(parseInt(last.substring(5), 10)));
  unreachable();
}

main();
