import { isErrno, type SysResult } from "../../core/errno.js";
import { ENOSYS } from "../../core/linux.generated.js";
import {
  type AbiContext,
  type AbiFunction,
  faulting,
  faultingWide,
  signatureOf,
  type WideFunction,
} from "../imports.js";
import { clock_res_get, clock_time_get, random_get } from "./clocks.js";
import {
  fd_advise,
  fd_allocate,
  fd_datasync,
  fd_filestat_set_size,
  fd_pread,
  fd_pwrite,
  fd_seek,
  fd_sync,
  fd_tell,
} from "./contents.js";
import {
  fd_close,
  fd_fdstat_get,
  fd_fdstat_set_flags,
  fd_fdstat_set_rights,
  fd_read,
  fd_renumber,
  fd_write,
} from "./descriptors.js";
import { ProcessExit, StringList } from "./environment.js";
import { preview1Errno, SUCCESS } from "./errno.js";
import { fd_filestat_get, fd_filestat_set_times, path_filestat_get, path_filestat_set_times } from "./filestat.js";
import { path_open } from "./path-open.js";
import {
  path_create_directory,
  path_link,
  path_readlink,
  path_remove_directory,
  path_rename,
  path_symlink,
  path_unlink_file,
} from "./paths.js";
import { poll_oneoff } from "./poll.js";
import { fd_prestat_dir_name, fd_prestat_get } from "./preopens.js";
import { fd_readdir } from "./readdir.js";
import { sock_accept, sock_recv, sock_send, sock_shutdown } from "./sockets.js";

export const PREVIEW1_MODULE = "wasi_snapshot_preview1";

/** What a program is started with. */
export interface Environment {
  /** `args[0]` is the program's name. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Functions that end in the core: `-errno` becomes preview1's number, every other result success. */
const FUNCTIONS: Readonly<Record<string, AbiFunction>> = {
  fd_close,
  fd_read,
  fd_write,
  fd_fdstat_get,
  fd_fdstat_set_flags,
  fd_filestat_get,
  fd_tell,
  fd_sync,
  fd_datasync,
  fd_renumber,
  fd_prestat_get,
  fd_prestat_dir_name,
  path_create_directory,
  path_filestat_get,
  path_readlink,
  path_remove_directory,
  path_rename,
  path_symlink,
  path_unlink_file,
  random_get,
  clock_res_get,
  poll_oneoff,
  sock_accept,
  sock_recv,
  sock_send,
  sock_shutdown,
};

/** Functions of 64-bit arguments or of more than the others have, with their types; `i` is i32 and `I` is i64. */
const WIDE_FUNCTIONS: Readonly<Record<string, readonly [signature: string, call: WideFunction]>> = {
  fd_advise: ["iIIi:i", fd_advise],
  fd_allocate: ["iII:i", fd_allocate],
  fd_fdstat_set_rights: ["iII:i", fd_fdstat_set_rights],
  fd_filestat_set_size: ["iI:i", fd_filestat_set_size],
  fd_filestat_set_times: ["iIIi:i", fd_filestat_set_times],
  fd_pread: ["iiiIi:i", fd_pread],
  fd_pwrite: ["iiiIi:i", fd_pwrite],
  fd_readdir: ["iiiIi:i", fd_readdir],
  fd_seek: ["iIii:i", fd_seek],
  path_filestat_set_times: ["iiiiIIi:i", path_filestat_set_times],
  path_link: ["iiiiiii:i", path_link],
  path_open: ["iiiiiIIii:i", path_open],
};

/** What `processImports` and `clock_time_get` have. */
const OTHER_SIGNATURES: Readonly<Record<string, string>> = {
  clock_time_get: "iIi:i",
  args_get: "ii:i",
  args_sizes_get: "ii:i",
  environ_get: "ii:i",
  environ_sizes_get: "ii:i",
  proc_exit: "i:",
  proc_raise: "i:i",
  sched_yield: ":i",
};

/** Each function's name. */
export function preview1Names(): string[] {
  return [FUNCTIONS, WIDE_FUNCTIONS, OTHER_SIGNATURES].flatMap((table) => Object.keys(table));
}

/** The type of a function; undefined for a name that is none. */
export function preview1Signature(name: string): string | undefined {
  if (Object.hasOwn(FUNCTIONS, name)) return signatureOf(FUNCTIONS[name] as AbiFunction);
  if (Object.hasOwn(WIDE_FUNCTIONS, name)) return WIDE_FUNCTIONS[name]?.[0];
  return Object.hasOwn(OTHER_SIGNATURES, name) ? OTHER_SIGNATURES[name] : undefined;
}

type Import = (...args: never[]) => number | undefined;

/** The imports of `wasi_snapshot_preview1` that have these names. */
export function preview1Imports(
  context: AbiContext,
  environment: Environment,
  names: readonly string[],
): Record<string, Import> {
  const own = processImports(context, environment);
  const imports: Record<string, Import> = {};
  for (const name of names) {
    if (Object.hasOwn(own, name)) imports[name] = own[name] as Import;
    else if (Object.hasOwn(FUNCTIONS, name)) {
      imports[name] = faulting(context, FUNCTIONS[name] as AbiFunction, encode);
    } else if (Object.hasOwn(WIDE_FUNCTIONS, name)) {
      const [signature, call] = WIDE_FUNCTIONS[name] as (typeof WIDE_FUNCTIONS)[string];
      imports[name] = faultingWide(context, signature, call, encode);
    }
  }
  return imports;
}

function encode(result: SysResult): number {
  return isErrno(result) ? preview1Errno(-result) : SUCCESS;
}

function processImports(context: AbiContext, { args, env }: Environment): Record<string, Import> {
  const { memory } = context;
  const argv = new StringList(args);
  const environ = new StringList(Object.entries(env).map(([name, value]) => `${name}=${value}`));
  const clockTime = faulting(context, clock_time_get, encode);
  const pair = (write: (one: number, two: number) => number): Import =>
    faulting(context, (_: AbiContext, one: number, two: number) => write(one, two), encode);
  return {
    args_get: pair((pointers, buffer) => argv.write(memory, pointers, buffer)),
    args_sizes_get: pair((count, size) => argv.writeSizes(memory, count, size)),
    environ_get: pair((pointers, buffer) => environ.write(memory, pointers, buffer)),
    environ_sizes_get: pair((count, size) => environ.writeSizes(memory, count, size)),
    proc_exit: (code: number) => {
      throw new ProcessExit(code | 0);
    },
    proc_raise: () => preview1Errno(ENOSYS),
    sched_yield: () => SUCCESS,
    // Called often: not by way of an array for the precision, which Linux has no use for.
    clock_time_get: (clock: number, _precision: bigint, time: number) => clockTime(clock, time),
  };
}
