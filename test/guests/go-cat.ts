// Copies standard input to standard output, and says on standard error how far it came. A goroutine beside it says so once.

import { go0 } from "sockyard/go";
import { copy } from "sockyard/io";
import { exit, stderr, stdin, stdout } from "sockyard/os";
import { MILLISECOND, sleep } from "sockyard/time";

function main(): i32 {
  go0(() => {
    sleep(MILLISECOND);
    stderr.writeString("beside\n");
  });
  const copied = copy(stdout, stdin);
  const err = copied.err;
  if (err === null) {
    stderr.writeString(`${copied.n} bytes\n`);
    return 0;
  }
  stderr.writeString(`${copied.n} bytes: ${err.toString()}\n`);
  return 1;
}

exit(main());
