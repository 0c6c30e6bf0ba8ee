// The guest of the goroutine case: once it has parked a million, measures a round for every line that it reads.

import { Chan, go, go0, gosched, numGoroutine } from "sockyard/go";
import { stdin, stdout } from "sockyard/process";
import { WaitGroup } from "sockyard/sync";
import { now, since } from "sockyard/time";

const PARKED = 1_000_000;
const SWITCHES = 100_000;
const SPAWNED = 100_000;
const MESSAGES = 20_000;

const group = new WaitGroup();
const gate = new Chan<i32>();

function wait(number: i32): void {
  const name = `goroutine ${number}`;
  gate.recv();
  assert(name.length > 0);
}

/** Bytes of memory that a goroutine takes which waits and holds a string. */
function park(): f64 {
  const before = memory.size();
  for (let i = 0; i < PARKED; i++) {
    go(wait, i);
    if (i % 1000 == 0) gosched();
  }
  gosched();
  assert(numGoroutine() == PARKED + 1);
  const bytes = f64(memory.size() - before) * 65536;
  gate.close();
  while (numGoroutine() > 1) gosched();
  return bytes / PARKED;
}

function spin(count: i32): void {
  for (let i = 0; i < count; i++) gosched();
  group.done();
}

/** Nanoseconds from one goroutine to the next, of `count`. */
function switches(count: i32): f64 {
  group.add(count);
  const start = now();
  for (let i = 0; i < count; i++) go(spin, SWITCHES / count);
  group.wait();
  return f64(since(start)) / SWITCHES;
}

function nothing(): void {}

/** Nanoseconds for the life of a goroutine that does nothing. */
function spawn(): f64 {
  const start = now();
  for (let i = 0; i < SPAWNED; i++) {
    go0(nothing);
    if (i % 100 == 99) gosched();
  }
  gosched();
  return f64(since(start)) / SPAWNED;
}

class Wire {
  there: Chan<i32> = new Chan<i32>();
  back: Chan<i32> = new Chan<i32>();
}

function answer(w: Wire): void {
  while (w.there.next()) w.back.send(w.there.value);
}

/** Nanoseconds for a value there and back over channels without a buffer. */
function pingPong(): f64 {
  const w = new Wire();
  go(answer, w);
  const start = now();
  for (let i = 0; i < MESSAGES; i++) {
    w.there.send(i);
    w.back.recv();
  }
  w.there.close();
  return f64(since(start)) / MESSAGES;
}

const line = new StaticArray<u8>(1);
stdout.write(`${park()}\n`);
while (stdin.read(line, 1) == 1) {
  stdout.write(`${switches(2)} ${switches(1000)} ${spawn()} ${pingPong()}\n`);
}
