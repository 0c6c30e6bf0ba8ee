import { errnoName } from "../../core/errno.js";

/** The errnos of `wasi_snapshot_preview1`, numbered from 0 in this order (WebAssembly/WASI, typenames.witx). */
const ORDER = [
  "2BIG ACCES ADDRINUSE ADDRNOTAVAIL AFNOSUPPORT AGAIN ALREADY BADF BADMSG BUSY CANCELED CHILD CONNABORTED",
  "CONNREFUSED CONNRESET DEADLK DESTADDRREQ DOM DQUOT EXIST FAULT FBIG HOSTUNREACH IDRM ILSEQ INPROGRESS INTR",
  "INVAL IO ISCONN ISDIR LOOP MFILE MLINK MSGSIZE MULTIHOP NAMETOOLONG NETDOWN NETRESET NETUNREACH NFILE NOBUFS",
  "NODEV NOENT NOEXEC NOLCK NOLINK NOMEM NOMSG NOPROTOOPT NOSPC NOSYS NOTCONN NOTDIR NOTEMPTY NOTRECOVERABLE",
  "NOTSOCK NOTSUP NOTTY NXIO OVERFLOW OWNERDEAD PERM PIPE PROTO PROTONOSUPPORT PROTOTYPE RANGE ROFS SPIPE SRCH",
  "STALE TIMEDOUT TXTBSY XDEV NOTCAPABLE",
].join(" ");

export const SUCCESS = 0;

/** What Linux has no errno for: a right that is not there to be had. Past Linux's largest, 4095 (MAX_ERRNO). */
export const ENOTCAPABLE = 4096;

/** By name; made for the first error. */
let numbers: ReadonlyMap<string, number> | undefined;

/** Errors that preview1 has no number for, and the nearest that it has. */
const NEAREST: ReadonlyMap<string, string> = new Map([
  // Linux has one number for both, and glibc names it so.
  ["EOPNOTSUPP", "ENOTSUP"],
  ["EPFNOSUPPORT", "EAFNOSUPPORT"],
  ["ESOCKTNOSUPPORT", "ENOTSUP"],
  ["EHOSTDOWN", "EHOSTUNREACH"],
  ["ESHUTDOWN", "EPIPE"],
  ["ETOOMANYREFS", "ENOBUFS"],
]);

/** The preview1 errno of a Linux errno (positive); IO for one that preview1 cannot express. */
export function preview1Errno(errno: number): number {
  const name = errno === ENOTCAPABLE ? "ENOTCAPABLE" : errnoName(errno);
  numbers ??= new Map(ORDER.split(" ").map((each, i) => [`E${each}`, i + 1]));
  return numbers.get(name) ?? (numbers.get(NEAREST.get(name) ?? "EIO") as number);
}
