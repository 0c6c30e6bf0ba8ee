// What os does with files, and errors with its errors: a line for each, `ok …` if it is as in Go.
// Arguments: an empty directory of the program's own, and a file that it may not read.

import { as, Failure, is, join, unwrap } from "sockyard/errors";
import { errorf, fprintf, sprintf } from "sockyard/fmt";
import { EOF, readAll } from "sockyard/io";
import {
  args,
  create,
  ErrClosed,
  ErrDeadlineExceeded,
  ErrExist,
  ErrInvalid,
  ErrNotExist,
  ErrPermission,
  exit,
  File,
  getenv,
  isExist,
  isNotExist,
  isPermission,
  lookupEnv,
  lstat,
  O_APPEND,
  O_CREAT,
  O_EXCL,
  O_RDWR,
  O_WRONLY,
  open,
  openFile,
  PathError,
  readFile,
  remove,
  stat,
  stdout,
  writeFile,
} from "sockyard/os";
import { EACCES, EISDIR, ENOENT, ENOTEMPTY, EPERM } from "sockyard/socket";
import { Errno, pipe } from "sockyard/syscall";

let failures = 0;

function same(what: string, actual: string, expected: string): void {
  const isSame = actual == expected;
  if (!isSame) failures++;
  stdout.writeString(isSame ? `ok ${what}\n` : sprintf("FAILED %s: %q, not %q\n", what, actual, expected));
}

function bytes(text: string): Uint8Array {
  return Uint8Array.wrap(String.UTF8.encode(text));
}

const directory = args[1];
const path = `${directory}/file`;

function files(): void {
  const made = create(path).value;
  same("fprintf to a file", sprintf("%d %v", fprintf(made, "%s\n", "one"), made.err), "4 <nil>");
  same("close", sprintf("%v", made.close()), "<nil>");
  same("close again", sprintf("%v", made.close()), `close ${path}: file already closed`);
  same("write then", sprintf("%d %v", made.writeString("x"), made.err), `0 write ${path}: file already closed`);
  same("is ErrClosed", is(made.err, ErrClosed).toString(), "true");
  const more = openFile(path, O_WRONLY | O_APPEND, 0).value;
  more.writeString("two\n");
  same(
    "read of what is for writing",
    sprintf("%d %v", more.read(new Uint8Array(1)), more.err),
    `0 read ${path}: bad file descriptor`,
  );
  more.close();
  const file = open(path).value;
  same("read", sprintf("%s %v", readAll(file).toString(), file.err), "one\ntwo\n EOF");
  same("read at the end", sprintf("%d %v", file.read(new Uint8Array(1)), file.err === EOF), "0 true");
  same("read of nothing", sprintf("%d %v", file.read(new Uint8Array(0)), file.err), "0 <nil>");
  same(
    "write to what is for reading",
    sprintf("%d %v", file.writeString("x"), file.err),
    `0 write ${path}: bad file descriptor`,
  );
  same("name", file.name, path);
  file.close();
  same("writeFile", sprintf("%v", writeFile(path, bytes("three"), 0o600)), "<nil>");
  same("readFile", sprintf("%s", readFile(path).value), "three");
  const info = stat(path).value;
  same(
    "stat",
    sprintf("%s %d %o %v %v", info.name, info.size, info.mode & 0o777, info.isRegular, info.isDir),
    "file 5 644 true false",
  );
  same(
    "stat of a directory",
    sprintf("%v %v", stat(directory).value.isDir, lstat(directory + "/").value.isRegular),
    "true false",
  );
  same("modTime", (info.modTime > 1_600_000_000_000_000_000).toString(), "true");
}

/** What a pipe's end is not open for fails at once, as nobody could ever bring it about. */
function pipes(): void {
  const fds = new StaticArray<i32>(2);
  pipe(fds);
  const from = new File(fds[0], "|0");
  const to = new File(fds[1], "|1");
  same(
    "write to a pipe's reader",
    sprintf("%d %v", from.writeString("x"), from.err),
    "0 write |0: bad file descriptor",
  );
  same(
    "read from a pipe's writer",
    sprintf("%d %v", to.read(new Uint8Array(1)), to.err),
    "0 read |1: bad file descriptor",
  );
  to.writeString("through");
  to.close();
  same("read from a pipe", sprintf("%s %v", readAll(from).toString(), from.err), "through EOF");
  from.close();
}

function wrong(): void {
  const missing = `${directory}/missing`;
  const gone = open(missing);
  const err = gone.err;
  same("open", sprintf("%v %v", gone.ok, err), `false open ${missing}: no such file or directory`);
  same(
    "is ErrNotExist",
    sprintf("%v %v %v", is(err, ErrNotExist), is(err, ErrExist), is(err, ErrPermission)),
    "true false false",
  );
  same("isNotExist", sprintf("%v %v", isNotExist(err), isNotExist(null)), "true false");
  same("is the number", sprintf("%v %v", is(err, new Errno(ENOENT)), is(err, new Errno(EPERM))), "true false");
  const reason = as<PathError>(err);
  same("as", reason === null ? "null" : `${reason.op} ${reason.path}`, `open ${missing}`);
  same("as of another", (as<Errno>(EOF) === null).toString(), "true");
  const there = openFile(path, O_RDWR | O_CREAT | O_EXCL, 0o600).err;
  same("O_EXCL", sprintf("%v", there), `open ${path}: file exists`);
  same("is ErrExist", sprintf("%v %v", is(there, ErrExist), isExist(there)), "true true");
  same("a directory", is(readFile(directory).err, new Errno(EISDIR)).toString(), "true");
  same("writeFile", sprintf("%v", writeFile(directory, bytes("x"), 0)), `open ${directory}: is a directory`);
  same("stat", sprintf("%v", stat(missing).err), `stat ${missing}: no such file or directory`);
  same("lstat", sprintf("%v", lstat(missing).err), `lstat ${missing}: no such file or directory`);
  same("a NUL", sprintf("%q", open("a\0b").err), '"open a\\x00b: invalid argument"');
  const denied = open(args[2]).err;
  same("denied", sprintf("%v", denied), `open ${args[2]}: permission denied`);
  same("is ErrPermission", sprintf("%v %v", is(denied, ErrPermission), isPermission(denied)), "true true");
}

function errors(): void {
  const kinds = [new Errno(EPERM), new Errno(EACCES), new Errno(ENOTEMPTY)];
  same("EPERM and EACCES", sprintf("%v %v", is(kinds[0], ErrPermission), is(kinds[1], ErrPermission)), "true true");
  same("ENOTEMPTY", sprintf("%v", is(kinds[2], ErrExist)), "true");
  same(
    "texts",
    sprintf("%v, %v, %v, %v", ErrNotExist, ErrExist, ErrPermission, ErrClosed),
    "file does not exist, file already exists, permission denied, file already closed",
  );
  same(
    "and others",
    sprintf("%v, %v %v", ErrInvalid, ErrDeadlineExceeded, ErrDeadlineExceeded.timeout()),
    "invalid argument, i/o timeout true",
  );
  const wrapped = errorf("reading: %w", EOF);
  same("errorf", sprintf("%v %v %v", wrapped, is(wrapped, EOF), unwrap(wrapped) === EOF), "reading: EOF true true");
  same("errorf without %w", sprintf("%v", unwrap(errorf("reading: %v", EOF))), "<nil>");
  const joined = join([null, EOF, errorf("x: %w", ErrNotExist)]);
  same(
    "join",
    sprintf("%q %v %v", joined, is(joined, ErrNotExist), is(joined, ErrExist)),
    '"EOF\\nx: file does not exist" true false',
  );
  same("join of none", sprintf("%v", join([null])), "<nil>");
  same("lookupEnv", sprintf("%v %v", lookupEnv("NOT_SET"), lookupEnv("EMPTY")), "<nil> ");
  same("getenv", sprintf("%q %q %q", getenv("NOT_SET"), getenv("EMPTY"), getenv("SET")), '"" "" "here"');
  const failure: Failure | null = remove(`${directory}/missing`);
  same("remove", sprintf("%v", failure), `remove ${directory}/missing: no such file or directory`);
  same("remove what is there", sprintf("%v", remove(path)), "<nil>");
}

files();
pipes();
wrong();
errors();
exit(failures);
