import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Guest, startGuest } from "./guest.js";

const SOURCE = `
import { Alarm, clearAlarm, ringDue, setAlarm } from "sockyard/go/timers";

const rung = new Array<i32>();
class Numbered extends Alarm {
  constructor(public number: i32) { super(); }
  ring(): void { rung.push(this.number); }
}
const alarms = new Array<Numbered>();
for (let i = 0; i < 64; i++) alarms.push(new Numbered(i));

export function set(number: i32, when: i32): void { setAlarm(alarms[number], when); }
export function clear(number: i32): i32 { return clearAlarm(alarms[number]) ? 1 : 0; }
export function due(): i32 { return <i32>ringDue(); }
export function next(): i32 { return rung.length > 0 ? rung.shift() : -1; }
`;

let now = 0;
let guest: Guest;

beforeAll(async () => {
  guest = await startGuest(SOURCE, (guest) => ({
    wasi_snapshot_preview1: {
      clock_time_get: (_id, _precision, time) => {
        guest.view().setBigInt64(time, BigInt(now), true);
        return 0;
      },
    },
  }));
});

function rungNow(): number[] {
  const numbers: number[] = [];
  for (let number = guest.call("next"); number >= 0; number = guest.call("next")) numbers.push(number);
  return numbers;
}

const number = fc.nat({ max: 63 });
const step = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), number, delay: fc.nat({ max: 1000 }) }),
  fc.record({ kind: fc.constant("clear" as const), number }),
  fc.record({ kind: fc.constant("wait" as const), time: fc.nat({ max: 300 }) }),
);

describe("timers", () => {
  it("ring when they are due, in the order of their times, however they are set and cleared", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const set = new Map<number, number>();
        for (const each of steps) {
          if (each.kind === "set") {
            set.set(each.number, now + each.delay);
            guest.call("set", each.number, now + each.delay);
          } else if (each.kind === "clear") {
            expect(guest.call("clear", each.number)).toBe(set.delete(each.number) ? 1 : 0);
          } else {
            now += each.time;
            const left = guest.call("due");
            const times = rungNow().map((number) => [number, set.get(number)] as const);
            const due = [...set].filter(([, when]) => when <= now);
            expect(new Map(times)).toEqual(new Map(due));
            expect(times.map(([, when]) => when)).toEqual(due.map(([, when]) => when).sort((a, b) => a - b));
            for (const [number] of due) set.delete(number);
            expect(left).toBe(set.size === 0 ? -1 : Math.min(...set.values()) - now);
          }
        }
        now += 10_000;
        guest.call("due");
        expect(new Set(rungNow())).toEqual(new Set(set.keys()));
      }),
      { numRuns: 200 },
    );
  });
});
