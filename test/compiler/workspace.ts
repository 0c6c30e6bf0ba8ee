import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished } from "vitest";

/** A folder of its own for one test, gone when the test ends. */
export interface Workspace {
  readonly root: string;
  /** Where the programs of this workspace are cached; not made yet. */
  readonly cacheDirectory: string;
  /** Writes a file and the folders above it, and returns its path. */
  write(name: string, contents: string | Uint8Array): string;
}

export function workspace(): Workspace {
  const root = mkdtempSync(join(realpathSync(tmpdir()), "sockyard-compiler-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return {
    root,
    cacheDirectory: join(root, "cache/sockyard"),
    write(name, contents) {
      const path = join(root, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, contents);
      return path;
    },
  };
}

/** The rejection of a promise that must not succeed. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable("it succeeded"),
    (error: unknown) => error,
  );
}
