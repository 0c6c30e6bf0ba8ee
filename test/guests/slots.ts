// Objects that nothing but an argument, a variable or a caller holds, where the compiler may leave a slot of the
// collector's stack away: each check is made of objects that must have lived until then.
// Prints a line for each. Only where every allocation collects is a missing slot sure to be seen.

// biome-ignore-all lint/style/noParameterAssign: what is set has to keep what it holds as well

function check(name: string, actual: string, expected: string): void {
  console.log(actual == expected ? `ok ${name}` : `FAILED ${name}: ${actual}`);
}

abstract class Shape {
  protected constructor(public name: string) {}
  abstract joined(other: Node): Node;
  told(): string {
    return this.name + "!" + this.name;
  }
}

class Node extends Shape {
  child: Node | null = null;
  constructor(name: string, child: Node | null = null) {
    super(name + ".");
    this.child = child;
  }

  get self(): Node {
    return this;
  }

  get address(): usize {
    return changetype<usize>(this);
  }

  get copy(): Node {
    return new Node(this.name, this.child);
  }

  set copy(other: Node) {
    this.child = new Node(other.name + this.name, other);
  }

  @operator("+")
  static plus(a: Node, b: Node): Node {
    return new Node(a.name + b.name, a);
  }

  @operator("[]")
  at(index: i32): Node {
    return index == 0 ? this : this.child!.at(index - 1);
  }

  @operator("[]=")
  put(index: i32, child: Node): void {
    const name = index.toString();
    child.name = child.name + name;
    this.child = child;
  }

  /** Runs no collector. */
  holding(child: Node): Node {
    this.child = child;
    return this;
  }

  joined(other: Node): Node {
    const made = new Node(this.name + other.name);
    return made.holding(other);
  }

  @inline
  static inlined(a: Node, b: Node): string {
    const c = a;
    a = b.copy;
    return pair(c, a);
  }

  drop(): Node {
    this.child = null;
    return new Node("drop");
  }

  text(): string {
    const child = this.child;
    return child === null ? this.name : `${this.name}(${child.text()})`;
  }
}

class Twice extends Node {
  second: Node;
  constructor(name: string, child: Node, second: Node = new Node("default")) {
    super(name, child.joined(second));
    this.second = second;
  }

  joined(other: Node): Node {
    return super.joined(this.second.joined(other));
  }
}

let kept: Node | null = null;

function make(name: string): Node {
  return new Node(name);
}

function same(node: Node): Node {
  return node;
}

function pair(a: Node, b: Node): string {
  make("nobody's");
  return a.text() + b.text();
}

function triple(a: Node, b: Node, c: Node = new Node(a.name + b.name)): string {
  return pair(a, b) + pair(b, c);
}

function addressOf(node: Node): usize {
  return changetype<usize>(node);
}

// The parameter is not one of objects: its caller has no slot for it.
function atAddress(address: usize): string {
  return pair(changetype<Node>(address), make("b"));
}

function namedAtAddress(address: usize): string {
  const node = changetype<Node>(address);
  const other = make("b");
  return node.text() + other.text();
}

function laterAtAddress(address: usize): string {
  const other = make("b");
  return changetype<Node>(address).text() + other.text();
}

function setWithin(node: Node): string {
  return pair(node, (node = make("new")));
}

function setTwiceWithin(node: Node): string {
  node = make("first");
  return pair(node, (node = make("second")));
}

function setBefore(node: Node): string {
  const old = node;
  node = make("new");
  return pair(old, node);
}

function setTwice(node: Node): string {
  node = make("first");
  const old = node;
  node = make("second");
  return pair(old, node);
}

function inLoop(): string {
  let text = "";
  let last = make("zero");
  for (let i = 0; i < 3; i++) {
    const node = make(i.toString());
    text += pair(last, node);
    last = i == 1 ? last : node;
  }
  return text;
}

function setInLoop(): string {
  let text = "";
  let node: Node | null = null;
  for (let i = 0; i < 3; i++) {
    if (node !== null) text += pair(node, make("b"));
    node = make(i.toString());
  }
  return text;
}

function inSwitch(choice: i32): string {
  let node = make("outer");
  switch (choice) {
    // biome-ignore lint/suspicious/noFallthroughSwitchClause: a variable lives on in the next case
    case 0:
      node = make("zero");
    case 1: {
      const other = node;
      node = make("one");
      return pair(other, node);
    }
    default:
      return pair(node, node.copy);
  }
}

function even(n: i32, node: Node): string {
  return n == 0 ? node.text() : odd(n - 1, new Node("e", node)) + node.name;
}

function odd(n: i32, node: Node): string {
  return even(n - 1, same(new Node("o", node))) + node.name;
}

function takeKept(): Node {
  kept = null;
  return make("taken");
}

function apply(fn: (a: Node, b: Node) => string, a: Node, b: Node): string {
  return fn(a, b);
}

const functions: ((a: Node, b: Node) => string)[] = [pair, (a: Node, b: Node): string => pair(b.copy, a)];

function arguments_(): void {
  check("an argument made before another", pair(make("a"), make("b")), "a.b.");
  check("one that is returned before another is made", pair(same(make("a")), make("b").self), "a.b.");
  check("one that is read from an object before it is dropped", dropped(make("a").holding(make("c"))), "c.drop.");
  kept = make("kept");
  check("one that is read from a global before that is set", pair(kept!, takeKept()), "kept.taken.");
  check("one of two", pair(kept === null ? make("a") : make("b"), make("c")), "a.c.");
  check("one that is set within the arguments", setWithin(make("old")), "old.new.");
  check("one that is set before, too", setTwiceWithin(make("old")), "first.second.");
  check("an omitted one", triple(make("a"), make("b")), "a.b.b.a.b..");
  check("those of a function value", functions[1](make("a"), make("b")), "b..a.");
  check("those handed on to a function value", apply(functions[0], make("a"), make("b")), "a.b.");
  check("those of an inlined function", Node.inlined(make("a"), make("b")), "a.b..");
  check("the address of a parameter", atAddress(changetype<usize>(make("a"))), "a.b.");
  check("the address of a variable", namedAtAddress(changetype<usize>(make("a"))), "a.b.");
  check("one whose address a function returns", laterAtAddress(addressOf(make("a"))), "a.b.");
  check("one whose address a getter returns", laterAtAddress(make("a").address), "a.b.");
  check("those of functions that call each other", even(4, make("a")), "o.(e.(o.(e.(a.))))e.o.e.a.");
}

function dropped(node: Node): string {
  return pair(node.child!, node.drop());
}

function variables(): void {
  check("a parameter that is set", setBefore(make("old")), "old.new.");
  check("one that is set twice", setTwice(make("old")), "first.second.");
  check("a variable of a loop", inLoop(), "zero.0.0.1.0.2.");
  check("a variable that a loop sets", setInLoop(), "0.b.1.b.");
  check("variables of a switch", inSwitch(0) + inSwitch(1) + inSwitch(2), "zero.one.outer.one.outer.outer..");
}

function methods(): void {
  check("this, made for the call", make("a").told(), "a.!a.");
  check(
    "this, of a method that is called through its base",
    (make("a") as Shape).joined(make("b")).text(),
    "a.b..(b.)",
  );
  check("what a constructor is given", new Twice("a", make("b"), make("c")).text(), "a.(b.c..(c.))");
  check("what it makes if not given", new Twice("a", make("b")).text(), "a.(b.default..(default.))");
  const twice: Node = new Twice("a", make("b"), make("c"));
  check("what is handed to the base class", twice.joined(make("d")).text(), "a.c.d...(c.d..(d.))");
  const node = make("a");
  node.copy = make("b").copy;
  check("what a setter is given", node.text(), "a.(b..a..(b..))");
  node[1] = make("c").self;
  check("what is put at an index", node.text(), "a.(c.1)");
  check("operands", (make("a") + make("b") + make("c").copy).text(), "a.b..c...(a.b..(a.))");
}

function library(): void {
  const nodes = [make("c"), make("a").copy, new Node("b", make("d"))];
  check("what a list is made of", nodes.map<string>((node) => node.copy.text()).join(" "), "c.. a... b..(d.)");
  nodes.sort((a, b) => (a.copy.name < b.copy.name ? -1 : 1));
  check("what a comparison is given", nodes.map<string>((node) => node.name).join(" "), "a.. b. c.");
  const sum = nodes.reduce<Node>((sum, node) => sum.joined(node.copy), make("z"));
  check("what a reduction is given", sum.name, "z.a....b...c...");
  const map = new Map<string, Node>();
  for (let i = 0; i < 20; i++) map.set(`k${i % 9}`, make(i.toString()));
  check("keys and values", map.keys().slice(7).join() + pair(map.get("k8"), map.get("k1")), "k7,k817.19.");
  check("parts of a text", `${make("a").name}-${make("b").told()}-${make("c").copy.name}`, "a.-b.!b.-c..");
}

arguments_();
variables();
methods();
library();
