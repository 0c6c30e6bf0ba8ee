// Goroutines that hold objects in every way while they wait, and a collection between any two steps.
// Argument: the number of goroutines. Prints how many checks were made, and what was found wrong.

import { Chan, go, go0, gosched, numGoroutine, Select } from "sockyard/go";
import { argv, exit, stdout } from "sockyard/process";
import { WaitGroup } from "sockyard/sync";

let checks = 0;
let wrong = 0;

function check(isRight: bool, what: string): void {
  ++checks;
  if (isRight) return;
  if (++wrong < 10) stdout.write(`wrong: ${what}\n`);
}

class Tree {
  constructor(
    public left: Tree | null,
    public right: Tree | null,
    public name: string,
  ) {}
}

function grow(depth: i32, name: string): Tree {
  return depth == 0
    ? new Tree(null, null, name)
    : new Tree(grow(depth - 1, name + "l"), grow(depth - 1, name + "r"), name);
}

function measure(tree: Tree | null): i32 {
  return tree === null ? 0 : tree.name.length + measure(tree.left) + measure(tree.right);
}

class Order {
  constructor(
    public id: i32,
    public group: WaitGroup,
    public out: Chan<string>,
  ) {}
}

/** Stops at every level of a recursion, holding nothing but locals. */
function descend(depth: i32, id: i32): string {
  const name = `d${depth}:${id}`;
  const parts: string[] = [];
  for (let i = 0; i < 4; ++i) {
    parts.push(`${name}#${i}`);
    if ((i & 1) != 0) gosched();
  }
  const below = depth > 0 ? descend(depth - 1, id) : "end";
  gosched();
  for (let i = 0; i < 4; ++i) check(parts[i] == `d${depth}:${id}#${i}`, "an array");
  return `${name}/${below}`;
}

function pass(text: string): string {
  const copy = `${text}.`;
  gosched();
  return copy;
}

function join(a: string, b: string, c: string): string {
  return a + b + c;
}

interface Greeter {
  greet(name: string): string;
}

class Polite implements Greeter {
  greet(name: string): string {
    const text = "Dear " + name;
    gosched();
    return text;
  }
}

class Short implements Greeter {
  greet(name: string): string {
    gosched();
    return "Hi " + name;
  }
}

class Note {
  constructor(
    public text: string,
    public to: Chan<string>,
  ) {}
}

/** Ends at once: what it sends is then with the goroutine that waits, and nowhere else. */
function tell(note: Note): void {
  note.to.send(note.text + "!");
}

function exchange(id: i32): void {
  const first = new Chan<string>();
  const second = new Chan<string>();
  go(tell, new Note(`a${id}`, first));
  check(first.recv() == `a${id}!`, "what was handed over");
  const select = new Select().recv(first).recv(second);
  go(tell, new Note(`b${id}`, second));
  check(select.wait() == 1 && select.value<string>(1) == `b${id}!`, "what a select was handed");
  go(tell, new Note(`c${id}`, first));
  gosched();
  check(first.recv() == `c${id}!`, "what a sender holds");
}

function work(order: Order): void {
  const id = order.id;
  exchange(id);
  const tree = grow(3, `t${id}`);
  const size = measure(tree);
  const map = new Map<string, string>();
  for (let i = 0; i < 5; ++i) {
    map.set(`k${i}`, `v${i * id}`);
    gosched();
  }
  const path = descend(5, id);
  check(measure(tree) == size, "a tree");
  for (let i = 0; i < 5; ++i) check(map.get(`k${i}`) == `v${i * id}`, "a map");
  check(path.startsWith(`d5:${id}/`) && path.endsWith("/end"), "a result");
  // While the operands of a call are evaluated, those before are on no variable.
  check(join(`a${id}`, pass(`b${id}`), pass("c")) == `a${id}b${id}.c.`, "operands");
  const words = ["x", "y", "z"].map<string>((word) => {
    gosched();
    return word + "!";
  });
  check(words.join("") == "x!y!z!", "a callback");
  const greeter: Greeter = (id & 1) == 0 ? new Polite() : new Short();
  check(greeter.greet(`${id}`).endsWith(` ${id}`), "a call through an interface");
  order.out.send(`r${id}`);
  order.group.done();
}

function collect(): void {
  while (numGoroutine() > 3) {
    __collect();
    gosched();
  }
}

/** Reuses at once what was collected too early. */
function litter(): void {
  while (numGoroutine() > 3) {
    for (let i = 0; i < 50; ++i) new Array<string>(64).fill("litter");
    gosched();
  }
}

function main(count: i32): void {
  const group = new WaitGroup();
  const out = new Chan<string>(16);
  group.add(count);
  go0(collect);
  go0(litter);
  for (let i = 0; i < count; ++i) go(work, new Order(i, group, out));
  const seen = new Set<string>();
  for (let i = 0; i < count; ++i) seen.add(out.recv());
  group.wait();
  for (let i = 0; i < count; ++i) check(seen.has(`r${i}`), "what was sent");
}

main(I32.parseInt(argv[1]));
stdout.write(`${checks} checks, ${wrong} wrong\n`);
exit(wrong == 0 ? 0 : 1);
