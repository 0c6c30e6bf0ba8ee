// Go's package fmt. Each function takes up to eight operands of any type. What
// is printed is written at once, in one call of the writer's write().

import { Failure } from "./errors";
import { Argument, None } from "./fmt/argument";
import { Format } from "./fmt/format";
import { Printer } from "./fmt/printer";
import { add } from "./fmt/values";
import { Writer } from "./io";
import { stdout } from "./os";
import { zero } from "./zero";

// One that nobody uses: an object's toString() may print, and a write may wait.
let spare: Printer | null = null;

function take(): Printer {
  const p = spare;
  spare = null;
  return p !== null ? p : new Printer();
}

/** What is very large does not stay. */
function give(p: Printer): void {
  if (p.out.size > 64 * 1024) return;
  p.out.size = 0;
  p.clear();
  spare = p;
}

function send(p: Printer, w: Writer): i32 {
  const written = w.write(p.out.view());
  give(p);
  return written;
}

function textOf(p: Printer): string {
  const text = p.out.toString();
  give(p);
  return text;
}

/** As Sprint: a space between two operands neither of which is a string. */
function plain(args: Argument[]): Printer {
  const p = take();
  for (let i = 0; i < args.length; i++) {
    if (i > 0 && !args[i].isString && !args[i - 1].isString) p.out.byte(0x20);
    p.argument(args[i], 0x76);
  }
  return p;
}

/** As Sprintln: a space between all operands, and a newline. */
function line(args: Argument[]): Printer {
  const p = take();
  for (let i = 0; i < args.length; i++) {
    if (i > 0) p.out.byte(0x20);
    p.argument(args[i], 0x76);
  }
  p.out.byte(0x0a);
  return p;
}

function formatted(format: string, args: Argument[]): Printer {
  const p = take();
  new Format(p, format, args, false).run();
  return p;
}

/** An error that another one led to. */
@final
class WrapFailure extends Failure {
  constructor(
    text: string,
    private cause: Failure,
  ) {
    super(text);
  }

  unwrap(): Failure | null {
    return this.cause;
  }
}

function failureOf(format: string, args: Argument[]): Failure {
  const p = take();
  const reading = new Format(p, format, args, true);
  reading.run();
  const text = textOf(p);
  const cause = reading.wrapped;
  return cause === null ? new Failure(text) : new WrapFailure(text, cause);
}

// @ts-ignore: decorator
@inline
function list<A, B, C, D, E, F, G, H>(a: A, b: B, c: C, d: D, e: E, f: F, g: G, h: H): Argument[] {
  const args = new Array<Argument>();
  add<A>(args, a);
  add<B>(args, b);
  add<C>(args, c);
  add<D>(args, d);
  add<E>(args, e);
  add<F>(args, f);
  add<G>(args, g);
  add<H>(args, h);
  return args;
}

/** `fmt.Printf(format, a…)`: prints on standard output; how many bytes. */
export function printf<A = None, B = None, C = None, D = None, E = None, F = None, G = None, H = None>(
  format: string,
  a: A = zero<A>(),
  b: B = zero<B>(),
  c: C = zero<C>(),
  d: D = zero<D>(),
  e: E = zero<E>(),
  f: F = zero<F>(),
  g: G = zero<G>(),
  h: H = zero<H>(),
): i32 {
  return send(formatted(format, list<A, B, C, D, E, F, G, H>(a, b, c, d, e, f, g, h)), stdout);
}

/** `fmt.Fprintf(w, format, a…)`: prints to `w`; how many bytes it took. If fewer, `w.err` tells why. */
export function fprintf<A = None, B = None, C = None, D = None, E = None, F = None, G = None, H = None>(
  w: Writer,
  format: string,
  a: A = zero<A>(),
  b: B = zero<B>(),
  c: C = zero<C>(),
  d: D = zero<D>(),
  e: E = zero<E>(),
  f: F = zero<F>(),
  g: G = zero<G>(),
  h: H = zero<H>(),
): i32 {
  return send(formatted(format, list<A, B, C, D, E, F, G, H>(a, b, c, d, e, f, g, h)), w);
}

/** `fmt.Sprintf(format, a…)` */
export function sprintf<A = None, B = None, C = None, D = None, E = None, F = None, G = None, H = None>(
  format: string,
  a: A = zero<A>(),
  b: B = zero<B>(),
  c: C = zero<C>(),
  d: D = zero<D>(),
  e: E = zero<E>(),
  f: F = zero<F>(),
  g: G = zero<G>(),
  h: H = zero<H>(),
): string {
  return textOf(formatted(format, list<A, B, C, D, E, F, G, H>(a, b, c, d, e, f, g, h)));
}

/** `fmt.Errorf(format, a…)`: an error. What `%w` prints is its cause, which unwrap() gives. */
export function errorf<A = None, B = None, C = None, D = None, E = None, F = None, G = None, H = None>(
  format: string,
  a: A = zero<A>(),
  b: B = zero<B>(),
  c: C = zero<C>(),
  d: D = zero<D>(),
  e: E = zero<E>(),
  f: F = zero<F>(),
  g: G = zero<G>(),
  h: H = zero<H>(),
): Failure {
  return failureOf(format, list<A, B, C, D, E, F, G, H>(a, b, c, d, e, f, g, h));
}

/** `fmt.Print(a…)`: prints on standard output, with spaces between operands that are no strings. */
export function print<A = None, B = None, C = None, D = None, E = None, F = None, G = None, H = None>(
  a: A = zero<A>(),
  b: B = zero<B>(),
  c: C = zero<C>(),
  d: D = zero<D>(),
  e: E = zero<E>(),
  f: F = zero<F>(),
  g: G = zero<G>(),
  h: H = zero<H>(),
): i32 {
  return send(plain(list<A, B, C, D, E, F, G, H>(a, b, c, d, e, f, g, h)), stdout);
}

/** `fmt.Fprint(w, a…)` */
export function fprint<A = None, B = None, C = None, D = None, E = None, F = None, G = None, H = None>(
  w: Writer,
  a: A = zero<A>(),
  b: B = zero<B>(),
  c: C = zero<C>(),
  d: D = zero<D>(),
  e: E = zero<E>(),
  f: F = zero<F>(),
  g: G = zero<G>(),
  h: H = zero<H>(),
): i32 {
  return send(plain(list<A, B, C, D, E, F, G, H>(a, b, c, d, e, f, g, h)), w);
}

/** `fmt.Sprint(a…)` */
export function sprint<A = None, B = None, C = None, D = None, E = None, F = None, G = None, H = None>(
  a: A = zero<A>(),
  b: B = zero<B>(),
  c: C = zero<C>(),
  d: D = zero<D>(),
  e: E = zero<E>(),
  f: F = zero<F>(),
  g: G = zero<G>(),
  h: H = zero<H>(),
): string {
  return textOf(plain(list<A, B, C, D, E, F, G, H>(a, b, c, d, e, f, g, h)));
}

/** `fmt.Println(a…)`: prints a line on standard output, with spaces between operands. */
export function println<A = None, B = None, C = None, D = None, E = None, F = None, G = None, H = None>(
  a: A = zero<A>(),
  b: B = zero<B>(),
  c: C = zero<C>(),
  d: D = zero<D>(),
  e: E = zero<E>(),
  f: F = zero<F>(),
  g: G = zero<G>(),
  h: H = zero<H>(),
): i32 {
  return send(line(list<A, B, C, D, E, F, G, H>(a, b, c, d, e, f, g, h)), stdout);
}

/** `fmt.Fprintln(w, a…)` */
export function fprintln<A = None, B = None, C = None, D = None, E = None, F = None, G = None, H = None>(
  w: Writer,
  a: A = zero<A>(),
  b: B = zero<B>(),
  c: C = zero<C>(),
  d: D = zero<D>(),
  e: E = zero<E>(),
  f: F = zero<F>(),
  g: G = zero<G>(),
  h: H = zero<H>(),
): i32 {
  return send(line(list<A, B, C, D, E, F, G, H>(a, b, c, d, e, f, g, h)), w);
}

/** `fmt.Sprintln(a…)` */
export function sprintln<A = None, B = None, C = None, D = None, E = None, F = None, G = None, H = None>(
  a: A = zero<A>(),
  b: B = zero<B>(),
  c: C = zero<C>(),
  d: D = zero<D>(),
  e: E = zero<E>(),
  f: F = zero<F>(),
  g: G = zero<G>(),
  h: H = zero<H>(),
): string {
  return textOf(line(list<A, B, C, D, E, F, G, H>(a, b, c, d, e, f, g, h)));
}
