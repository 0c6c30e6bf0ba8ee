// A part of the AssemblyScript compiler, which tools/build-asc.js adds to it.
//
// The collector finds the objects that a function works with on a stack of its
// own, the shadow stack. asc gives a slot there to each object that is handed
// to a call, for as long as the call lasts, and to each variable that holds one
// (its ShadowStackPass). Most of these slots are of no use:
//
// - A parameter that is never set has a slot of the caller's for the whole call,
//   if its type is one of objects: an address as a number has none.
// - A variable that is set in one place has one for as long as what it holds.
// - What is handed to a function that never runs the collector needs none, unless
//   an address is all that is left of it afterwards.
// - In such a function nothing needs one.
//
// But a store to a slot stays where a call is inlined, and nothing else might tell
// then which line of the program went wrong in the library. So a call into the
// library keeps one, with the position of the call, unless nothing can go wrong
// in there.

const BLOCK = 1;
const LOCAL_GET = 8;
const GLOBAL_GET = 10;
const CONSTANT = 14;

/** What a function may do. Each may do what those after it may. */
const COLLECTS = 0;
const ABORTS = 1;
const RETURNS = 2;

/** Known whatever they call. */
const KNOWN = [
  ["~lib/rt/itcms/__link", RETURNS],
  ["~lib/hooks/sockyard_abort", ABORTS],
];
const LIBRARY = "~lib/";
/** All else in here may run the collector. */
const RUNTIME = "~lib/rt/";
/** The top level of all files, and of one: asc knows no positions in there, and that of an earlier call would be a wrong one. */
const TOP_LEVEL = /^(?:~start$|start:)/;

/** What there is to know of a function, or of an argument. */
class Survey {
  /** How often each local is set. */
  sets = new Map();
  /** The locals that are set within the arguments of a call. */
  nested = new Set();
  callees = new Set();
  callsIndirectly = false;
}

/** Which slots the compiler's ShadowStackPass need not make. */
export class Slots {
  #pass;
  #ir;
  #surveyor;
  #surveys = new Map();
  /** What functions may do, by their names. */
  #known = new Map(KNOWN);
  #function = 0;
  #survey = new Survey();
  /** The parameters for which every caller has a slot: those whose type is one of objects. */
  #parameters = new Set();
  #isQuiet = false;
  #isLibrary = false;
  #isTopLevel = false;
  /** The argument that keeps its slot for the sake of the position, or -1. */
  #kept = -1;
  /** Variables that are second names of parameters. */
  #aliases = new Set();

  /**
   * @param pass the ShadowStackPass
   * @param ir how the compiler reads expressions and functions
   */
  constructor(pass, ir) {
    this.#pass = pass;
    this.#ir = ir;
    this.#surveyor = new (surveyorOf(ir))(pass.module);
  }

  /** Takes from the arguments of a call those marks that ask for a slot without need. */
  spareArguments(operands, callee) {
    this.#enter();
    this.#kept = -1;
    if (this.#isTopLevel) return;
    const effect = callee === null ? COLLECTS : this.#effectOf(callee);
    let isLate = effect === COLLECTS || this.#returnsAddress(callee);
    if (!this.#isLibrary && effect !== RETURNS && callee?.startsWith(LIBRARY)) this.#kept = this.#firstMarked(operands);
    for (let i = operands.length - 1; i > this.#kept; i--) {
      const value = this.#ir.unmarked(operands[i]);
      if (value !== 0 && (this.#isQuiet || !isLate || this.#isRooted(value))) operands[i] = value;
      // It has to last while the arguments after it are made.
      isLate ||= i > 0 && this.#mayRunCollector(operands[i]);
    }
  }

  /** Gives the store to the slot that was kept, if one was, the position of the call. The arguments are as the pass made them. */
  place(call, operands) {
    const made = operands[this.#kept] ?? 0;
    if (made === 0 || this.#ir.idOf(made) !== BLOCK) return;
    const { debugLocations } = this.#pass.compiler.program.searchFunctionByRef(this.#function);
    const range = debugLocations.get(call);
    if (range !== undefined) debugLocations.set(this.#ir.childOf(made, 1), range);
  }

  #firstMarked(operands) {
    return operands.findIndex((operand) => this.#ir.unmarked(operand) !== 0);
  }

  /** Whether a variable needs no slot for the `value` that `set` gives it. */
  sparesVariable(set, value) {
    this.#enter();
    if (this.#isTopLevel) return false;
    if (this.#isQuiet) return true;
    if (this.#ir.idOf(value) !== LOCAL_GET || !this.#isConstant(this.#ir.indexOfGet(value))) return false;
    const local = this.#ir.indexOfSet(set);
    if (!this.#isSetOnce(local)) return false;
    this.#aliases.add(local);
    return true;
  }

  #isRooted(value) {
    if (this.#ir.idOf(value) !== LOCAL_GET) return false;
    const local = this.#ir.indexOfGet(value);
    if (this.#parameters.has(local)) return this.#isConstant(local);
    return this.#isSetOnce(local) && (this.#hasSlot(local) || this.#aliases.has(local));
  }

  /** Whether `local` is a parameter with a slot of the caller's, and never set. */
  #isConstant(local) {
    return this.#parameters.has(local) && !this.#survey.sets.has(local);
  }

  /** Whether a variable is set in one place, which is none of a call's arguments: those before it could have the value before. */
  #isSetOnce(local) {
    return this.#survey.sets.get(local) === 1 && !this.#survey.nested.has(local);
  }

  #hasSlot(local) {
    return this.#pass.slotMaps.get(this.#function)?.has(local) === true;
  }

  #enter() {
    const current = this.#pass.currentFunction;
    if (this.#function === current) return;
    this.#function = current;
    this.#survey = this.#surveyOf(current);
    const { signature } = this.#pass.compiler.program.searchFunctionByRef(current) ?? {};
    this.#parameters = new Set(signature?.getManagedOperandIndices());
    const name = this.#ir.nameOf(current);
    this.#isQuiet = this.#effectOf(name) !== COLLECTS;
    this.#isLibrary = name.startsWith(LIBRARY);
    this.#isTopLevel = TOP_LEVEL.test(name);
    this.#aliases.clear();
  }

  #surveyOf(each) {
    let survey = this.#surveys.get(each);
    if (survey === undefined) {
      survey = this.#surveyor.surveyFunction(each);
      this.#surveys.set(each, survey);
    }
    return survey;
  }

  #effectOf(name) {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    // Until it is known: for one that calls itself.
    this.#known.set(name, COLLECTS);
    const each = name.startsWith(RUNTIME) ? 0 : this.#ir.functionOf(this.#pass.module, name);
    const effect = each === 0 || this.#ir.isImport(each) ? COLLECTS : this.#effectOfCode(this.#surveyOf(each));
    this.#known.set(name, effect);
    return effect;
  }

  #effectOfCode({ callees, callsIndirectly }) {
    let effect = callsIndirectly ? COLLECTS : RETURNS;
    for (const name of callees) {
      if (effect === COLLECTS) break;
      effect = Math.min(effect, this.#effectOf(name));
    }
    return effect;
  }

  /**
   * Whether what a function returns may be the address of what it was handed.
   *
   * The slot, which nothing clears, then keeps that for whoever is given the address.
   */
  #returnsAddress(name) {
    const type = this.#pass.compiler.program.instancesByName.get(name)?.signature?.returnType;
    return type !== undefined && (type.isVaryingIntegerValue || type.isUnmanaged);
  }

  #mayRunCollector(value) {
    const inner = this.#ir.unmarked(value) || value;
    const id = this.#ir.idOf(inner);
    if (id === LOCAL_GET || id === GLOBAL_GET || id === CONSTANT) return false;
    return this.#effectOfCode(this.#surveyor.surveyValue(inner)) === COLLECTS;
  }
}

/** Makes a surveyor of the compiler's visitor of expressions. */
function surveyorOf({ Visitor, indexOfSet, calleeOf, MARK }) {
  return class Surveyor extends Visitor {
    #survey = new Survey();
    #depth = 0;

    surveyFunction(each) {
      this.#survey = new Survey();
      this.walkFunction(each);
      return this.#survey;
    }

    surveyValue(value) {
      this.#survey = new Survey();
      this.visit(value);
      return this.#survey;
    }

    visitLocalSet(set) {
      const { sets, nested } = this.#survey;
      const local = indexOfSet(set);
      sets.set(local, (sets.get(local) ?? 0) + 1);
      if (this.#depth > 0) nested.add(local);
    }

    visitCallPre(call) {
      const name = calleeOf(this.module, call);
      if (name !== MARK) this.#survey.callees.add(name);
      this.#depth++;
    }

    visitCall() {
      this.#depth--;
    }

    visitCallIndirectPre() {
      this.#survey.callsIndirectly = true;
      this.#depth++;
    }

    visitCallIndirect() {
      this.#depth--;
    }
  };
}
