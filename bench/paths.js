import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Where the compiled C programs and the cache of compiled guests are. */
export const buildDirectory = join(root, "build/bench");

/** The path of a file of the benchmark. */
export const source = (/** @type {string} */ name) => join(root, "bench", name);

/** The path of a compiled C program. */
export const binary = (/** @type {string} */ name) => join(buildDirectory, name);

/** The command as the package installs it. */
const command = join(root, JSON.parse(readFileSync(join(root, "package.json"), "utf8")).bin.sockyard);

/** The options with which the command's first line starts Node. */
export const nodeFlags = /^#!.*\bnode\b(.*)/.exec(readFileSync(command, "utf8"))?.[1]?.match(/\S+/g) ?? [];

/**
 * The command line of `sockyard run`, as its first line has the shell run it.
 *
 * @param {...string} words
 */
export const sockyardRun = (...words) => [process.execPath, ...nodeFlags, command, "run", ...words];

/** Certificates that Node 20 loads at every start, where this is set, would drown what is measured here. */
const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env;

/** The environment of everything that is measured. */
export const environment = { ...inherited, XDG_CACHE_HOME: join(buildDirectory, "cache") };
