// The calls of wasi_snapshot_preview1 that the library uses. Each returns 0 or
// a WASI errno, whose numbers are not Linux's.

/** `args_sizes_get(argc: *mut size, argv_buf_size: *mut size) -> errno` */
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "args_sizes_get")
export declare function args_sizes_get(count: usize, size: usize): i32;

/** `args_get(argv: *mut *mut u8, argv_buf: *mut u8) -> errno` */
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "args_get")
export declare function args_get(pointers: usize, bytes: usize): i32;

/** `environ_sizes_get(count: *mut size, buf_size: *mut size) -> errno` */
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "environ_sizes_get")
export declare function environ_sizes_get(count: usize, size: usize): i32;

/** `environ_get(environ: *mut *mut u8, environ_buf: *mut u8) -> errno` */
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "environ_get")
export declare function environ_get(pointers: usize, bytes: usize): i32;

/** `proc_exit(rval: exitcode) -> !` */
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "proc_exit")
export declare function proc_exit(code: i32): void;

/** `clock_time_get(id: clockid, precision: timestamp, time: *mut timestamp) -> errno` */
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "clock_time_get")
export declare function clock_time_get(id: i32, precision: i64, time: usize): i32;

/** `random_get(buf: *mut u8, buf_len: size) -> errno` */
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "random_get")
export declare function random_get(buffer: usize, length: usize): i32;

/** `fd_seek(fd, offset: filedelta, whence, newoffset: *mut filesize) -> errno` */
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_seek")
export declare function fd_seek(fd: i32, offset: i64, whence: i32, newoffset: usize): i32;

/** `fd_pread(fd, iovs: *const iovec, iovs_len, offset: filesize, nread: *mut size) -> errno` */
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_pread")
export declare function fd_pread(fd: i32, iovs: usize, count: i32, offset: i64, nread: usize): i32;

/** `fd_pwrite(fd, iovs: *const ciovec, iovs_len, offset: filesize, nwritten: *mut size) -> errno` */
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_pwrite")
export declare function fd_pwrite(fd: i32, iovs: usize, count: i32, offset: i64, nwritten: usize): i32;
