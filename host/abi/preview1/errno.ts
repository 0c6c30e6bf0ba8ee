import * as linux from "../../core/linux.generated.js";

/**
 * The errnos of `wasi_snapshot_preview1`, numbered from 0 in this order
 * (WebAssembly/WASI, typenames.witx); NOTCAPABLE follows, which Linux lacks.
 */
const ORDER = [
  "2BIG ACCES ADDRINUSE ADDRNOTAVAIL AFNOSUPPORT AGAIN ALREADY BADF BADMSG BUSY CANCELED CHILD CONNABORTED",
  "CONNREFUSED CONNRESET DEADLK DESTADDRREQ DOM DQUOT EXIST FAULT FBIG HOSTUNREACH IDRM ILSEQ INPROGRESS INTR",
  "INVAL IO ISCONN ISDIR LOOP MFILE MLINK MSGSIZE MULTIHOP NAMETOOLONG NETDOWN NETRESET NETUNREACH NFILE NOBUFS",
  "NODEV NOENT NOEXEC NOLCK NOLINK NOMEM NOMSG NOPROTOOPT NOSPC NOSYS NOTCONN NOTDIR NOTEMPTY NOTRECOVERABLE",
  "NOTSOCK NOTSUP NOTTY NXIO OVERFLOW OWNERDEAD PERM PIPE PROTO PROTONOSUPPORT PROTOTYPE RANGE ROFS SPIPE SRCH",
  "STALE TIMEDOUT TXTBSY XDEV",
]
  .join(" ")
  .split(" ");

export const SUCCESS = 0;
export const NOTCAPABLE = 76;

/** Linux has one number for ENOTSUP and EOPNOTSUPP, and glibc names it EOPNOTSUPP. */
const LINUX_NAMES: Readonly<Record<string, keyof typeof linux>> = { NOTSUP: "EOPNOTSUPP" };

const BY_LINUX: ReadonlyMap<number, number> = new Map(
  ORDER.map((name, i) => [linux[LINUX_NAMES[name] ?? (`E${name}` as keyof typeof linux)] as number, i + 1]),
);

/** Errors that preview1 has no number for, and the nearest that it has. */
const NEAREST: ReadonlyMap<number, string> = new Map([
  [linux.EPFNOSUPPORT, "AFNOSUPPORT"],
  [linux.ESOCKTNOSUPPORT, "NOTSUP"],
  [linux.EHOSTDOWN, "HOSTUNREACH"],
  [linux.ESHUTDOWN, "PIPE"],
  [linux.ETOOMANYREFS, "NOBUFS"],
]);

/** The preview1 errno of a Linux errno (positive); IO for one that preview1 cannot express. */
export function preview1Errno(errno: number): number {
  const nearest = NEAREST.get(errno);
  return BY_LINUX.get(errno) ?? ORDER.indexOf(nearest ?? "IO") + 1;
}
