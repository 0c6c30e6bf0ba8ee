import { isErrno, type SysResult } from "../../core/errno.js";
import { EBADF, ENOSYS, ESPIPE } from "../../core/linux.generated.js";
import { type AbiContext, type AbiFunction, faulting } from "../imports.js";
import { clock_res_get, clock_time_get, random_get } from "./clocks.js";
import { fd_close, fd_fdstat_get, fd_fdstat_set_flags, fd_filestat_get, fd_read, fd_write } from "./descriptors.js";
import { ProcessExit, StringList } from "./environment.js";
import { NOTCAPABLE, preview1Errno, SUCCESS } from "./errno.js";
import { poll_oneoff } from "./poll.js";
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
  random_get,
  clock_res_get,
  poll_oneoff,
  sock_accept,
  sock_recv,
  sock_send,
  sock_shutdown,
};

/** Functions about files, with their types: no guest has any, so each is beyond its capabilities. */
const FILE_FUNCTIONS: Readonly<Record<string, string>> = {
  fd_advise: "iIIi:i",
  fd_allocate: "iII:i",
  fd_datasync: "i:i",
  fd_fdstat_set_rights: "iII:i",
  fd_filestat_set_size: "iI:i",
  fd_filestat_set_times: "iIIi:i",
  fd_pread: "iiiIi:i",
  fd_pwrite: "iiiIi:i",
  fd_readdir: "iiiIi:i",
  fd_renumber: "ii:i",
  fd_sync: "i:i",
  path_create_directory: "iii:i",
  path_filestat_get: "iiiii:i",
  path_filestat_set_times: "iiiiIIi:i",
  path_link: "iiiiiii:i",
  path_open: "iiiiiIIii:i",
  path_readlink: "iiiiii:i",
  path_remove_directory: "iii:i",
  path_rename: "iiiiii:i",
  path_symlink: "iiiii:i",
  path_unlink_file: "iii:i",
};

/** The type of each function; `i` is i32 and `I` is i64. */
export const PREVIEW1_SIGNATURES: Readonly<Record<string, string>> = {
  ...FILE_FUNCTIONS,
  ...Object.fromEntries(Object.entries(FUNCTIONS).map(([name, call]) => [name, `${"i".repeat(call.length - 1)}:i`])),
  args_get: "ii:i",
  args_sizes_get: "ii:i",
  environ_get: "ii:i",
  environ_sizes_get: "ii:i",
  clock_time_get: "iIi:i",
  fd_prestat_get: "ii:i",
  fd_prestat_dir_name: "iii:i",
  fd_seek: "iIii:i",
  fd_tell: "ii:i",
  proc_exit: "i:",
  proc_raise: "i:i",
  sched_yield: ":i",
};

type Import = (...args: never[]) => number | undefined;

/** The imports of `wasi_snapshot_preview1`. */
export function preview1Imports(context: AbiContext, environment: Environment): Record<string, Import> {
  const imports: Record<string, Import> = { ...processImports(context, environment), ...fileImports(context) };
  for (const [name, call] of Object.entries(FUNCTIONS)) {
    imports[name] = faulting(context, call, encode);
  }
  // The one function with a 64-bit argument before a pointer: the precision, which Linux has no use for.
  const clockTime = faulting(context, clock_time_get, encode);
  imports.clock_time_get = (clock: number, _precision: bigint, time: number) => clockTime(clock, time);
  return imports;
}

function encode(result: SysResult): number {
  return isErrno(result) ? preview1Errno(-result) : SUCCESS;
}

function processImports(context: AbiContext, { args, env }: Environment): Record<string, Import> {
  const { memory } = context;
  const argv = new StringList(args);
  const environ = new StringList(Object.entries(env).map(([name, value]) => `${name}=${value}`));
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
  };
}

function fileImports({ core: { fds } }: AbiContext): Record<string, Import> {
  const refuse = (fd: number): number => (fds.isOpen(fd | 0) ? NOTCAPABLE : preview1Errno(EBADF));
  return {
    ...Object.fromEntries(
      Object.keys(FILE_FUNCTIONS).map((name) => [name, name.startsWith("fd_") ? refuse : () => NOTCAPABLE]),
    ),
    // No directory is preopened, and EBADF is what ends every libc's search for one.
    fd_prestat_get: () => preview1Errno(EBADF),
    fd_prestat_dir_name: () => preview1Errno(EBADF),
    fd_seek: (fd: number) => preview1Errno(fds.isOpen(fd | 0) ? ESPIPE : EBADF),
    fd_tell: (fd: number) => preview1Errno(fds.isOpen(fd | 0) ? ESPIPE : EBADF),
  };
}
