// One socket through two ABIs: what berkeley_sockets_v1 makes, wasi_snapshot_preview1 uses,
// and the other way round. Prints `ok NAME` for each thing, and stops at the first that is not so.

import { errno } from "sockyard/errno";
import { exit, stdout } from "sockyard/process";
import { SockaddrIn } from "sockyard/sockaddr";
import * as s from "sockyard/socket";
import {
  fd_close,
  fd_fdstat_get,
  fd_fdstat_set_flags,
  fd_filestat_get,
  fd_read,
  fd_write,
  poll_oneoff,
  sock_accept,
  sock_recv,
  sock_send,
  sock_shutdown,
} from "./imports/wasi_snapshot_preview1";

// preview1 numbers its errors in a way of its own.
const WASI_EAGAIN = 6;
const WASI_EBADF = 8;
const WASI_ENOTSOCK = 57;
const WASI_EPIPE = 64;
const FDFLAGS_NONBLOCK = 4;
const FILETYPE_SOCKET_STREAM = 6;

const bytes: usize = memory.data(64, 8);
const iovec: usize = memory.data(8, 8);
const result: usize = memory.data(8, 8);
const outFlags: usize = memory.data(8, 8);
const subscriptions: usize = memory.data(96, 8);
const events: usize = memory.data(64, 8);

function check(name: string, holds: bool): void {
  stdout.write(holds ? `ok ${name}\n` : `FAILED ${name} (errno ${errno}, result ${load<i32>(result)})\n`);
  if (!holds) exit(1);
}

function vector(size: i32): usize {
  store<usize>(iovec, bytes);
  store<i32>(iovec, size, 4);
  return iovec;
}

function put(text: string): i32 {
  return String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, bytes) as i32;
}

function text(): string {
  return String.UTF8.decodeUnsafe(bytes, load<i32>(result));
}

function subscribe(index: i32, userdata: u64, tag: u8, value: u64): void {
  const at = subscriptions + 48 * index;
  memory.fill(at, 0, 48);
  store<u64>(at, userdata);
  store<u8>(at, tag, 8);
  if (tag > 0) store<u32>(at, <u32>value, 16);
  else store<u32>(at, 1, 16), store<u64>(at, value, 24);
}

function poll(count: i32): i32 {
  return poll_oneoff(subscriptions, events, count, result) == 0 ? load<i32>(result) : -1;
}

const listener = s.socket(s.AF_INET, s.SOCK_STREAM, 0);
const address = SockaddrIn.from("127.0.0.1", "0")!;
s.bind(listener, address, 16);
s.listen(listener, 1);
s.getsockname(listener, address, new s.Ref<u32>(16));

check("fd_fdstat_set_flags NONBLOCK", fd_fdstat_set_flags(listener, FDFLAGS_NONBLOCK) == 0);
check("fcntl sees it", (s.fcntl(listener, s.F_GETFL) & s.O_NONBLOCK) != 0);
check("sock_accept with nobody there: AGAIN", sock_accept(listener, 0, result) == WASI_EAGAIN);
subscribe(0, 11, 1, listener);
subscribe(1, 22, 0, 1000000);
check("poll_oneoff: only the clock fires", poll(2) == 1 && load<u64>(events) == 22 && load<u8>(events, 10) == 0);

const client = s.socket(s.AF_INET, s.SOCK_STREAM, 0);
check("connect", s.connect(client, address, 16) == 0);
subscribe(1, 22, 0, 60000000000);
check("poll_oneoff: the listener is readable", poll(2) == 1 && load<u64>(events) == 11 && load<u8>(events, 10) == 1);
check("sock_accept", sock_accept(listener, 0, result) == 0);
const server = load<i32>(result);
check("its descriptor is one of Berkeley's", s.getpeername(server, new SockaddrIn(), new s.Ref<u32>(16)) == 0);

check("fd_fdstat_get", fd_fdstat_get(client, bytes) == 0 && load<u8>(bytes) == FILETYPE_SOCKET_STREAM);
check("fd_filestat_get", fd_filestat_get(client, bytes) == 0 && load<u8>(bytes, 16) == FILETYPE_SOCKET_STREAM);
check("fd_write", fd_write(client, vector(put("by fd_write")), 1, result) == 0 && load<i32>(result) == 11);
check("read", s.read(server, bytes, 64) == 11);
check("sock_send", sock_send(client, vector(put("by sock_send")), 1, 0, result) == 0 && load<i32>(result) == 12);
check("recv", s.recv(server, bytes, 64, 0) == 12);
s.write(server, put("by write") > 0 ? bytes : 0, 8);
check("sock_recv PEEK", sock_recv(client, vector(64), 1, 1, result, outFlags) == 0 && text() == "by write");
check("fd_read", fd_read(client, vector(64), 1, result) == 0 && text() == "by write");
s.send(server, put("by send") > 0 ? bytes : 0, 7, 0);
check("sock_recv", sock_recv(client, vector(64), 1, 0, result, outFlags) == 0 && text() == "by send");

check("sock_shutdown WR", sock_shutdown(client, 2) == 0 && s.read(server, bytes, 64) == 0);
check("fd_write after it: PIPE, and no signal", fd_write(client, vector(1), 1, result) == WASI_EPIPE);
check("fd_close", fd_close(server) == 0 && s.read(server, bytes, 1) == -1 && errno == s.EBADF);
check("close", s.close(client) == 0 && fd_read(client, vector(1), 1, result) == WASI_EBADF);
check("sock_recv on standard input: NOTSOCK", sock_recv(0, vector(1), 1, 0, result, outFlags) == WASI_ENOTSOCK);
exit(0);
