// Ends in the way that its argument says.

import { Chan, go, go0, gosched, Select } from "sockyard/go";
import { argv, exit, stdout } from "sockyard/process";
import { Mutex, RWMutex, WaitGroup } from "sockyard/sync";
import { HOUR, sleep, Ticker } from "sockyard/time";

const never = new Chan<i32>();

function deadlock(): void {
  go0(() => {
    never.send(1);
    never.send(2);
  });
  go0(() => {
    new Select().recv(new Chan<i32>()).wait();
  });
  go0(() => {
    new Select().wait();
  });
  go0(() => {
    const m = new Mutex();
    m.lock();
    m.lock();
  });
  go0(() => {
    const m = new RWMutex();
    m.lock();
    m.rLock();
  });
  go0(() => {
    const m = new RWMutex();
    m.rLock();
    m.lock();
  });
  go0(() => {
    const group = new WaitGroup();
    group.add(1);
    group.wait();
  });
  never.recv();
  never.recv();
  never.recv();
}

class Divisor {
  constructor(public value: i32) {}
}

function divide(d: Divisor): void {
  gosched();
  stdout.write(`${100 / d.value}\n`);
}

function trap(): void {
  go(divide, new Divisor(50));
  go(divide, new Divisor(0));
  never.recv();
}

function panic(how: string): void {
  const c = new Chan<i32>();
  if (how == "send") {
    c.close();
    c.send(1);
  }
  if (how == "waiting send") {
    go((c: Chan<i32>) => c.close(), c);
    c.send(1);
  }
  if (how == "select send") {
    go((c: Chan<i32>) => c.close(), c);
    new Select().send(c, 1).wait();
  }
  if (how == "close") {
    c.close();
    c.close();
  }
  if (how == "capacity") new Chan<i32>(-1);
  if (how == "group") new WaitGroup().done();
  if (how == "mutex") new Mutex().unlock();
  if (how == "reader") new RWMutex().rUnlock();
  if (how == "writer") new RWMutex().unlock();
  if (how == "ticker") new Ticker(0);
}

/** Waits at the bottom of many calls. */
function descend(depth: i32, a: i64, b: i64, c: f64): i64 {
  if (depth == 0) {
    gosched();
    return a;
  }
  return descend(depth - 1, a + depth, b ^ a, c * 1.5) + b + i64(c);
}

function others(): void {
  go0(() => {
    sleep(HOUR);
  });
  go0(() => {
    never.recv();
  });
  gosched();
  stdout.write("main returns\n");
}

const how = argv[1];
if (how == "deadlock") deadlock();
else if (how == "trap") trap();
else if (how == "deep") descend(1000, 1, 2, 3);
else if (how == "too deep") descend(4000, 1, 2, 3);
else if (how == "return") others();
else if (how == "sleep") sleep(HOUR);
else if (how == "exit") go0(() => exit(7));
else panic(how);
if (how == "exit") never.recv();
