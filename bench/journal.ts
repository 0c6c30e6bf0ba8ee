// The guest of the compile case: two hundred lines, with goroutines, as one would write them.
//
// Writers send lines through a pair of sockets to a reader, which has workers
// take them apart; a journal keeps the counts, and a report is printed at the end.

import { errno } from "sockyard/errno";
import { Chan, cancelWaits, go, Select, waitReadable, waitWritable } from "sockyard/go";
import { exit, stderr, stdout } from "sockyard/process";
import { AF_UNIX, close, EAGAIN, read, SOCK_NONBLOCK, SOCK_STREAM, socketpair, write } from "sockyard/socket";
import { Mutex, Once, RWMutex, WaitGroup } from "sockyard/sync";
import { SECOND } from "sockyard/time";

const WRITERS = 4;
const WORKERS = 3;
const LINES = 25;
const LEVELS: StaticArray<string> = ["debug", "info", "warning", "error"];

/** One line, taken apart. */
class Entry {
  constructor(
    public writer: i32,
    public level: string,
    public words: i32,
  ) {}
}

/** Counts by some name, and prints them in the order of the names. */
class Tally {
  private counts: Map<string, i32> = new Map();
  private lock: RWMutex = new RWMutex();

  add(name: string, count: i32): void {
    this.lock.lock();
    const before = this.counts.has(name) ? this.counts.get(name) : 0;
    this.counts.set(name, before + count);
    this.lock.unlock();
  }

  get(name: string): i32 {
    this.lock.rLock();
    const count = this.counts.has(name) ? this.counts.get(name) : 0;
    this.lock.rUnlock();
    return count;
  }

  toString(): string {
    const names = this.counts.keys();
    names.sort();
    let text = "";
    for (let i = 0; i < names.length; i++) text += `  ${names[i]}: ${this.counts.get(names[i])}\n`;
    return text;
  }
}

/** Everything that is counted. */
class Journal {
  levels: Tally = new Tally();
  writers: Tally = new Tally();
  private longest: Entry | null = null;
  private lock: Mutex = new Mutex();

  note(entry: Entry): void {
    this.levels.add(entry.level, 1);
    this.writers.add(`writer ${entry.writer}`, entry.words);
    this.lock.lock();
    const longest = this.longest;
    if (longest === null || entry.words > longest.words) this.longest = entry;
    this.lock.unlock();
  }

  report(): string {
    const longest = this.longest;
    const most = longest === null ? 0 : longest.words;
    return `by level\n${this.levels.toString()}words by writer\n${this.writers.toString()}most words: ${most}\n`;
  }
}

/** A stream of lines over a socket that does not block. */
class LineReader {
  private buffer: StaticArray<u8> = new StaticArray<u8>(256);
  private text: string = "";
  private isAtEnd: bool = false;

  constructor(private fd: i32) {}

  /** The next line, or null at the end. */
  next(): string | null {
    while (true) {
      const end = this.text.indexOf("\n");
      if (end >= 0) {
        const line = this.text.substring(0, end);
        this.text = this.text.substring(end + 1);
        return line;
      }
      if (this.isAtEnd) return null;
      this.fill();
    }
  }

  private fill(): void {
    const size = read(this.fd, this.buffer, this.buffer.length);
    if (size > 0) {
      this.text += String.UTF8.decodeUnsafe(changetype<usize>(this.buffer), size);
    } else if (size == 0 || errno != EAGAIN || waitReadable(this.fd) < 0) {
      this.isAtEnd = true;
    }
  }
}

const journal = new Journal();
const lines = new Chan<string>(8);
const entries = new Chan<Entry>();
const finished = new Chan<bool>();
const workers = new WaitGroup();
const writers = new WaitGroup();
const greeting = new Once();
let output = -1;

function writeLine(text: string): bool {
  const bytes = String.UTF8.encode(`${text}\n`);
  let done = 0;
  while (done < bytes.byteLength) {
    const written = write(output, changetype<usize>(bytes) + done, bytes.byteLength - done);
    if (written >= 0) done += <i32>written;
    else if (errno != EAGAIN || waitWritable(output) < 0) return false;
  }
  return true;
}

function produce(writer: i32): void {
  greeting.do(() => {
    stderr.write("the first writer has begun\n");
  });
  for (let i = 0; i < LINES; i++) {
    const level = LEVELS[(writer + i) % LEVELS.length];
    let text = `${writer} ${level}`;
    for (let word = 0; word <= i % 7; word++) text += ` word${word}`;
    if (!writeLine(text)) break;
  }
  writers.done();
}

function endOutput(_: i32): void {
  writers.wait();
  cancelWaits(output);
  close(output);
}

function receive(input: i32): void {
  const reader = new LineReader(input);
  for (let line = reader.next(); line !== null; line = reader.next()) lines.send(line);
  lines.close();
  cancelWaits(input);
  close(input);
}

function takeApart(_: i32): void {
  while (true) {
    const line = lines.recv();
    if (!lines.ok) break;
    const words = line.split(" ");
    if (words.length < 2) continue;
    entries.send(new Entry(i32.parse(words[0]), words[1], words.length - 2));
  }
  workers.done();
}

function endEntries(_: i32): void {
  workers.wait();
  finished.send(true);
}

function collect(): i32 {
  const select = new Select().recv(entries).recv(finished);
  let count = 0;
  while (true) {
    const chosen = select.waitFor(10 * SECOND);
    if (chosen == 0) {
      journal.note(select.value<Entry>(0));
      count++;
    } else {
      return chosen == 1 ? count : -1;
    }
  }
}

function main(): i32 {
  const pair = new StaticArray<i32>(2);
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) < 0) return 1;
  output = pair[0];
  writers.add(WRITERS);
  workers.add(WORKERS);
  go(receive, pair[1]);
  for (let i = 0; i < WRITERS; i++) go(produce, i);
  for (let i = 0; i < WORKERS; i++) go(takeApart, i);
  go(endOutput, 0);
  go(endEntries, 0);
  const count = collect();
  stdout.write(`${count} lines\n${journal.report()}`);
  return count == WRITERS * LINES ? 0 : 1;
}

exit(main());
