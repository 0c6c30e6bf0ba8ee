import { resolve } from "node:path";
import { displayPath } from "./display-path.js";

// What moves the cursor, rings, hides or reorders text: a report quotes source that nobody has read yet.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is for
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the compiler's own colors
const COLOR = /(\x1b\[\d+m)/;

/** A compiler's report with control and bidirectional characters spelled out, so that they cannot steer a terminal. */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, (character) => {
    return `\\u{${character.charCodeAt(0).toString(16)}}`;
  });
}

/**
 * asc's report as it is shown: boxes with `file:line:column` beneath.
 *
 * asc writes paths relative to `base`, and a count at the end which its boxes
 * already show.
 */
export function presentDiagnostics(report: string, base: string, colors: boolean): string {
  const escaped = colors ? report.split(COLOR).map(escapeUnlessColor).join("") : escapeControls(report);
  return escaped
    .replace(
      /^( +\u2514\u2500 in )(.+)\((\d+),(\d+)\)$/gm,
      (_, rule: string, path: string, line: string, column: string) => {
        return `${rule}${path.startsWith("~lib/") ? path : escapeControls(displayPath(resolve(base, path)))}:${line}:${column}`;
      },
    )
    .replace(/^.*FAILURE .*\d+ \w+ error\(s\)\n/m, "")
    .trimEnd();
}

// split() with a group alternates: text, color, text, color, ...
function escapeUnlessColor(part: string, index: number): string {
  return index % 2 === 1 ? part : escapeControls(part);
}
