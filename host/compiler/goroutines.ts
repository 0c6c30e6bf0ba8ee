import { fileURLToPath } from "node:url";
import type binaryen from "assemblyscript/binaryen";

/** asc's own binaryen: it has a module's passes and their arguments. */
export type Binaryen = typeof binaryen;

// The modules of assembly/go/; where the library is a package of the project, "sockyard/" is followed by "assembly/".
const LIBRARY = /^~lib\/sockyard\/(?:assembly\/)?go\/\w+\//;

const SCHEDULER = "scheduler/start";

/** What asyncify knows by what it calls, and what would slow down where it is rarely called: not to be inlined. */
const KEPT = /\/(?:suspend|resume|program|prepare|checkDepth|enlarge|step|idle|glance)$/;

/**
 * What a program calls to wait: not to be inlined either.
 *
 * Inlined code has the library's positions. Of the call's own none might be left, and a goroutine would seem to wait at
 * the statement before.
 */
const WAITING = new RegExp(
  "^~lib/sockyard/(?:assembly/)?(?:" +
    "go/channel/Chan<.*>#(?:send|recv|next)|go/select/Select#\\w+|sync/\\w+#(?:wait|lock|rLock)|time/sleep|" +
    "net/\\w+/\\w+#(?:accept|read|write)\\w*)$",
);

/** This file: a build depends on it. */
export const transformPath: string = fileURLToPath(import.meta.url);

const ASYNCIFY_EXPORTS = ["start_unwind", "stop_unwind", "start_rewind", "stop_rewind", "get_state"];

/** asc's name of the top level of all files. */
const TOP_LEVEL = "~start";

/** Tells whether anything in the program may wait for other goroutines: that alone has the scheduler compiled. */
export function usesGoroutines(binaryen: Binaryen, module: binaryen.Module): boolean {
  return functionNames(binaryen, module).some((name) => LIBRARY.test(name) && name.endsWith(SCHEDULER));
}

/**
 * Rewrites the functions that may stop, so that they can (see assembly/go/stack.ts).
 *
 * Runs `inline` before that, because what is inlined into a function that
 * never stops needs no rewriting. Throws if the program has no entry.
 */
export function transformGoroutines(binaryen: Binaryen, module: binaryen.Module, inline: () => void): void {
  const names = functionNames(binaryen, module);
  const library = names.filter((name) => LIBRARY.test(name));
  const scheduler = library.find((name) => name.endsWith(SCHEDULER)) as string;
  const folder = scheduler.slice(0, -SCHEDULER.length);
  enterAt(binaryen, module, scheduler, `${folder}stack/program`);
  module.addGlobalExport(`${folder}goroutine/running`, "sockyard_goroutine");
  module.addGlobalExport(`${folder}deadlock/isHostShowing`, "sockyard_is_showing");
  module.addGlobalExport(`${folder}goroutine/living`, "sockyard_goroutines");
  module.addGlobalExport(`${folder}deadlock/shownWait`, "sockyard_shown_wait");
  module.addFunctionExport(`${folder}deadlock/showNext`, "sockyard_show_next");
  const kept = [...library.filter((name) => KEPT.test(name)), ...names.filter((name) => WAITING.test(name))];
  for (const name of kept) keep(binaryen, module, name);
  inline();

  // By default asyncify takes every import for one that may stop the program, hence every function that can
  // reach abort(), which is nearly all of them. Only its own intrinsics do, so that is what it is told.
  binaryen.setPassArgument("asyncify-ignore-imports", "1");
  module.runPasses(["asyncify"]);
  binaryen.clearPassArguments();
  for (const name of ASYNCIFY_EXPORTS) module.removeExport(`asyncify_${name}`);
}

function functionNames(binaryen: Binaryen, module: binaryen.Module): string[] {
  return Array.from({ length: module.getNumFunctions() }, (_, i) => {
    return binaryen.getFunctionInfo(module.getFunctionByIndex(i)).name;
  });
}

/** The scheduler becomes the entry, and calls the top level, which can then stop like any other function. */
function enterAt(binaryen: Binaryen, module: binaryen.Module, scheduler: string, program: string): void {
  const name = entryName(binaryen, module);
  module.removeExport(name);
  module.addFunctionExport(scheduler, name);
  module.removeFunction(program);
  module.addFunction(program, binaryen.none, binaryen.none, [], module.call(TOP_LEVEL, [], binaryen.none));
}

function entryName(binaryen: Binaryen, module: binaryen.Module): string {
  for (let i = 0; i < module.getNumExports(); i++) {
    const { name, value } = binaryen.getExportInfo(module.getExportByIndex(i));
    if (value === TOP_LEVEL) return name;
  }
  throw new Error("a program with goroutines needs an entry: --exportStart _start");
}

function keep(binaryen: Binaryen, module: binaryen.Module, name: string): void {
  binaryen.setPassArgument("no-inline", name);
  module.runPasses(["no-inline"]);
  binaryen.setPassArgument("no-inline", null);
}
