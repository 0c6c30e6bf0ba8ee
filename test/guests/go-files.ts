// Does with files what its arguments say, each an operation with what it takes. Prints a line for each.

import { Failure, is } from "sockyard/errors";
import { sprintf } from "sockyard/fmt";
import { EOF } from "sockyard/io";
import {
  args,
  ErrClosed,
  File,
  O_APPEND,
  O_CREAT,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  openFile,
  remove,
  stat,
  stdin,
  stdout,
} from "sockyard/os";

let file: File = stdin;

function tell(err: Failure | null): string {
  return err === null ? "<nil>" : `${err.toString()} ${err === EOF} ${is(err, ErrClosed)}`;
}

function open(flag: i32): string {
  const opened = openFile("file", flag, 0o640);
  if (opened.ok) file = opened.value;
  return tell(opened.err);
}

function statOf(): string {
  const found = file.stat();
  if (!found.ok) return tell(found.err);
  const info = found.value;
  const line = sprintf("%s %d %d %v %v", info.name, info.size, info.mode & 0o777, info.isDir, info.isRegular);
  const named = stat(file.name);
  return named.ok ? `${line} ${info.modTime == named.value.modTime}` : line;
}

function bytes(text: string): Uint8Array {
  return Uint8Array.wrap(String.UTF8.encode(text));
}

function perform(words: string[]): string {
  const how = words[0];
  if (how == "create") return open(O_RDWR | O_CREAT | O_TRUNC);
  if (how == "open") return open(O_RDONLY);
  if (how == "append") return open(O_RDWR | O_APPEND);
  if (how == "stdin") {
    file = stdin;
    return "";
  }
  if (how == "stat") return statOf();
  if (how == "remove") return tell(remove("file"));
  if (how == "close") return tell(file.close());
  if (how == "seek") {
    const position = file.seek(i64.parse(words[1]), i32.parse(words[2]));
    return sprintf("%d %s", position, tell(file.err));
  }
  if (how == "read") {
    const buffer = new Uint8Array(i32.parse(words[1]));
    const size = file.read(buffer);
    return sprintf("%s %s", buffer.subarray(0, size), tell(file.err));
  }
  if (how == "readat") {
    const buffer = new Uint8Array(i32.parse(words[1]));
    const size = file.readAt(buffer, i64.parse(words[2]));
    return sprintf("%d %q %s", size, buffer.subarray(0, size), tell(file.err));
  }
  if (how == "write") return sprintf("%d %s", file.writeString(words[1]), tell(file.err));
  if (how == "writeat") return sprintf("%d %s", file.writeAt(bytes(words[1]), i64.parse(words[2])), tell(file.err));
  return `no operation ${how}`;
}

for (let i = 1; i < args.length; i++) stdout.writeString(`${perform(args[i].split(":"))}\n`);
