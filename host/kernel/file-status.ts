import type { FileStatus } from "../core/kernel.js";

/** How many numbers the addon writes (`KERNEL_STATUS_FIELDS`). */
export const STATUS_FIELDS = 13;

/** Makes a `FileStatus` of what the addon wrote, in the order of host/native/kernel.h. */
export function fileStatus(fields: BigUint64Array): FileStatus {
  const field = (index: number): bigint => fields[index] ?? 0n;
  return {
    dev: field(0),
    ino: field(1),
    mode: Number(field(2)),
    nlink: field(3),
    uid: Number(field(4)),
    gid: Number(field(5)),
    rdev: field(6),
    size: field(7),
    blksize: Number(field(8)),
    blocks: field(9),
    atim: field(10),
    mtim: field(11),
    ctim: field(12),
  };
}
