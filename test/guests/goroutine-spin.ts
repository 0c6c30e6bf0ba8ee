// Computes for ever: in one goroutine that never gives way, or in two that do.

import { go0, gosched } from "sockyard/go";
import { argv } from "sockyard/process";
import { HOUR, sleep } from "sockyard/time";

let spins = 0;

if (argv[1] == "one") {
  go0(() => {
    while (spins >= 0) spins = (spins + 1) & 0xffff;
  });
} else {
  for (let i = 0; i < 2; i++) {
    go0(() => {
      while (true) gosched();
    });
  }
}
sleep(HOUR);
