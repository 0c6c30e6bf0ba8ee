// Go's package os: files, standard streams and the program's surroundings.

import { open as openAt } from "./file";
import { errno } from "./errno";
import { failed, Failure, is, Result } from "./errors";
import { readAll, ErrShortWrite } from "./io";
import { O_APPEND, O_CLOEXEC, O_CREAT, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from "./linux.generated";
import { ErrExist, ErrNotExist, ErrPermission } from "./os/errors";
import { File } from "./os/file";
import { PathError } from "./os/patherror";
import { getenv as lookupEnv, STDERR_FILENO, STDIN_FILENO, STDOUT_FILENO } from "./process";
import { unlink } from "./socket";
import { Errno } from "./syscall";

export { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY } from "./linux.generated";
export { File } from "./os/file";
export { PathError } from "./os/patherror";
export { FileInfo, lstat, stat } from "./os/stat";
export * from "./os/errors";
export { argv as args, exit, getenv as lookupEnv } from "./process";

/** Standard input. */
// @ts-ignore: decorator
@lazy export const stdin: File = new File(STDIN_FILENO, "/dev/stdin");

/** Standard output. Nothing is buffered. */
// @ts-ignore: decorator
@lazy export const stdout: File = new File(STDOUT_FILENO, "/dev/stdout");

/** Standard error. */
// @ts-ignore: decorator
@lazy export const stderr: File = new File(STDERR_FILENO, "/dev/stderr");

/** `os.Getenv(name)`: a variable of the environment, or "". lookupEnv() answers null for one that is not there. */
export function getenv(name: string): string {
  const value = lookupEnv(name);
  return value !== null ? value : "";
}

/** `os.Open(name)`: a file to read from. */
export function open(name: string): Result<File> {
  return openFile(name, O_RDONLY, 0);
}

/** `os.Create(name)`: a file to read and write, which is made (0666, less the umask) or emptied. */
export function create(name: string): Result<File> {
  return openFile(name, O_RDWR | O_CREAT | O_TRUNC, 0o666);
}

/** `os.OpenFile(name, flag, perm)`: with O_RDONLY and its like, and the permissions of a file that is made. */
export function openFile(name: string, flag: i32, perm: u32): Result<File> {
  const fd = openAt(name, flag | O_CLOEXEC, perm);
  if (fd < 0) return failed<File>(new PathError("open", name, new Errno(errno)));
  const file = new File(fd, name);
  file.appends = (flag & O_APPEND) != 0;
  return new Result<File>(file);
}

/** `os.ReadFile(name)`: all that is in a file. */
export function readFile(name: string): Result<Uint8Array> {
  const opened = open(name);
  const failure = opened.err;
  if (failure !== null) return failed<Uint8Array>(failure);
  const file = opened.value;
  const contents = readAll(file);
  file.close();
  return new Result<Uint8Array>(contents.bytes, contents.err);
}

/** `os.WriteFile(name, data, perm)`: makes or empties a file, and writes it; null, or what went wrong. */
export function writeFile(name: string, data: Uint8Array, perm: u32): Failure | null {
  const opened = openFile(name, O_WRONLY | O_CREAT | O_TRUNC, perm);
  if (!opened.ok) return opened.err;
  const file = opened.value;
  const written = file.write(data);
  const failure = file.err;
  const closing = file.close();
  if (failure !== null) return failure;
  return written < data.length ? ErrShortWrite : closing;
}

/** `os.IsNotExist(err)` */
export function isNotExist(err: Failure | null): bool {
  return is(err, ErrNotExist);
}

/** `os.IsExist(err)` */
export function isExist(err: Failure | null): bool {
  return is(err, ErrExist);
}

/** `os.IsPermission(err)` */
export function isPermission(err: Failure | null): bool {
  return is(err, ErrPermission);
}

/** `os.Remove(name)`: removes a file; null, or why it cannot. Of a program with network grants only: its own socket files. */
export function remove(name: string): Failure | null {
  return unlink(name) < 0 ? new PathError("remove", name, new Errno(errno)) : null;
}
