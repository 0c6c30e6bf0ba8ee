import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, vi } from "vitest";

/** A folder of its own for a test. */
export interface Workspace {
  readonly root: string;
  /** Where the programs of this workspace are cached; not made yet. */
  readonly cacheDirectory: string;
  /** Writes a file and the folders above it, and returns its path. */
  write(name: string, contents: string | Uint8Array): string;
  remove(): void;
}

export function makeWorkspace(): Workspace {
  const root = mkdtempSync(join(realpathSync(tmpdir()), "sockyard-compiler-"));
  return {
    root,
    cacheDirectory: join(root, "cache/sockyard"),
    write(name, contents) {
      const path = join(root, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, contents);
      return path;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** A workspace for one test, which is the working directory, too, until the test ends. */
export function workspace(): Workspace {
  const space = makeWorkspace();
  const cwd = vi.spyOn(process, "cwd").mockReturnValue(space.root);
  onTestFinished(() => {
    cwd.mockRestore();
    space.remove();
  });
  return space;
}

/** The rejection of a promise that must not succeed. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable("it succeeded"),
    (error: unknown) => error,
  );
}
