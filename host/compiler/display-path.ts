import { relative } from "node:path";

/** An absolute path as people want to read it: relative to the working directory, where that is shorter. */
export function displayPath(path: string): string {
  const shorter = relative(process.cwd(), path);
  return shorter !== "" && shorter.length < path.length ? shorter : path;
}
