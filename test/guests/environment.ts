// Prints the variables that its arguments name, as it finds them.

import { argv, getenv, stdout } from "sockyard/process";

for (let i = 1; i < argv.length; i++) {
  const value = getenv(argv[i]);
  stdout.write(value === null ? `${argv[i]} is not there\n` : `${argv[i]}=${value}\n`);
}
