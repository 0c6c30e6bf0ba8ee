// Files beside sockets: what path_open of wasi_snapshot_preview1 opened, the calls of berkeley_sockets_v1 read, duplicate
// and wait for. Prints `ok NAME` for each thing, and stops at the first that is not so.

import { exit, stdout } from "sockyard/process";
import * as s from "sockyard/socket";
import {
  fd_close,
  fd_prestat_get,
  fd_readdir,
  fd_seek,
  fd_write,
  path_open,
  path_rename,
  path_unlink_file,
} from "./imports/wasi_snapshot_preview1";

const CREAT = 1;
const RIGHTS: u64 = 0x46; // FD_READ, FD_WRITE, FD_SEEK
const BADF = 8;
const NOENT = 44;
const PERM = 63;

const result: usize = memory.data(8, 8);
const iovec: usize = memory.data(8, 8);
const entries: usize = memory.data(512, 8);

function check(name: string, holds: bool): void {
  stdout.write(holds ? `ok ${name}\n` : `FAILED ${name} (result ${load<i32>(result)})\n`);
  if (!holds) exit(1);
}

function open(path: string, oflags: i32): i32 {
  const bytes = String.UTF8.encode(path);
  const size = bytes.byteLength;
  return path_open(3, 0, changetype<usize>(bytes), size, oflags, RIGHTS, 0, 0, result);
}

function main(): void {
  check("a directory of the start at 3", fd_prestat_get(3, result) == 0 && fd_prestat_get(4, result) == BADF);
  check("path_open creates", open("letter", CREAT) == 0 && load<i32>(result) == 4);
  const text = String.UTF8.encode("dear reader");
  store<usize>(iovec, changetype<usize>(text));
  store<i32>(iovec, text.byteLength, 4);
  check("fd_write", fd_write(4, iovec, 1, result) == 0 && load<i32>(result) == 11);
  check("fd_seek", fd_seek(4, 5, 0, result) == 0 && load<i64>(result) == 5);
  check("a duplicate has the same position", s.dup(4) == 5);
  const buffer = new Uint8Array(32);
  check("read", s.read(5, buffer, 32) == 6 && buffer[0] == 0x72);
  const ends = new StaticArray<i32>(2);
  check("sockets come behind files", s.socketpair(s.AF_UNIX, s.SOCK_STREAM, 0, ends) == 0 && ends[0] == 6);
  const from = String.UTF8.encode("letter");
  const to = String.UTF8.encode("answer");
  check("path_rename", path_rename(3, changetype<usize>(from), 6, 3, changetype<usize>(to), 6) == 0);
  check("the old name is gone", open("letter", 0) == NOENT);
  check("nothing leaves the directory", open("../letter", CREAT) == PERM && open("/etc/passwd", 0) == PERM);
  check("fd_readdir", fd_readdir(3, entries, 512, 0, result) == 0 && load<i32>(result) == 3 * 24 + 1 + 2 + 6);
  check("path_unlink_file", path_unlink_file(3, changetype<usize>(to), 6) == 0);
  check("fd_close", fd_close(4) == 0 && s.close(5) == 0 && s.read(4, buffer, 1) == -1);
}

main();
