// What packages io, os, errors and syscall do: a line for each, `ok …` if it is as in Go.
// Argument: a path that leads nowhere.

import { Failure, is } from "sockyard/errors";
import { go, gosched } from "sockyard/go";
import {
  copy,
  copyN,
  EOF,
  ErrShortWrite,
  ErrUnexpectedEOF,
  LimitReader,
  MultiWriter,
  Reader,
  readAll,
  readFull,
  TeeReader,
  Writer,
  writeString,
} from "sockyard/io";
import { args, exit, remove, stdout } from "sockyard/os";
import { ECONNREFUSED, EINTR, ENOENT, EPIPE, ETIMEDOUT } from "sockyard/socket";
import { WaitGroup } from "sockyard/sync";
import { Errno } from "sockyard/syscall";

const group = new WaitGroup();
let failures = 0;

function ok(isRight: bool, what: string): void {
  if (!isRight) failures++;
  stdout.writeString(`${isRight ? "ok" : "FAILED"} ${what}\n`);
}

const broken = new Failure("broken");

/** Brings a text in pieces of at most `piece` bytes, and lets others run between them; ends with `end`. */
class Source implements Reader {
  err: Failure | null = null;
  private bytes: Uint8Array;
  private at: i32 = 0;

  constructor(
    text: string,
    private piece: i32,
    private end: Failure = EOF,
  ) {
    this.bytes = Uint8Array.wrap(String.UTF8.encode(text));
  }

  read(p: Uint8Array): i32 {
    gosched();
    const size = min(min(p.length, this.piece), this.bytes.length - this.at);
    this.err = size == 0 ? this.end : null;
    memory.copy(p.dataStart, this.bytes.dataStart + this.at, size);
    this.at += size;
    return size;
  }
}

/** Keeps what is written, up to `room` bytes. */
class Sink implements Writer {
  err: Failure | null = null;
  text: string = "";

  constructor(
    private room: i32 = i32.MAX_VALUE,
    private whenFull: Failure | null = null,
  ) {}

  write(p: Uint8Array): i32 {
    gosched();
    const size = min(p.length, this.room);
    this.room -= size;
    this.err = size < p.length ? this.whenFull : null;
    this.text += String.UTF8.decodeUnsafe(p.dataStart, size);
    return size;
  }
}

const TEXT = "the quick brown fox jumps over the lazy dog";

function copying(): void {
  const sink = new Sink();
  const copied = copy(sink, new Source(TEXT, 7));
  ok(copied.n == TEXT.length && copied.err === null && sink.text == TEXT, "copy writes all up to EOF");
  const failed = copy(new Sink(), new Source(TEXT, 7, broken));
  ok(failed.n == TEXT.length && failed.err === broken, "and tells of any other end");
  const full = copy(new Sink(10, broken), new Source(TEXT, 7));
  ok(full.n == 10 && full.err === broken, "an error of the writer ends it");
  ok(copy(new Sink(10), new Source(TEXT, 7)).err === ErrShortWrite, "a short write without an error is one");

  const some = new Sink();
  const source = new Source(TEXT, 7);
  const five = copyN(some, source, 5);
  ok(five.n == 5 && five.err === null && some.text == "the q", "copyN copies so much and no more");
  const rest = copyN(some, source, 1000);
  ok(rest.n == TEXT.length - 5 && rest.err === EOF && some.text == TEXT, "EOF if there is less");
}

function reading(): void {
  const all = readAll(new Source(TEXT + TEXT, 600));
  ok(all.err === null && all.toString() == TEXT + TEXT, "readAll reads up to the end");
  const long = "x".repeat(100_000);
  ok(readAll(new Source(long, 3000)).toString() == long, "however much it is");
  const part = readAll(new Source(TEXT, 5, broken));
  ok(part.err === broken && part.toString() == TEXT, "or up to an error");

  const p = new Uint8Array(10);
  const source = new Source(TEXT.substring(0, 15), 4);
  const filled = readFull(source, p);
  ok(filled.n == 10 && filled.err === null, "readFull fills the buffer");
  const partly = readFull(source, p);
  ok(partly.n == 5 && partly.err === ErrUnexpectedEOF, "ErrUnexpectedEOF in the middle");
  ok(readFull(source, p).err === EOF, "EOF at the end");
}

function wrapping(): void {
  const limited = new LimitReader(new Source(TEXT, 100), 9);
  ok(readAll(limited).toString() == "the quick" && limited.n == 0, "LimitReader ends early");
  const short = new LimitReader(new Source("abc", 100), 9);
  ok(readAll(short).toString() == "abc" && short.n == 6, "or with its source");
  const copyOf = new Sink();
  ok(readAll(new TeeReader(new Source(TEXT, 4), copyOf)).toString() == TEXT && copyOf.text == TEXT, "TeeReader copies");
  const tee = new TeeReader(new Source(TEXT, 100), new Sink(3, broken));
  ok(tee.read(new Uint8Array(10)) == 3 && tee.err === broken, "and tells when it cannot");
  const one = new Sink();
  const two = new Sink(4, broken);
  const three = new Sink();
  const all = new MultiWriter([one, two, three]);
  ok(writeString(all, "four") == 4 && all.err === null, "MultiWriter writes to all");
  ok(writeString(all, "more") == 0 && all.err === broken, "up to the first that fails");
  ok(one.text == "fourmore" && two.text == "four" && three.text == "four", "in turn");
}

function errors(): void {
  ok(new Errno(ECONNREFUSED).toString() == "connection refused", "Errno has Go's text");
  ok(new Errno(ETIMEDOUT).timeout() && !new Errno(ECONNREFUSED).timeout(), "tells of time-outs");
  ok(new Errno(EINTR).temporary() && !new Errno(EPIPE).temporary(), "and of what may work later");
  const gone = remove(args[1]);
  ok(gone !== null && gone.toString() == `remove ${args[1]}: no such file or directory`, "remove fails as in Go");
  ok(is(gone, new Errno(ENOENT)) && !is(gone, new Errno(EPIPE)) && !is(null, EOF), "is finds the cause");
  ok(is(EOF, EOF) && !is(EOF, ErrUnexpectedEOF), "and itself");
}

function race(name: string): void {
  ok(readAll(new Source(name.repeat(100), 3)).toString() == name.repeat(100), `${name} reads beside others`);
  group.done();
}

group.add(2);
go(race, "one");
go(race, "two");
group.wait();
copying();
reading();
wrapping();
errors();
exit(failures);
