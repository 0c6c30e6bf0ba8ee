import type { Transform } from "assemblyscript/asc";
import type binaryen from "assemblyscript/binaryen";
import { type Binaryen, transformGoroutines, usesGoroutines } from "./goroutines.js";
import { setLazyGlobalsFirst } from "./lazy-globals.js";

/**
 * What makes goroutines work in programs that are compiled with asc itself:
 * `asc --transform ./node_modules/sockyard/build/compiler/asc-transform.js`.
 *
 * Leaves a program without goroutines as it is.
 */
// biome-ignore lint/style/noDefaultExport: asc takes a transform's default export
export default class GoroutineTransform {
  // asc sets both before it makes the transform.
  declare readonly binaryen: Binaryen;
  declare readonly program: Transform["program"];

  afterCompile(module: binaryen.Module): void {
    const { binaryen, program } = this;
    if (!usesGoroutines(binaryen, module)) return;
    setLazyGlobalsFirst(binaryen, module, program);
    const { optimizeLevelHint, shrinkLevelHint, debugInfo } = program.options;
    transformGoroutines(binaryen, module, () => {
      if (optimizeLevelHint === 0 && shrinkLevelHint === 0) return;
      binaryen.setOptimizeLevel(optimizeLevelHint);
      binaryen.setShrinkLevel(shrinkLevelHint);
      binaryen.setDebugInfo(debugInfo);
      module.optimize();
    });
  }
}
