import { descriptorLimit } from "../kernel/descriptor-table.js";

/** How many descriptors a guest may have. */
export interface DescriptorRoom {
  /** Its RLIMIT_NOFILE. */
  readonly fds: number;
  /** How many of them may be look-ups. */
  readonly lookups: number;
}

/** What the host opens itself: Node's own, and what a call needs for a moment. Half of all where there are few. */
const RESERVE = 128;

/** What a look-up holds beside the descriptor that stands for it: a timer and its sockets. */
const OF_LOOKUP = 3;

const FDS_MAX = 1 << 20;
const LOOKUPS_MAX = 1024;

/** As many as are asked for, or as this process can have beside its own. */
export function descriptorRoom(asked: number | null): DescriptorRoom {
  const most = descriptorLimit();
  const lookups = Math.min(LOOKUPS_MAX, most >> 4);
  const spare = most - Math.min(RESERVE, most >> 1) - OF_LOOKUP * lookups;
  return { fds: Math.min(asked ?? FDS_MAX, spare), lookups };
}
