import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { guest, startSockyard } from "../cli/sockyard.js";

const TOTAL = 20_000;
const KINDS = 7;
const REFUSED = 5;
const SERVERS = 6;
/** The heap doubles when it is full. A moment's garbage may have it do so once. */
const GROWTH = 2;

/** How many of `total` connections are of each kind. */
const ofEachKind = (total: number) => Array.from({ length: KINDS }, (_, kind) => Math.ceil((total - kind) / KINDS));
const served = (total: number) => ofEachKind(total).map((count, kind) => (kind === REFUSED ? 0 : count));

/** What the guest should tell after `total` connections. */
const wanted = (total: number, goroutines: number) => ({
  total,
  goroutines,
  counts: `${ofEachKind(total).join(" ")} / ${served(total).join(" ")}`,
});

describe("net", () => {
  it("has nothing left of 20,000 connections, however they end", { timeout: 120_000 }, async () => {
    const running = startSockyard(["run", "-N=127.0.0.0/8", guest("go-soak.ts"), String(TOTAL)]);
    const pause = async (total: number, which: number) => {
      const line = new RegExp(`(?:.*\\n){${which}}(\\d+): (\\d+) goroutines, (\\d+) pages, (.*)\\n`);
      const [, reached, goroutines, pages, counts] = await running.waitFor("stdout", line);
      const told = { total: Number(reached), goroutines: Number(goroutines), counts };
      const open = readdirSync(`/proc/${running.pid}/fd`).length;
      running.stdin.write("\n");
      expect(told).toEqual(wanted(total, which < 3 ? 1 + SERVERS : 1));
      return { open, pages: Number(pages) };
    };
    const first = await pause(KINDS, 0);
    const early = await pause(TOTAL / 4, 1);
    const late = await pause(TOTAL, 2);
    const end = await pause(TOTAL, 3);
    expect(early.open).toBe(first.open);
    expect(late.open).toBe(first.open);
    expect(end.open).toBe(first.open - SERVERS);
    expect(late.pages).toBeLessThanOrEqual(early.pages * GROWTH);
    expect(await running.ended).toMatchObject({ code: 0, stderr: "" });
  });
});
