import type { FdTable } from "../core/fd-table.js";
import { AUDIT } from "./output.js";
import type { Call, Stop } from "./stop.js";

/** What a call that waits has not met, of those that do not wait for data. */
const WANTED: Readonly<Record<string, string>> = {
  accept: "nobody connected",
  connect: "nobody answered",
  poll: "nothing happened",
  epoll_wait: "nothing happened",
  getrandom: "the kernel has none yet",
};

/** So many descriptors of one poll are named. */
const MOST_NAMED = 8;

/** What the program was doing when it was ended, with its own descriptors: `blocked in accept(3), nobody connected`. */
export function doing({ reason, call }: Stop, fds: FdTable): string {
  const known = call.hostFds.filter((hostFd) => hostFd >= 0);
  const numbers = known.flatMap((hostFd) => fds.numberOf(hostFd) ?? []);
  if (reason !== "cancelled") return `in ${spell(call, numbers)}`;
  if (call.name === AUDIT) return "held up, nobody read its audit";
  if (call.name === "poll" && known.length === 0) return "sleeping";
  // The resolver's sockets are in no guest's table.
  if (known.length > 0 && numbers.length === 0) return "blocked in a look-up, nobody answered";
  return `blocked in ${spell(call, numbers)}, ${WANTED[call.name] ?? missing(call.name)}`;
}

function spell({ name }: Call, numbers: readonly number[]): string {
  const rest = numbers.length - MOST_NAMED;
  const named = numbers.slice(0, MOST_NAMED).join(", ");
  return `${name}(${named}${rest > 0 ? `, and ${rest} more` : ""})`;
}

function missing(name: string): string {
  return /read|recv/.test(name) ? "nothing came" : "nobody read";
}
