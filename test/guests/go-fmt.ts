// Prints cases of test/go/fmt.tsv, from standard input: the last column is what fmt makes of them here.

import { Failure } from "sockyard/errors";
import { errorf, sprint, sprintf, sprintln } from "sockyard/fmt";
import { readAll } from "sockyard/io";
import { stdin, stdout } from "sockyard/os";

class Named {
  constructor(private text: string) {}

  toString(): string {
    return this.text;
  }
}

function call1<A>(call: string, format: string, a: A): string {
  if (call == "sprint") return sprint(a);
  if (call == "sprintln") return sprintln(a);
  return call == "errorf" ? errorf(format, a).toString() : sprintf(format, a);
}

function call2<A, B>(call: string, format: string, a: A, b: B): string {
  if (call == "sprint") return sprint(a, b);
  if (call == "sprintln") return sprintln(a, b);
  return call == "errorf" ? errorf(format, a, b).toString() : sprintf(format, a, b);
}

function call3<A, B, C>(call: string, format: string, a: A, b: B, c: C): string {
  if (call == "sprint") return sprint(a, b, c);
  return call == "sprintln" ? sprintln(a, b, c) : sprintf(format, a, b, c);
}

function call0(call: string, format: string): string {
  if (call == "sprint") return sprint();
  return call == "sprintln" ? sprintln() : sprintf(format);
}

function ints(text: string): i32[] {
  const values = text.split(",");
  const list = new Array<i32>(values.length);
  for (let i = 0; i < values.length; i++) list[i] = I32.parseInt(values[i]);
  return list;
}

function several(call: string, format: string, kinds: string, v: string[]): string {
  const i = v.length > 1 ? I32.parseInt(v[0]) : 0;
  const j = v.length > 1 ? I32.parseInt(v[1]) : 0;
  if (kinds == "") return call0(call, format);
  if (kinds == "int int") return call2(call, format, i, j);
  if (kinds == "string int") return call2(call, format, v[0], j);
  if (kinds == "int string") return call2(call, format, i, v[1]);
  if (kinds == "string string") return call2(call, format, v[0], v[1]);
  if (kinds == "string error") return call2(call, format, v[0], new Failure(v[1]));
  if (kinds == "error error") return call2(call, format, new Failure(v[0]), new Failure(v[1]));
  if (kinds == "int int float64") return call3(call, format, i, j, reinterpret<f64>(U64.parseInt(v[2])));
  return `no operands ${kinds}`;
}

function one(call: string, format: string, kind: string, text: string, bytes: Uint8Array): string {
  if (kind == "bool") return call1(call, format, text == "true");
  if (kind == "int") return call1(call, format, I32.parseInt(text));
  if (kind == "int8") return call1(call, format, I8.parseInt(text));
  if (kind == "int16") return call1(call, format, I16.parseInt(text));
  if (kind == "int64") return call1(call, format, signed(text));
  if (kind == "uint8") return call1(call, format, U8.parseInt(text));
  if (kind == "uint16") return call1(call, format, U16.parseInt(text));
  if (kind == "uint32") return call1(call, format, U32.parseInt(text));
  if (kind == "uint64") return call1(call, format, U64.parseInt(text));
  if (kind == "float64") return call1(call, format, reinterpret<f64>(U64.parseInt(text)));
  if (kind == "float32") return call1(call, format, reinterpret<f32>(U32.parseInt(text)));
  if (kind == "string") return call1(call, format, text);
  if (kind == "bytes") return call1(call, format, bytes);
  if (kind == "ints") return call1(call, format, ints(text));
  if (kind == "strings") return call1(call, format, text.split(","));
  if (kind == "named") return call1(call, format, new Named(text));
  if (kind == "error") return call1(call, format, new Failure(text));
  if (kind == "nil") return call1<Failure | null>(call, format, null);
  return several(call, format, kind, [text]);
}

/** I64.parseInt does not know the least one. */
function signed(text: string): i64 {
  return text.startsWith("-") ? 0 - <i64>U64.parseInt(text.substring(1)) : <i64>U64.parseInt(text);
}

/** `\xNN` is a byte. */
function bytesOf(text: string): Uint8Array {
  const from = Uint8Array.wrap(String.UTF8.encode(text));
  let size = 0;
  for (let i = 0; i < from.length; i++) {
    let byte = from[i];
    if (byte == 0x5c) {
      byte = <u8>I32.parseInt(String.UTF8.decodeUnsafe(from.dataStart + i + 2, 2), 16);
      i += 3;
    }
    from[size++] = byte;
  }
  return from.subarray(0, size);
}

function decode(bytes: Uint8Array): string {
  return String.UTF8.decodeUnsafe(bytes.dataStart, bytes.length);
}

function escaped(text: string): string {
  let out = "";
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    const isPlain = c >= 0x20 && c != 0x5c && c != 0x7f;
    out += isPlain ? text.charAt(i) : "\\x" + c.toString(16).padStart(2, "0");
  }
  return out;
}

const lines = readAll(stdin).toString().split("\n");
const printed: string[] = [];
for (let i = 0; i < lines.length; i++) {
  if (lines[i].length == 0) continue;
  const fields = lines[i].split("\t");
  const format = decode(bytesOf(fields[1]));
  const values: string[] = [];
  for (let j = 3; j < fields.length; j++) values.push(decode(bytesOf(fields[j])));
  const text =
    values.length == 1
      ? one(fields[0], format, fields[2], values[0], bytesOf(fields[3]))
      : several(fields[0], format, fields[2], values);
  printed.push(escaped(text));
}
stdout.writeString(printed.join("\n") + "\n");
