// Where a service is, and in which order its places are tried. RFC 2782

import { random_get } from "../bindings/preview1";
import { T_SRV } from "../linux.generated";
import { Answer } from "./answer";
import { SrvRecord } from "./records";
import { Resolver } from "./resolver";

const random: usize = memory.data(4, 4);

/**
 * Asks for the SRV records of a service: of `_service._proto.name`, or of `name`
 * itself if both are empty. In the order in which they should be tried.
 */
export function lookUpService(resolver: Resolver, service: string, proto: string, name: string): Answer {
  const owner = service.length == 0 && proto.length == 0 ? name : `_${service}._${proto}.${name}`;
  const answer = resolver.query(owner, T_SRV);
  const records: SrvRecord[] = [];
  for (let i = 0; i < answer.records.length; i++) records.push(<SrvRecord>answer.records[i]);
  orderServices(records);
  for (let i = 0; i < records.length; i++) answer.records[i] = records[i];
  return answer;
}

/** Sorts by priority; within one, at random, the likelier first the greater the weight. */
export function orderServices(records: SrvRecord[]): void {
  // Those without weight first, so that they have a small chance next to others.
  records.sort((one, other) =>
    one.priority != other.priority
      ? <i32>one.priority - <i32>other.priority
      : i32(one.weight != 0) - i32(other.weight != 0),
  );
  for (let start = 0; start < records.length; ) {
    let end = start;
    while (end < records.length && records[end].priority == records[start].priority) end++;
    shuffle(records, start, end);
    start = end;
  }
}

function shuffle(records: SrvRecord[], start: i32, end: i32): void {
  let sum: u32 = 0;
  for (let i = start; i < end; i++) sum += records[i].weight;
  for (; start < end - 1; start++) {
    const chosen = choose(records, start, randomUpTo(sum));
    const record = records[chosen];
    for (let i = chosen; i > start; i--) records[i] = records[i - 1];
    records[start] = record;
    sum -= record.weight;
  }
}

/** The first record from `start` on at which the weights add up to `target`. */
function choose(records: SrvRecord[], start: i32, target: u32): i32 {
  let sum: u32 = 0;
  let i = start;
  while (true) {
    sum += records[i].weight;
    if (sum >= target) return i;
    i++;
  }
}

/** A number from 0 to `limit`, each as likely. */
function randomUpTo(limit: u32): u32 {
  random_get(random, 4);
  return <u32>((<u64>load<u32>(random) * (<u64>limit + 1)) >> 32);
}
