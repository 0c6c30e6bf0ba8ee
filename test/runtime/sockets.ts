import { readdirSync, readlinkSync } from "node:fs";

/** The sockets that a process has open, as /proc names them. */
export function socketsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`)
    .flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
      } catch {
        return []; // the directory's own descriptor
      }
    })
    .filter((target) => target.startsWith("socket:"))
    .sort();
}
