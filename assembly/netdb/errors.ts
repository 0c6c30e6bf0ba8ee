// The errors of looking up names: h_errno of the old calls, EAI_… of the new.

import { setErrno } from "../errno";
import {
  EAI_ADDRFAMILY,
  EAI_AGAIN,
  EAI_BADFLAGS,
  EAI_FAIL,
  EAI_FAMILY,
  EAI_MEMORY,
  EAI_NODATA,
  EAI_NONAME,
  EAI_SERVICE,
  EAI_SOCKTYPE,
  EAI_SYSTEM,
  HOST_NOT_FOUND,
  NO_DATA,
  NO_RECOVERY,
  TRY_AGAIN,
} from "../linux.generated";
import { writeText } from "../output";
import { Answer } from "./answer";

/**
 * Why the last gethostby…() returned null, as in C: HOST_NOT_FOUND, TRY_AGAIN,
 * NO_RECOVERY, NO_DATA, or NETDB_INTERNAL (`errno` says more).
 */
export let h_errno: i32 = 0;

/** Sets `h_errno` (a module that imports a variable cannot assign to it), and `errno` where it says more. */
export function setHostError(error: i32, errno: i32 = 0): void {
  h_errno = error;
  if (errno != 0) setErrno(errno);
}

/** `const char *hstrerror(int err)`: the text of a value of `h_errno`, in glibc's words. gethostbyname(3) */
export function hstrerror(err: i32): string {
  switch (err) {
    case 0:
      return "Resolver Error 0 (no error)";
    case HOST_NOT_FOUND:
      return "Unknown host";
    case TRY_AGAIN:
      return "Host name lookup failure";
    case NO_RECOVERY:
      return "Unknown server error";
    case NO_DATA:
      return "No address associated with name";
    default:
      return err < 0 ? "Resolver internal error" : "Unknown resolver error";
  }
}

/**
 * `void herror(const char *s)`: prints `s: `, the text of `h_errno` and a newline
 * on standard error; without `s` the text alone. gethostbyname(3)
 */
export function herror(s: string): void {
  const text = hstrerror(h_errno);
  writeText(2, s.length > 0 ? `${s}: ${text}\n` : `${text}\n`);
}

/** `const char *gai_strerror(int errcode)`: the text of an EAI_… number, in glibc's words. getaddrinfo(3) */
export function gai_strerror(errcode: i32): string {
  switch (errcode) {
    case EAI_ADDRFAMILY:
      return "Address family for hostname not supported";
    case EAI_AGAIN:
      return "Temporary failure in name resolution";
    case EAI_BADFLAGS:
      return "Bad value for ai_flags";
    case EAI_FAIL:
      return "Non-recoverable failure in name resolution";
    case EAI_FAMILY:
      return "ai_family not supported";
    case EAI_MEMORY:
      return "Memory allocation failure";
    case EAI_NODATA:
      return "No address associated with hostname";
    case EAI_NONAME:
      return "Name or service not known";
    case EAI_SERVICE:
      return "Servname not supported for ai_socktype";
    case EAI_SOCKTYPE:
      return "ai_socktype not supported";
    case EAI_SYSTEM:
      return "System error";
    default:
      return "Unknown error";
  }
}

/** The EAI_… number for an answer without records; sets `errno` with EAI_SYSTEM. */
export function eaiError(answer: Answer): i32 {
  if (answer.error == HOST_NOT_FOUND) return EAI_NONAME;
  if (answer.error == NO_DATA) return EAI_NODATA;
  if (answer.error == TRY_AGAIN) return EAI_AGAIN;
  if (answer.errno == 0) return EAI_FAIL;
  setErrno(answer.errno);
  return EAI_SYSTEM;
}
