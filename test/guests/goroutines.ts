// What channels, select, package sync and package time do: a line for each, `ok …` if it is as in Go.

import { Chan, go, go0, gosched, NO_CASE, numGoroutine, Select } from "sockyard/go";
import { exit, stdout } from "sockyard/process";
import { Mutex, Once, RWMutex, WaitGroup } from "sockyard/sync";
import { after, afterFunc, MICROSECOND, MILLISECOND, now, SECOND, since, sleep, Ticker, Timer } from "sockyard/time";

let failures = 0;
let log = "";

function ok(isRight: bool, what: string): void {
  if (!isRight) failures++;
  stdout.write(`${isRight ? "ok" : "FAILED"} ${what}\n`);
}

/** Compares what goroutines wrote into the log, and empties it. */
function logged(expected: string, what: string): void {
  ok(log == expected, log == expected ? what : `${what}: ${log}`);
  log = "";
}

/** Lets everybody run until all wait. */
function settle(): void {
  for (let i = 0; i < 20; i++) gosched();
}

class Pair {
  constructor(
    public name: string,
    public c: Chan<i32>,
  ) {}
}

function sendThree(p: Pair): void {
  for (let i = 1; i <= 3; i++) {
    p.c.send(i);
    log += `${p.name}${i} `;
  }
}

function receiveThree(p: Pair): void {
  for (let i = 0; i < 3; i++) log += `${p.name}${p.c.recv()} `;
}

function range(p: Pair): void {
  while (p.c.next()) log += `${p.name}${p.c.value} `;
  log += `${p.name}end `;
}

function order(): void {
  log += "a";
  go0(() => {
    log += "c";
    gosched();
    log += "e";
  });
  go<string>((name: string) => {
    log += name;
  }, "d");
  log += "b";
  settle();
  logged("abcde", "a goroutine starts after who started it waits, first come, first served");
  ok(numGoroutine() == 1, "one that has returned is gone");
}

function argument(): void {
  go<bool>((x: bool) => {
    log += `${x} `;
  }, true);
  go<i8>((x: i8) => {
    log += `${x} `;
  }, -7);
  go<i64>((x: i64) => {
    gosched();
    log += `${x} `;
  }, i64.MIN_VALUE);
  go<f64>((x: f64) => {
    gosched();
    log += `${x}`;
  }, 0.5);
  settle();
  logged("true -7 -9223372036854775808 0.5", "an argument may be of any type");
}

function unbuffered(): void {
  const c = new Chan<i32>();
  ok(c.length == 0 && c.capacity == 0, "a channel without capacity has length 0");
  go(sendThree, new Pair("s", c));
  settle();
  logged("", "send waits for a receiver");
  ok(c.recv() == 1 && c.ok, "recv brings the value");
  settle();
  logged("s1 ", "then the sender goes on");
  receiveThree(new Pair("r", fill()));
  logged("r1 r2 r3 ", "values arrive in the order in which they were sent");
  ok(c.recv() == 2 && c.recv() == 3, "a receiver may wait for the sender");
  settle();
  logged("s2 s3 ", "who sent the last goes on, too");
}

function fill(): Chan<i32> {
  const c = new Chan<i32>(3);
  for (let i = 1; i <= 3; i++) c.send(i);
  return c;
}

function buffered(): void {
  const c = new Chan<i32>(2);
  go(sendThree, new Pair("s", c));
  settle();
  logged("s1 s2 ", "send fills the buffer, then waits");
  ok(c.length == 2 && c.capacity == 2, "length and capacity are len() and cap()");
  ok(c.recv() == 1, "the first comes out first");
  settle();
  logged("s3 ", "and makes room for who waited");
  ok(c.length == 2 && c.recv() == 2 && c.recv() == 3, "in order");
}

function closing(): void {
  const c = fill();
  c.close();
  range(new Pair("v", c));
  logged("v1 v2 v3 vend ", "what was sent before close is received, then range ends");
  ok(c.recv() == 0 && !c.ok, "a closed channel gives zero values, without ok");
  const texts = new Chan<string | null>(1);
  texts.close();
  ok(texts.recv() === null, "which are null for objects");
  const waited = new Chan<i32>();
  go(range, new Pair("w", waited));
  go(range, new Pair("x", waited));
  settle();
  waited.close();
  settle();
  logged("wend xend ", "close wakes all who receive");
}

function selecting(): void {
  const a = new Chan<i32>();
  const b = new Chan<string>(1);
  const s = new Select().recv(a).recv(b).send(a, 7).recv<i32>(null);
  ok(s.poll() == NO_CASE, "poll is default where no case can go on");
  b.send("text");
  ok(s.wait() == 1 && s.value<string>(1) == "text" && s.ok(1), "wait takes the case that can");
  go(sendThree, new Pair("s", a));
  ok(s.wait() == 0 && s.value<i32>(0) == 1, "or waits for one");
  ok(a.recv() == 2 && a.recv() == 3, "and has left the other queues");
  go(receiveThree, new Pair("r", a));
  ok(s.wait() == 2 && s.wait() == 2 && s.wait() == 2, "a case may send");
  settle();
  logged("s1 s2 s3 r7 r7 r7 ", "to whom it waits for");
  b.close();
  ok(s.wait() == 1 && !s.ok(1), "a closed channel is ready for ever");
  const start = now();
  ok(new Select().recv(a).waitFor(5 * MILLISECOND) == NO_CASE, "waitFor gives up");
  ok(since(start) >= 5 * MILLISECOND, "not too early");
  go(sendThree, new Pair("", a));
  ok(new Select().recv(a).waitFor(SECOND) == 0 && a.recv() == 2 && a.recv() == 3, "and does not where it need not");
  settle();
  log = "";
}

function fairness(): void {
  const a = new Chan<i32>(1);
  const b = new Chan<i32>(1);
  const s = new Select().recv(a).recv(b);
  let first = 0;
  for (let i = 0; i < 1000; i++) {
    a.send(1);
    b.send(1);
    if (s.wait() == 0) first++;
    s.wait();
  }
  ok(first > 350 && first < 650, "of two cases that can go on each is taken about as often");
}

const group = new WaitGroup();
const mutex = new Mutex();
const rw = new RWMutex();
const once = new Once();

function locked(name: string): void {
  mutex.lock();
  log += `${name}( `;
  gosched();
  log += `) `;
  mutex.unlock();
  group.done();
}

function reader(name: string): void {
  rw.rLock();
  log += `${name}( `;
  gosched();
  log += `${name}) `;
  rw.rUnlock();
  group.done();
}

function writer(name: string): void {
  rw.lock();
  log += `${name}( `;
  gosched();
  log += `${name}) `;
  rw.unlock();
  group.done();
}

function onlyOnce(): void {
  once.do(() => {
    log += "once";
    gosched();
    log += " ";
  });
  log += "after ";
  group.done();
}

function syncing(): void {
  group.wait();
  group.add(3);
  for (let i = 0; i < 3; i++) go(locked, `m${i}`);
  group.wait();
  logged("m0( ) m1( ) m2( ) ", "a mutex has one owner, first come, first served");
  ok(mutex.tryLock() && !mutex.tryLock(), "tryLock takes a free one only");
  mutex.unlock();

  group.add(5);
  go(reader, "r1");
  go(reader, "r2");
  go(writer, "w1");
  go(reader, "r3");
  go(writer, "w2");
  group.wait();
  logged(
    "r1( r2( r1) r2) w1( w1) r3( r3) w2( w2) ",
    "readers share, a writer that waits comes first, then the readers",
  );
  ok(rw.tryRLock() && rw.tryRLock() && !rw.tryLock(), "a reader keeps writers out");
  rw.rUnlock();
  rw.rUnlock();
  ok(rw.tryLock() && !rw.tryRLock(), "a writer keeps readers out");
  rw.unlock();

  group.add(2);
  go0(onlyOnce);
  go0(onlyOnce);
  group.wait();
  logged("once after after ", "once runs once, and the others wait for it");
}

function note(name: string): void {
  log += name;
}

function sleeper(ms: i32): void {
  sleep(i64(ms) * MILLISECOND);
  log += `${ms} `;
  group.done();
}

function timing(): void {
  const start = now();
  group.add(4);
  go(sleeper, 90);
  go(sleeper, 30);
  go(sleeper, 60);
  go(sleeper, 0);
  group.wait();
  logged("0 30 60 90 ", "sleepers wake in the order of their times");
  ok(since(start) >= 90 * MILLISECOND && since(start) < 5 * SECOND, "after as long as they asked for");
  ok(after(100 * MICROSECOND).recv() >= start, "after sends the time");

  const timer = new Timer(MILLISECOND);
  ok(timer.stop() && !timer.stop(), "stop tells whether the timer was going to fire");
  sleep(3 * MILLISECOND);
  ok(timer.c.length == 0 && !timer.reset(MILLISECOND), "a stopped timer does not fire");
  sleep(3 * MILLISECOND);
  ok(timer.c.length == 1 && !timer.reset(MILLISECOND) && timer.c.length == 0, "reset takes an old time away");
  timer.c.recv();

  afterFunc(2 * MILLISECOND, note, "f");
  const never = afterFunc(MILLISECOND, note, "never");
  ok(never.stop(), "a function that was stopped is not called");
  sleep(4 * MILLISECOND);
  logged("f", "afterFunc calls in time");

  const ticker = new Ticker(2 * MILLISECOND);
  const first = ticker.c.recv();
  ok(ticker.c.recv() > first, "a ticker ticks");
  sleep(9 * MILLISECOND);
  ok(ticker.c.length == 1, "and leaves out what nobody receives");
  ticker.stop();
  ok(ticker.c.length == 0, "until it is stopped");
  ticker.reset(MILLISECOND);
  ticker.c.recv();
  ticker.stop();
}

let early = 0;

function sleepWell(ms: i32): void {
  const start = now();
  sleep(i64(ms) * MILLISECOND);
  if (since(start) < i64(ms) * MILLISECOND) early++;
  group.done();
}

function manyTimers(): void {
  group.add(500);
  for (let i = 0; i < 500; i++) go(sleepWell, (i * 7919) % 50);
  group.wait();
  ok(early == 0, "of 500 sleepers none wakes too early, and all wake");
}

const gate = new Chan<i32>();

function park(number: i32): void {
  const name = `goroutine ${number}`;
  if (gate.recv() == 0 && name == `goroutine ${number}`) early++;
}

function manyParked(): void {
  const before = memory.size();
  early = 0;
  for (let i = 0; i < 10_000; i++) go(park, i);
  gosched();
  const bytes = (memory.size() - before) * 65536;
  ok(numGoroutine() == 10_001, "10,000 goroutines wait");
  // Memory doubles when it grows: this is twice what they may take.
  ok(bytes <= 10_000 * 1024, "each in half a kilobyte, with what it holds");
  __collect();
  gate.close();
  gosched();
  ok(early == 10_000 && numGoroutine() == 1, "and each still has it");
}

order();
argument();
unbuffered();
buffered();
closing();
selecting();
fairness();
syncing();
timing();
manyTimers();
manyParked();
exit(failures);
