/** A file of asc's standard library that takes long to parse, and that few programs need (tools/build-asc.js). */
export interface OptionalFile {
  readonly file: string;
  /** What a program that needs it mentions. */
  readonly names: readonly string[];
  /** Those of the names that asc's options lead to what the file defines. */
  readonly aliases: readonly string[];
  /** The optional files that it needs itself. */
  readonly needs: readonly string[];
  readonly text: string;
}

/**
 * Finds which optional files a program needs: those that it mentions, in a comment even.
 *
 * What the compiler itself looks for (`%` of floats is Math.mod) it reports as
 * missing: then all files are needed.
 */
export class OptionalLibrary {
  readonly #files: ReadonlyMap<string, OptionalFile>;
  readonly #byName: ReadonlyMap<string, readonly string[]>;
  readonly #names: RegExp;
  readonly #needed = new Set<string>();

  constructor(files: readonly OptionalFile[]) {
    this.#files = new Map(files.map((each) => [each.file, each]));
    const names = [...new Set(files.flatMap((each) => each.names))];
    this.#byName = new Map(names.map((name) => [name, filesNamed(files, name)]));
    this.#names = new RegExp(`\\b(?:${names.join("|")})\\b`, "g");
  }

  /** Looks through a file that the program consists of. */
  see(text: string): void {
    for (const [name] of text.matchAll(this.#names)) this.#needAll(this.#byName.get(name) ?? []);
  }

  needAll(): void {
    this.#needAll(this.#files.keys());
  }

  /** What the program needs of them. */
  needed(): OptionalFile[] {
    return [...this.#needed].map((file) => this.#files.get(file) as OptionalFile);
  }

  /** The names that stand for nothing, since their files are left away. */
  idleAliases(): string[] {
    return [...this.#files.values()].filter(({ file }) => !this.#needed.has(file)).flatMap(({ aliases }) => aliases);
  }

  /** Tells whether a report of errors is about a file that was left away. */
  isMissedBy(report: string): boolean {
    return [...this.#byName].some(
      ([name, files]) => !files.every((file) => this.#needed.has(file)) && report.includes(`'${name}'`),
    );
  }

  #needAll(files: Iterable<string>): void {
    for (const file of files) {
      if (this.#needed.has(file)) continue;
      this.#needed.add(file);
      this.#needAll(this.#files.get(file)?.needs ?? []);
    }
  }
}

function filesNamed(files: readonly OptionalFile[], name: string): string[] {
  return files.filter(({ names }) => names.includes(name)).map(({ file }) => file);
}
