import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { PROJECT } from "../cli/sockyard.js";
import { parseTable, type Row } from "./calls-table.js";
import { type Answers, callAsGuest, callNatively } from "./programs.js";

const rows = parseTable(readFileSync(join(import.meta.dirname, "wrong-calls.txt"), "utf8"));

/** What a program answers to the last call of each row, beside the row: a difference shows where it is. */
function results(answers: Answers): string[] {
  return rows.map(({ text }, index) => `${text} = ${answers[index]?.at(-1)}`);
}

function expected(result: (row: Row) => string): string[] {
  return rows.map((row) => `${row.text} = ${result(row)}`);
}

describe("wrong calls", () => {
  let linux: Answers;
  let guest: Answers;

  beforeAll(async () => {
    linux = await callNatively(rows);
    guest = await callAsGuest(rows);
  });

  it("fail on Linux as the table says", () => {
    expect(results(linux)).toEqual(expected((row) => row.expected));
  });

  it("fail in a guest as on Linux, or otherwise where the table gives a reason", () => {
    expect(results(guest)).toEqual(expected(({ expected, exception }) => exception?.result ?? expected));
  });

  it("are reached in the same way: every earlier call of a row answers what it answers on Linux", () => {
    const earlier = (answers: Answers) =>
      rows.map(({ text }, index) => [text, ...(answers[index]?.slice(0, -1) ?? [])]);
    expect(earlier(guest)).toEqual(earlier(linux));
  });

  it("differ only where they differ: a reason that nobody needs any more is to go", () => {
    const needless = rows.filter(({ expected, exception }) => exception?.result === expected);
    expect(needless.map(({ text }) => text)).toEqual([]);
  });

  it("differ only for reasons that the ABI's page gives", () => {
    const page = readFileSync(join(PROJECT, "docs/abi/berkeley.md"), "utf8");
    const reasons = new Set(rows.flatMap(({ exception }) => exception?.reason ?? []));
    expect(reasons.size).toBeGreaterThan(0);
    expect([...reasons].filter((reason) => !page.includes(`| ${reason} |`))).toEqual([]);
  });
});
