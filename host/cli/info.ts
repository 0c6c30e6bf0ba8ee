import { compileModule } from "../runtime/module.js";
import { SERVED_MODULES } from "../runtime/run-guest.js";
import { RuntimeError } from "../runtime/runtime-error.js";
import { EXIT } from "./exit-code.js";
import { UserError, visible, writeOutput } from "./message.js";
import { load } from "./run.js";

/** Calls of preview1 that change what a directory holds. */
const CHANGES: readonly string[] = [
  ...["path_create_directory", "path_filestat_set_times", "path_link", "path_remove_directory"],
  ...["path_rename", "path_symlink", "path_unlink_file"],
];

/** Which calls can need which permission. */
const NEEDS: readonly { readonly flag: string; readonly calls: readonly string[] }[] = [
  { flag: "--allow-net-connect", calls: ["connect", "sendto", "sendmsg"] },
  { flag: "--allow-net-listen", calls: ["bind", "listen", "unlink"] },
  { flag: "--allow-net-resolve", calls: ["res_send", "getaddrinfo"] },
  { flag: "--allow-fd-pass", calls: ["sendmsg", "recvmsg"] },
  { flag: "--allow-read", calls: ["open", "stat", "lstat", "path_open", "path_filestat_get", "path_readlink"] },
  { flag: "--allow-write", calls: ["open", "unlink", "path_open", ...CHANGES] },
  { flag: "--allow-env", calls: ["environ_get"] },
];

/** Prints what a program imports and exports and may need; the exit code of the command. */
export async function info(file: string): Promise<number> {
  const { bytes } = await load(file);
  const module = compile(bytes);
  const imports = groupImports(module);
  const lines = [`${file}: WebAssembly module, ${bytes.length} bytes`, "", "imports"];
  for (const [from, entries] of imports) {
    const note = SERVED_MODULES.includes(from) ? "" : "   (not served by this runtime)";
    lines.push(`  ${from}${note}`, ...wrap(entries.map(({ name }) => name)));
  }
  lines.push("", "exports", ...wrap(WebAssembly.Module.exports(module).map(({ name }) => name)));
  lines.push(
    "",
    "permissions it may need",
    ...needs(SERVED_MODULES.flatMap((from) => imports.get(from)?.map(({ name }) => name) ?? [])),
  );
  writeOutput(`${lines.map(visible).join("\n")}\n`);
  return 0;
}

function compile(bytes: Uint8Array): WebAssembly.Module {
  try {
    return compileModule(bytes, null);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    throw new UserError({ error: error.message, facts: error.facts }, EXIT.notLoaded);
  }
}

function groupImports(module: WebAssembly.Module): Map<string, WebAssembly.ModuleImportDescriptor[]> {
  const groups = new Map<string, WebAssembly.ModuleImportDescriptor[]>();
  for (const entry of WebAssembly.Module.imports(module)) {
    groups.set(entry.module, [...(groups.get(entry.module) ?? []), entry]);
  }
  return groups;
}

function needs(calls: readonly string[]): string[] {
  const found = NEEDS.flatMap(({ flag, calls: needing }) => {
    const used = needing.filter((call) => calls.includes(call));
    return used.length === 0 ? [] : [`  ${flag.padEnd(22)} it calls ${used.join(", ")}`];
  });
  return found.length === 0 ? ["  none"] : found;
}

const WIDTH = 90;

/** Names in lines of at most 90 columns. */
function wrap(names: readonly string[]): string[] {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + name.length > WIDTH) lines.push(`    ${name}`);
    else lines[lines.length - 1] = `${last} ${name}`;
  }
  return lines;
}
