// Makes the calls that standard input lists, a row a line, and prints what each
// of a row's calls answers: its result, or -errno. test/differential/calls.c is
// the same program in C and has the notation; calls-table.ts writes their input.

import * as sys from "sockyard/bindings/berkeley";
import { exit, stderr, stdin, stdout } from "sockyard/process";

const SLOTS = 32;
const BUFFER = 256;
const ARENA: usize = 65536;

const SPACE: u8 = 0x20;
const LAST_DIGIT: u8 = 0x39;

const slots = new StaticArray<i32>(SLOTS);
const buffers = new StaticArray<u8>(SLOTS * BUFFER);
const arena = new StaticArray<u8>(<i32>ARENA);
const text = new Uint8Array(1 << 20);
const values = new StaticArray<usize>(6);

let cursor: usize = text.dataStart;
let used: usize = 0;

function peek(): u8 {
  return load<u8>(cursor);
}

function allocate(size: usize): usize {
  const place = changetype<usize>(arena) + used;
  used += (size + 15) & ~15;
  assert(used <= ARENA);
  return place;
}

function skipSpaces(): void {
  while (peek() == SPACE) cursor++;
}

function number(): i64 {
  const isNegative = peek() == 0x2d; // -
  if (isNegative) cursor++;
  let value: i64 = 0;
  for (; peek() >= 0x30 && peek() <= LAST_DIGIT; cursor++) value = value * 10 + (peek() - 0x30);
  return isNegative ? -value : value;
}

function nibble(digit: u8): i32 {
  if (digit >= 0x30 && digit <= LAST_DIGIT) return digit - 0x30;
  return digit >= 0x61 && digit <= 0x66 ? digit - 0x61 + 10 : -1;
}

function bytes(): usize {
  let size: usize = 0;
  while (nibble(load<u8>(cursor + size)) >= 0) size++;
  const place = allocate(size / 2);
  for (let i: usize = 0; i < size; i += 2) {
    store<u8>(place + i / 2, (nibble(load<u8>(cursor + i)) << 4) | nibble(load<u8>(cursor + i + 1)));
  }
  cursor += size;
  return place;
}

function list(width: usize): usize {
  const items: i64[] = [];
  for (cursor++; peek() != 0x29; skipSpaces()) items.push(value());
  cursor++;
  const place = allocate(<usize>items.length * width);
  for (let i = 0; i < items.length; i++) {
    const address = place + <usize>i * width;
    if (width == 8) store<i64>(address, items[i]);
    else store<i32>(address, <i32>items[i]);
  }
  return place;
}

function epollEvent(): usize {
  const place = allocate(16);
  cursor++;
  store<u32>(place, <u32>value());
  store<u64>(place, value(), 8);
  cursor++;
  return place;
}

function controlMessage(): usize {
  const place = allocate(16);
  cursor++;
  store<i32>(place, <i32>value(), 4);
  store<i32>(place, <i32>value(), 8);
  store<u32>(place, <u32>value());
  store<i32>(place, <i32>value(), 12);
  cursor++;
  return place;
}

function endOfMemory(): i64 {
  return (<i64>memory.size()) << 16;
}

function value(): i64 {
  skipSpaces();
  switch (load<u8>(cursor++)) {
    case 0x24: // $
      return slots[<i32>number()];
    case 0x26: // &
      return changetype<usize>(buffers) + <usize>number() * BUFFER;
    case 0x78: // x
      return bytes();
    case 0x69: // i
    case 0x77: // w
      return list(4);
    case 0x71: // q
      return list(8);
    case 0x65: // e
      return epollEvent();
    case 0x63: // c
      return controlMessage();
    case 0x2a: // *
      return 12 + number();
    case 0x5e: // ^
      return endOfMemory() - number();
    case 0x21: // !
      return endOfMemory();
    default:
      cursor--;
      return number();
  }
}

function int(i: i32): i32 {
  return <i32>values[i];
}

function makeCall(name: string): i32 {
  if (name == "socket") return sys.socket(int(0), int(1), int(2));
  if (name == "bind") return sys.bind(int(0), values[1], int(2));
  if (name == "listen") return sys.listen(int(0), int(1));
  if (name == "accept") return sys.accept(int(0), values[1], values[2]);
  if (name == "accept4") return sys.accept4(int(0), values[1], values[2], int(3));
  if (name == "connect") return sys.connect(int(0), values[1], int(2));
  if (name == "shutdown") return sys.shutdown(int(0), int(1));
  if (name == "getsockname") return sys.getsockname(int(0), values[1], values[2]);
  if (name == "getpeername") return sys.getpeername(int(0), values[1], values[2]);
  if (name == "getsockopt") return sys.getsockopt(int(0), int(1), int(2), values[3], values[4]);
  if (name == "setsockopt") return sys.setsockopt(int(0), int(1), int(2), values[3], int(4));
  if (name == "read") return sys.read(int(0), values[1], values[2]);
  if (name == "write") return sys.write(int(0), values[1], values[2]);
  if (name == "readv") return sys.readv(int(0), values[1], int(2));
  if (name == "writev") return sys.writev(int(0), values[1], int(2));
  if (name == "recv") return sys.recv(int(0), values[1], values[2], int(3));
  if (name == "send") return sys.send(int(0), values[1], values[2], int(3));
  if (name == "recvfrom") return sys.recvfrom(int(0), values[1], values[2], int(3), values[4], values[5]);
  if (name == "sendto") return sys.sendto(int(0), values[1], values[2], int(3), values[4], int(5));
  if (name == "sendmsg") return sys.sendmsg(int(0), values[1], int(2));
  if (name == "recvmsg") return sys.recvmsg(int(0), values[1], int(2));
  if (name == "socketpair") return sys.socketpair(int(0), int(1), int(2), values[3]);
  if (name == "pipe2") return sys.pipe2(values[0], int(1));
  if (name == "close") return sys.close(int(0));
  if (name == "dup") return sys.dup(int(0));
  if (name == "dup2") return sys.dup2(int(0), int(1));
  if (name == "dup3") return sys.dup3(int(0), int(1), int(2));
  if (name == "fcntl") return sys.fcntl(int(0), int(1), int(2));
  if (name == "poll") return sys.poll(values[0], int(1), int(2));
  if (name == "ppoll") return sys.ppoll(values[0], int(1), values[2], values[3]);
  if (name == "epoll_create1") return sys.epoll_create1(int(0));
  if (name == "epoll_ctl") return sys.epoll_ctl(int(0), int(1), int(2), values[3]);
  if (name == "epoll_wait") return sys.epoll_wait(int(0), values[1], int(2), int(3));
  if (name == "open") return sys.open(values[0], int(1), int(2));
  if (name == "stat") return sys.stat(values[0], values[1]);
  if (name == "lstat") return sys.lstat(values[0], values[1]);
  if (name == "fstat") return sys.fstat(int(0), values[1]);
  if (name == "unlink") return sys.unlink(values[0]);
  stderr.write(`${name}: no such call\n`);
  exit(1);
  return 0;
}

function callName(): string {
  const start = cursor;
  while (peek() > SPACE && peek() != 0x3b) cursor++;
  return String.UTF8.decodeUnsafe(start, cursor - start);
}

function runCall(): string {
  let slot = -1;
  skipSpaces();
  if (peek() <= LAST_DIGIT) {
    slot = <i32>number();
    cursor++;
  }
  const name = callName();
  values.fill(0);
  for (let i = 0; peek() == SPACE; i++) values[i] = <usize>value();
  const result = makeCall(name);
  // As in C, where a variable holds the -1 of a failure.
  if (slot >= 0) slots[slot] = result < 0 ? -1 : result;
  return result.toString();
}

function runRow(): void {
  used = 0;
  slots.fill(-1);
  buffers.fill(0);
  let results = runCall();
  for (; peek() == 0x3b; ) {
    cursor++;
    results += " " + runCall();
  }
  stdout.write(results + "\n");
  for (let fd = 3; fd < 64; fd++) sys.close(fd);
}

let size: usize = 0;
for (let received = 1; received > 0; size += received) {
  received = stdin.read(text.dataStart + size, <usize>text.length - size);
}
for (const end = cursor + size; cursor < end; cursor++) runRow();
