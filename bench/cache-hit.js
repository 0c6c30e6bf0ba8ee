// Prints how many milliseconds it takes to make of a program's name a module that can be instantiated, when it was
// compiled before: node cache-hit.js CACHE PROGRAM
import { loadProgram } from "../build/compiler/load-program.js";
import { compileModule } from "../build/runtime/module.js";

const [cacheDirectory, path] = process.argv.slice(2);
const start = process.hrtime.bigint();
const { bytes, cached } = await loadProgram(path, { cacheDirectory });
compileModule(bytes, null);
const time = Number(process.hrtime.bigint() - start) / 1e6;
if (!cached) throw new Error(`${path} was compiled`);
process.stdout.write(`${time}\n`);
