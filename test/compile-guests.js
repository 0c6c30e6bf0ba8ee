// Compiles the guests of the tests and the examples into the cache of this run:
// one process for all takes a fifth of the time of a process for each.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { loadProgram } from "../build/compiler/load-program.js";

const cacheDirectory = join(process.env.XDG_CACHE_HOME ?? "", "sockyard");

for (const name of ["guests", "../examples/berkeley", "../examples/net"]) {
  const directory = join(import.meta.dirname, name);
  for (const file of readdirSync(directory).filter((file) => file.endsWith(".ts"))) {
    await loadProgram(join(directory, file), { cacheDirectory });
  }
}
