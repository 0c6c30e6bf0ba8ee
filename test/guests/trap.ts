// Traps three calls deep. Calls through variables are calls in the compiled module, too.

import { argv } from "sockyard/process";

let step: (depth: i32) => i32 = inner;

function outer(depth: i32): i32 {
  step = argv.length > 9 ? outer : middle;
  return step(depth) + 1;
}

function middle(depth: i32): i32 {
  step = argv.length > 9 ? middle : inner;
  return step(depth) + 1;
}

function inner(depth: i32): i32 {
  return load<i32>(0xffff0000 + depth);
}

step = argv.length > 9 ? inner : outer;
step(1);
