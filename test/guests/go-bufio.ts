// What bufio and io do: a line for each, `ok …` if it is as in Go. The first ones are the examples of Go's documentation.

import {
  ErrBufferFull,
  ErrFinalToken,
  ErrInvalidUnreadByte,
  ErrInvalidUnreadRune,
  ErrNegativeCount,
  ErrTooLong,
  Reader,
  ReadWriter,
  Scanner,
  Split,
  scanBytes,
  scanLines,
  scanRunes,
  scanWords,
  Writer,
} from "sockyard/bufio";
import { Failure } from "sockyard/errors";
import { fprint, fprintf, sprintf } from "sockyard/fmt";
import { go, gosched, numGoroutine } from "sockyard/go";
import {
  copy,
  copyBuffer,
  discard,
  EOF,
  ErrClosedPipe,
  ErrNoProgress,
  ErrShortBuffer,
  ErrShortWrite,
  ErrUnexpectedEOF,
  MultiReader,
  PipeReader,
  PipeWriter,
  pipe,
  readAll,
  readAtLeast,
  readFull,
  Writer as Sink,
  Reader as Source,
} from "sockyard/io";
import { exit, stdout } from "sockyard/os";
import { WaitGroup } from "sockyard/sync";

let failures = 0;

function same(what: string, actual: string, expected: string): void {
  const isSame = actual == expected;
  if (!isSame) failures++;
  stdout.writeString(isSame ? `ok ${what}\n` : sprintf("FAILED %s: %q, not %q\n", what, actual, expected));
}

function bytes(text: string): Uint8Array {
  return Uint8Array.wrap(String.UTF8.encode(text));
}

function text(data: Uint8Array): string {
  return String.UTF8.decodeUnsafe(data.dataStart, data.length);
}

const broken = new Failure("broken");

/** strings.NewReader, in pieces of at most `piece` bytes, and with any end. */
class Text implements Source {
  err: Failure | null = null;
  reads: i32 = 0;
  private at: i32 = 0;
  private bytes: Uint8Array;

  constructor(
    text: string,
    private piece: i32 = i32.MAX_VALUE,
    private end: Failure | null = EOF,
  ) {
    this.bytes = bytes(text);
  }

  read(p: Uint8Array): i32 {
    this.reads++;
    const size = min(min(p.length, this.piece), this.bytes.length - this.at);
    this.err = size == 0 ? this.end : null;
    memory.copy(p.dataStart, this.bytes.dataStart + this.at, size);
    this.at += size;
    return size;
  }
}

/** bytes.Buffer with limits. */
class Store implements Sink {
  err: Failure | null = null;
  text: string = "";
  writes: i32 = 0;

  constructor(
    private room: i32 = i32.MAX_VALUE,
    private whenFull: Failure | null = null,
  ) {}

  write(p: Uint8Array): i32 {
    this.writes++;
    const size = min(p.length, this.room);
    this.room -= size;
    this.err = size < p.length ? this.whenFull : null;
    this.text += String.UTF8.decodeUnsafe(p.dataStart, size);
    return size;
  }
}

function scanned(scanner: Scanner): string {
  let all = "";
  while (scanner.scan()) all += sprintf("%q;", scanner.text());
  return all + sprintf("%v", scanner.err());
}

// func ExampleScanner_custom: words that are numbers, or an error.
function scanNumbers(data: Uint8Array, isAtEnd: bool, found: Split): void {
  scanWords(data, isAtEnd, found);
  const token = found.token;
  if (token !== null && !(parseInt(text(token), 10) >= 0)) found.err = new Failure(sprintf("parsing %q", text(token)));
}

// func ExampleScanner_emptyFinalToken: a comma at the end has an empty value behind it.
function scanCommas(data: Uint8Array, isAtEnd: bool, found: Split): void {
  const comma = data.indexOf(0x2c);
  if (comma >= 0) {
    found.advance = comma + 1;
    found.token = data.subarray(0, comma);
  } else if (isAtEnd) {
    found.token = data;
    found.err = ErrFinalToken;
  }
}

function split(text: string, by: (data: Uint8Array, isAtEnd: bool, found: Split) => void, piece: i32 = 1000): string {
  const scanner = new Scanner(new Text(text, piece));
  scanner.split(by);
  return scanned(scanner);
}

function examples(): void {
  const store = new Store();
  const w = new Writer(store);
  fprint(w, "Hello, ");
  fprint(w, "world!");
  same("Writer: nothing is written yet", store.text, "");
  w.flush();
  same("Writer: flush writes", store.text, "Hello, world!");
  same("Scanner: lines", scanned(new Scanner(new Text("one\ntwo\r\n\nlast"))), '"one";"two";"";"last";<nil>');
  const words = "Now is the winter of our discontent,\nMade glorious summer by this sun of York.\n";
  const scanner = new Scanner(new Text(words));
  scanner.split(scanWords);
  let count = 0;
  while (scanner.scan()) count++;
  same("Scanner: words", count.toString(), "15");
  same("Scanner: custom", split("1234 5678 xyz", scanNumbers), '"1234";"5678";parsing "xyz"');
  same("Scanner: empty final token", split("1,2,3,4,", scanCommas), '"1";"2";"3";"4";"";<nil>');
}

function scanning(): void {
  for (let piece = 1; piece < 6; piece++) {
    same(`lines in pieces of ${piece}`, split("a\r\nbé\n\n\rc\r", scanLines, piece), '"a";"bé";"";"\\rc";<nil>');
    same(`words in pieces of ${piece}`, split("  a\u2003bé\t\n c ", scanWords, piece), '"a";"bé";"c";<nil>');
    same(`runes in pieces of ${piece}`, split("aé日😀", scanRunes, piece), '"a";"é";"日";"😀";<nil>');
    same(`bytes in pieces of ${piece}`, split("ab", scanBytes, piece), '"a";"b";<nil>');
  }
  same("no lines", split("", scanLines), "<nil>");
  same("an empty line", split("\n", scanLines), '"";<nil>');
  same("no words", split(" \n", scanWords), "<nil>");
  const long = "x".repeat(70_000);
  const tooLong = new Scanner(new Text(`short\n${long}\n`));
  same("the first of two", tooLong.scan() ? tooLong.text() : "none", "short");
  same(
    "too long a token",
    sprintf("%v %v %q", tooLong.scan(), tooLong.err(), tooLong.text()),
    'false bufio.Scanner: token too long ""',
  );
  same("is ErrTooLong", (tooLong.err() === ErrTooLong).toString(), "true");
  const larger = new Scanner(new Text(`${long}\nnext`));
  larger.buffer(new Uint8Array(10), 100_000);
  same("buffer() lets it", sprintf("%v %d", larger.scan(), larger.bytes().length), "true 70000");
  same("and go on", scanned(larger), '"next";<nil>');
  const failing = new Scanner(new Text("a\nb", 10, broken));
  same("what there is before an error", scanned(failing), '"a";"b";broken');
  same("a reader that brings nothing", scanned(new Scanner(new Text("a", 1, null))), `"a";${ErrNoProgress.toString()}`);
  const many = new Scanner(new Text("line\n".repeat(20_000), 1000));
  let lines = 0;
  while (many.scan()) lines += many.text() == "line" ? 1 : 0;
  same("many lines", lines.toString(), "20000");
}

function reading(): void {
  const r = new Reader(new Text("0123456789abcdefghij", 7), 16);
  same("peek", text(r.peek(3)), "012");
  same("peek reads again", text(r.peek(9)), "012345678");
  same("peek beyond the buffer", sprintf("%s %v", r.peek(17), r.err), "0123456789abcdef bufio: buffer full");
  same("which is ErrBufferFull", (r.err === ErrBufferFull).toString(), "true");
  same("peek of less than nothing", sprintf("%s %v", r.peek(-1), r.err), ` ${ErrNegativeCount.toString()}`);
  same("buffered", r.buffered.toString(), "16");
  same("unreadByte without a read", sprintf("%v", r.unreadByte()), "bufio: invalid use of UnreadByte");
  same("readByte", sprintf("%c%c %v", r.readByte(), r.readByte(), r.err), "01 <nil>");
  same("unreadByte", sprintf("%v", r.unreadByte()), "<nil>");
  same("once only", (r.unreadByte() === ErrInvalidUnreadByte).toString(), "true");
  same("the byte again", sprintf("%c", r.readByte()), "1");
  same("discard", sprintf("%d %v", r.discard(5), r.err), "5 <nil>");
  const p = new Uint8Array(4);
  same("read", sprintf("%d %s", r.read(p), p), "4 789a");
  same("discard up to the end", sprintf("%d %v", r.discard(100), r.err), "9 EOF");
  same("readByte at the end", sprintf("%d %v", r.readByte(), r.err), "-1 EOF");
  same("peek at the end", sprintf("%q %v", r.peek(1), r.err), '"" EOF');
  r.reset(new Text("again"));
  same("reset", sprintf("%s %v", r.readString(0x0a), r.err), "again EOF");

  const source = new Text("x".repeat(100));
  const large = new Reader(source, 16);
  same(
    "a large read goes around the buffer",
    sprintf("%d %d", large.read(new Uint8Array(100)), large.buffered),
    "100 0",
  );
  const runes = new Reader(new Text("é日\u{1f600}", 1));
  same("readRune", sprintf("%c%c", runes.readRune(), runes.readRune()), "é日");
  same("unreadRune", sprintf("%v %c", runes.unreadRune(), runes.readRune()), "<nil> 日");
  same("readRune to the end", sprintf("%c %d %v", runes.readRune(), runes.readRune(), runes.err), "😀 -1 EOF");
  same("unreadRune then", (runes.unreadRune() === ErrInvalidUnreadRune).toString(), "true");
}

function lines(): void {
  const long = "long".repeat(10);
  const r = new Reader(new Text(`one\ntwo\r\n\n${long}\nlast`, 5), 16);
  same("readString", sprintf("%q %v", r.readString(0x0a), r.err), '"one\\n" <nil>');
  same("readLine", sprintf("%q %v", r.readLine(), r.isPrefix), '"two" false');
  same("an empty one", sprintf("%q %v", r.readLine(), r.err), '"" <nil>');
  same("a part", sprintf("%q %v", r.readLine(), r.isPrefix), '"longlonglonglong" true');
  same("another", sprintf("%q %v", r.readLine(), r.isPrefix), '"longlonglonglong" true');
  same("the rest", sprintf("%q %v", r.readLine(), r.isPrefix), '"longlong" false');
  same("the last", sprintf("%q %v", r.readLine(), r.err), '"last" <nil>');
  same("none", sprintf("%q %v", r.readLine(), r.err), '"" EOF');
  const carriage = new Reader(new Text(`${"x".repeat(15)}\r\nnext\n`), 16);
  same("\\r at the end of the buffer", sprintf("%d %v", carriage.readLine().length, carriage.isPrefix), "15 true");
  same("and its \\n", sprintf("%q %v", carriage.readLine(), carriage.isPrefix), '"" false');
  same("the next line", sprintf("%q", carriage.readLine()), '"next"');
  const slices = new Reader(new Text(`a,b${"c".repeat(20)},`), 16);
  same("readSlice", sprintf("%s %v", slices.readSlice(0x2c), slices.err), "a, <nil>");
  same("of a full buffer", sprintf("%d %v", slices.readSlice(0x2c).length, slices.err), "16 bufio: buffer full");
  same("readBytes", sprintf("%s %v", slices.readBytes(0x2c), slices.err), "ccccc, <nil>");
  const whole = new Reader(new Text(`${long},${long}`), 16);
  same("however long", sprintf("%s %v", whole.readBytes(0x2c), whole.err), `${long}, <nil>`);
  same("or without its end", sprintf("%s %v", whole.readString(0x2c), whole.err), `${long} EOF`);
}

function writing(): void {
  const store = new Store();
  const w = new Writer(store, 8);
  same("write", sprintf("%d %d %d", w.write(bytes("abc")), w.buffered, w.available), "3 3 5");
  w.writeByte(0x64);
  w.writeRune(0xe9);
  same("writeString", sprintf("%d %q", w.writeString("efgh"), store.text), '4 "abcdéef"');
  same("more than the buffer", sprintf("%d %d", w.writeString("x".repeat(30)), w.buffered), "30 0");
  same("flush of nothing", sprintf("%v %d", w.flush(), store.writes), "<nil> 3");
  same("all of it", store.text, `abcdéefgh${"x".repeat(30)}`);
  const full = new Writer(new Store(4, broken), 8);
  same("an error comes late", sprintf("%d %v", full.writeString("123456"), full.err), "6 <nil>");
  same("with flush", sprintf("%v %d", full.flush(), full.buffered), "broken 2");
  same("and stays", sprintf("%d %v %v", full.writeString("7"), full.writeByte(0x38), full.flush()), "0 broken broken");
  const short = new Writer(new Store(4), 8);
  short.writeString("123456");
  same("a short write", (short.flush() === ErrShortWrite).toString(), "true");
  full.reset(store);
  same("reset", sprintf("%d %v", full.writeString("9"), full.flush()), "1 <nil>");
  const both = new ReadWriter(new Reader(new Text("question\n")), new Writer(store));
  same("ReadWriter", sprintf("%q %d", both.readString(0x0a), both.writeString("answer")), '"question\\n" 6');
}

const group = new WaitGroup();

function writeWords(w: PipeWriter): void {
  fprintf(w, "some %s stream\n", "io.Reader");
  fprintf(w, "to be read\n");
  w.closeWithError(broken);
  same("write after close", sprintf("%d %v", w.write(bytes("x")), w.err), "0 io: read/write on closed pipe");
  group.done();
}

function readTwice(r: PipeReader): void {
  r.read(new Uint8Array(2));
  r.closeWithError(broken);
  same("read after close", sprintf("%d %v", r.read(new Uint8Array(1)), r.err === ErrClosedPipe), "0 true");
  group.done();
}

function writeLetters(w: PipeWriter): void {
  for (let i = 0; i < 100; i++) w.write(bytes("ab"));
  if (--writers == 0) w.close();
}

let writers = 3;

function piping(): void {
  const one = pipe();
  group.add(1);
  go(writeWords, one.writer);
  const scanner = new Scanner(one.reader);
  same("a pipe", scanned(scanner), '"some io.Reader stream";"to be read";broken');
  group.wait();
  const two = pipe();
  group.add(1);
  go(readTwice, two.reader);
  same("a write that is read in part", sprintf("%d %v", two.writer.write(bytes("abcde")), two.writer.err), "2 broken");
  group.wait();
  const three = pipe();
  for (let i = 0; i < 3; i++) go(writeLetters, three.writer);
  const all = readAll(three.reader);
  same("writers take turns", sprintf("%v %v", all.toString() == "ab".repeat(300), all.err), "true <nil>");
  same("no reader waits", sprintf("%v", three.writer.close()), "<nil>");
  while (numGoroutine() > 1) gosched();
}

function copying(): void {
  const store = new Store();
  const p = new Uint8Array(20);
  const copied = copyBuffer(store, new Text("some io.Reader stream to be read", 5), p.subarray(3, 11));
  same(
    "copyBuffer",
    sprintf("%d %v %s", copied.n, copied.err, store.text),
    "32 <nil> some io.Reader stream to be read",
  );
  const long = "0123456789".repeat(10_000);
  const large = new Store();
  copy(large, new Text(long));
  same("copy of much", sprintf("%v %d", large.text == long, large.writes), "true 4");
  same("discard", copy(discard, new Text(long)).n.toString(), "100000");
  const parts = new MultiReader([new Text("first "), new Text(""), new Text("second ", 2), new Text("third")]);
  same("MultiReader", readAll(parts).toString(), "first second third");
  same("of none", sprintf("%s %v", readAll(new MultiReader([])).toString(), new MultiReader([]).err), " <nil>");
  const least = readAtLeast(new Text("abcdef", 2), p, 3);
  same("readAtLeast", sprintf("%d %v", least.n, least.err), "4 <nil>");
  same("too much", (readAtLeast(new Text(""), p, 21).err === ErrShortBuffer).toString(), "true");
  same("too little", (readFull(new Text("a"), p).err === ErrUnexpectedEOF).toString(), "true");
}

examples();
scanning();
reading();
lines();
writing();
piping();
copying();
exit(failures);
