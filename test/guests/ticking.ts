// Repeats standard input on standard output, while a ticker ticks on standard error: until the end of the input.

import { Chan, go, Select, waitReadable } from "sockyard/go";
import { stderr, stdin, stdout } from "sockyard/process";
import { MILLISECOND, Ticker } from "sockyard/time";

function copy(done: Chan<i32>): void {
  const buffer = new StaticArray<u8>(64);
  while (true) {
    const waited = waitReadable(stdin.fd);
    const size = waited < 0 ? waited : stdin.read(buffer, buffer.length);
    if (size <= 0) {
      done.send(size);
      return;
    }
    stdout.writeBytes(buffer, size);
  }
}

const done = new Chan<i32>();
go(copy, done);
const ticker = new Ticker(2 * MILLISECOND);
const next = new Select().recv(done).recv(ticker.c);
let ticks = 0;
while (next.wait() == 1) {
  if (++ticks == 3) stderr.write("ticking\n");
}
stdout.write(`end ${next.value<i32>(0)}\n`);
