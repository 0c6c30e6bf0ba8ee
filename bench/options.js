import { parseArgs } from "node:util";

/** What `--help` prints. */
export const HELP = `usage: npm run bench -- [OPTIONS]

Measures guests against C that makes the same calls, all on one core, and prints a table.

  --rounds N   how often each measurement is repeated (9)
  --only NAME  only one case: ping, bulk, connect, unix, udp, many, many-goroutines, pass,
               call, pair, pair-pass, goroutines, start-up or compile
  --help       this text
`;

/**
 * Reads the command line; null for `--help`.
 *
 * @param {readonly string[]} words
 * @param {readonly string[]} names of the cases
 * @returns {{ rounds: number, only: string | null } | null}
 */
export function parseOptions(words, names) {
  const { values } = parseArgs({
    args: [...words],
    options: {
      rounds: { type: "string", default: "9" },
      only: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  const { rounds, only = null } = values;
  if (!/^[1-9]\d{0,3}$/.test(rounds)) throw new Error(`--rounds needs a number from 1 to 9999, not '${rounds}'`);
  if (only !== null && !names.includes(only)) throw new Error(`no case '${only}': there are ${names.join(", ")}`);
  return { rounds: Number(rounds), only };
}
