// `sockyard run` with a resolver of the test's: its first argument is the settings, as JSON; the rest is what follows
// `run`. resolv.conf has no ports, and a test's servers have ports of the kernel's choice.
import { parseRun } from "../../build/cli/command-line.js";
import { run } from "../../build/cli/run.js";

const [settings, ...words] = process.argv.slice(2);
process.exit(await run(parseRun("run", words), JSON.parse(settings)));
