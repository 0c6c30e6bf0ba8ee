// Calls of wasi_snapshot_preview1 that the library has no use for: this file's name is the module's.

export declare function fd_read(fd: i32, iovs: usize, count: i32, size: usize): i32;
export declare function fd_write(fd: i32, iovs: usize, count: i32, size: usize): i32;
export declare function fd_close(fd: i32): i32;
export declare function fd_fdstat_get(fd: i32, stat: usize): i32;
export declare function fd_fdstat_set_flags(fd: i32, flags: i32): i32;
export declare function fd_filestat_get(fd: i32, stat: usize): i32;
export declare function poll_oneoff(subscriptions: usize, events: usize, count: i32, size: usize): i32;
export declare function sock_accept(fd: i32, flags: i32, newFd: usize): i32;
export declare function sock_recv(fd: i32, iovs: usize, count: i32, flags: i32, size: usize, outFlags: usize): i32;
export declare function sock_send(fd: i32, iovs: usize, count: i32, flags: i32, size: usize): i32;
export declare function sock_shutdown(fd: i32, how: i32): i32;
export declare function fd_prestat_get(fd: i32, buf: usize): i32;
export declare function fd_readdir(fd: i32, buf: usize, size: i32, cookie: u64, used: usize): i32;
export declare function fd_seek(fd: i32, offset: i64, whence: i32, position: usize): i32;
export declare function path_open(
  fd: i32,
  dirflags: i32,
  path: usize,
  size: i32,
  oflags: i32,
  base: u64,
  inheriting: u64,
  fdflags: i32,
  newFd: usize,
): i32;
export declare function path_rename(fd: i32, old: usize, oldSize: i32, newFd: i32, path: usize, size: i32): i32;
export declare function path_unlink_file(fd: i32, path: usize, size: i32): i32;
export declare function args_sizes_get(count: usize, size: usize): i32;
export declare function args_get(pointers: usize, buf: usize): i32;
export declare function environ_sizes_get(count: usize, size: usize): i32;
export declare function environ_get(pointers: usize, buf: usize): i32;
export declare function random_get(buf: usize, size: i32): i32;
export declare function proc_exit(code: i32): void;
