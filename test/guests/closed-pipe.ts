// Writes to its output until that fails, and says why.

import { perror } from "sockyard/errno";
import { exit, STDOUT_FILENO } from "sockyard/process";
import { write } from "sockyard/socket";

const line = String.UTF8.encode("a line\n");
while (write(STDOUT_FILENO, line, line.byteLength) > 0) {}
perror("write");
exit(7);
