import type { Transform } from "assemblyscript/asc";
import type binaryen from "assemblyscript/binaryen";
import type { Binaryen } from "./goroutines.js";

/** AssemblyScript's DecoratorFlags.Lazy. */
const LAZY = 1024;

/** asc's name of the top level of all files; that of one file begins with `start:`. */
const TOP_LEVEL = "~start";
const FILE = "start:";

/** What binaryen.js has beside what its types say: blocks can be changed in place. */
interface Blocks {
  readonly Block: {
    setChildAt(block: number, index: number, child: number): void;
    insertChildAt(block: number, index: number, child: number): void;
  };
}

/**
 * Has the library's `@lazy` globals be set before the program begins.
 *
 * asc sets one where it has come to compile what first uses it. Of a method that is called by way of a base class or an
 * interface only, that is after everything else: the program has ended when EOF and stdout are made.
 */
export function setLazyGlobalsFirst(binaryen: Binaryen, module: binaryen.Module, program: Transform["program"]): void {
  const lazy = new Set<string>();
  for (const [name, element] of program.elementsByName) {
    if (name.startsWith("~lib/") && (element.decoratorFlags & LAZY) !== 0) lazy.add(name);
  }
  const entry = module.getFunction(TOP_LEVEL);
  if (entry === 0) return; // nothing is done at the top level
  const start = binaryen.getFunctionInfo(entry).body;
  new Mover(binaryen, module, lazy).moveFrom(start);
}

/** Moves statements to the beginning of the top level, in the order in which they would run. */
class Mover {
  readonly #binaryen: Binaryen;
  readonly #module: binaryen.Module;
  readonly #lazy: ReadonlySet<string>;
  /** Where the top level's own statements begin. */
  #place: { block: number; index: number } | null = null;

  constructor(binaryen: Binaryen, module: binaryen.Module, lazy: ReadonlySet<string>) {
    this.#binaryen = binaryen;
    this.#module = module;
    this.#lazy = lazy;
  }

  moveFrom(start: number): void {
    const moved = this.#take(start, true);
    if (moved.length === 0 || this.#place === null) return;
    const { block, index } = this.#place;
    this.#blocks.insertChildAt(block, index, this.#module.block(null, moved));
  }

  /** Takes them out of a block, or what is called. `isEntry`: it is no file's, but that of all. */
  #take(expression: number, isEntry: boolean): number[] {
    const { getExpressionId, getExpressionInfo, BlockId } = this.#binaryen;
    const file = this.#calledFile(expression);
    if (file !== 0) return this.#take(this.#binaryen.getFunctionInfo(file).body, false);
    // Of some expressions getExpressionInfo() knows nothing: it is asked of the right ones only.
    if (getExpressionId(expression) !== BlockId) return [];
    return (getExpressionInfo(expression) as binaryen.BlockInfo).children.flatMap((child, index) => {
      const isMovable = this.#isMovable(child);
      if (isEntry && (isMovable || this.#calledFile(child) !== 0)) this.#place ??= { block: expression, index };
      if (!isMovable) return this.#take(child, isEntry);
      this.#blocks.setChildAt(expression, index, this.#module.nop());
      return child;
    });
  }

  get #blocks(): Blocks["Block"] {
    return (this.#binaryen as unknown as Blocks).Block;
  }

  /** The function with the top level of a file that is called here, or 0. */
  #calledFile(expression: number): number {
    const { getExpressionId, getExpressionInfo, CallId } = this.#binaryen;
    if (getExpressionId(expression) !== CallId) return 0;
    const { target } = getExpressionInfo(expression) as binaryen.CallInfo;
    return target.startsWith(FILE) ? this.#module.getFunction(target) : 0;
  }

  /** What keeps something in the frame of its function has to stay. */
  #isMovable(expression: number): boolean {
    const { getExpressionId, getExpressionInfo, GlobalSetId, emitText } = this.#binaryen;
    if (getExpressionId(expression) !== GlobalSetId) return false;
    const { name } = getExpressionInfo(expression) as binaryen.GlobalSetInfo;
    return this.#lazy.has(name) && !/\(local\.|__stack_pointer/.test(emitText(expression));
  }
}
