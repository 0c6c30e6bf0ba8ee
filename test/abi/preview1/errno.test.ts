import { describe, expect, it } from "vitest";
import { preview1Errno } from "../../../host/abi/preview1/errno.js";
import {
  EHOSTDOWN,
  EKEYEXPIRED,
  EPFNOSUPPORT,
  ESHUTDOWN,
  ESOCKTNOSUPPORT,
  ETOOMANYREFS,
} from "../../../host/core/linux.generated.js";

/** Linux's name and number, and preview1's (wasi/api.h). */
const NUMBERS: readonly (readonly [name: string, linux: number, preview1: number])[] = [
  ["E2BIG", 7, 1],
  ["EACCES", 13, 2],
  ["EADDRINUSE", 98, 3],
  ["EADDRNOTAVAIL", 99, 4],
  ["EAFNOSUPPORT", 97, 5],
  ["EAGAIN", 11, 6],
  ["EALREADY", 114, 7],
  ["EBADF", 9, 8],
  ["EBADMSG", 74, 9],
  ["EBUSY", 16, 10],
  ["ECANCELED", 125, 11],
  ["ECHILD", 10, 12],
  ["ECONNABORTED", 103, 13],
  ["ECONNREFUSED", 111, 14],
  ["ECONNRESET", 104, 15],
  ["EDEADLK", 35, 16],
  ["EDESTADDRREQ", 89, 17],
  ["EDOM", 33, 18],
  ["EDQUOT", 122, 19],
  ["EEXIST", 17, 20],
  ["EFAULT", 14, 21],
  ["EFBIG", 27, 22],
  ["EHOSTUNREACH", 113, 23],
  ["EIDRM", 43, 24],
  ["EILSEQ", 84, 25],
  ["EINPROGRESS", 115, 26],
  ["EINTR", 4, 27],
  ["EINVAL", 22, 28],
  ["EIO", 5, 29],
  ["EISCONN", 106, 30],
  ["EISDIR", 21, 31],
  ["ELOOP", 40, 32],
  ["EMFILE", 24, 33],
  ["EMLINK", 31, 34],
  ["EMSGSIZE", 90, 35],
  ["EMULTIHOP", 72, 36],
  ["ENAMETOOLONG", 36, 37],
  ["ENETDOWN", 100, 38],
  ["ENETRESET", 102, 39],
  ["ENETUNREACH", 101, 40],
  ["ENFILE", 23, 41],
  ["ENOBUFS", 105, 42],
  ["ENODEV", 19, 43],
  ["ENOENT", 2, 44],
  ["ENOEXEC", 8, 45],
  ["ENOLCK", 37, 46],
  ["ENOLINK", 67, 47],
  ["ENOMEM", 12, 48],
  ["ENOMSG", 42, 49],
  ["ENOPROTOOPT", 92, 50],
  ["ENOSPC", 28, 51],
  ["ENOSYS", 38, 52],
  ["ENOTCONN", 107, 53],
  ["ENOTDIR", 20, 54],
  ["ENOTEMPTY", 39, 55],
  ["ENOTRECOVERABLE", 131, 56],
  ["ENOTSOCK", 88, 57],
  ["EOPNOTSUPP", 95, 58],
  ["ENOTTY", 25, 59],
  ["ENXIO", 6, 60],
  ["EOVERFLOW", 75, 61],
  ["EOWNERDEAD", 130, 62],
  ["EPERM", 1, 63],
  ["EPIPE", 32, 64],
  ["EPROTO", 71, 65],
  ["EPROTONOSUPPORT", 93, 66],
  ["EPROTOTYPE", 91, 67],
  ["ERANGE", 34, 68],
  ["EROFS", 30, 69],
  ["ESPIPE", 29, 70],
  ["ESRCH", 3, 71],
  ["ESTALE", 116, 72],
  ["ETIMEDOUT", 110, 73],
  ["ETXTBSY", 26, 74],
  ["EXDEV", 18, 75],
];

describe("preview1's errnos", () => {
  it.each(NUMBERS)("%s (%i) is %i", (_, linux, preview1) => expect(preview1Errno(linux)).toBe(preview1));

  it("exist for every errno of Linux, and no failure is a success", () => {
    for (let errno = 1; errno <= 133; errno++) {
      expect(preview1Errno(errno)).toBeGreaterThan(0);
      expect(preview1Errno(errno)).toBeLessThan(76);
    }
  });

  it.each([
    ["EPFNOSUPPORT", EPFNOSUPPORT, 5],
    ["ESOCKTNOSUPPORT", ESOCKTNOSUPPORT, 58],
    ["EHOSTDOWN", EHOSTDOWN, 23],
    ["ESHUTDOWN", ESHUTDOWN, 64],
    ["ETOOMANYREFS", ETOOMANYREFS, 42],
    ["EKEYEXPIRED", EKEYEXPIRED, 29],
  ])("that Linux alone has become the nearest: %s", (_, linux, preview1) =>
    expect(preview1Errno(linux)).toBe(preview1),
  );
});
