/* The sizes and times of files. */
#include "suite.h"

#define READ_WRITE (RIGHT(FD_READ) | RIGHT(FD_WRITE))
#define SIZED (RIGHT(FD_FILESTAT_GET) | RIGHT(FD_FILESTAT_SET_SIZE) | RIGHT(FD_ALLOCATE))

static void fd_advise(int root)
{
  int fd = OPEN(root, "file", .oflags = CREAT, .rights = READ_WRITE | SIZED | RIGHT(FD_ADVISE));
  IS(status_of(fd).size, 0);
  IS(__wasi_fd_filestat_set_size(fd, 100), 0);
  IS(status_of(fd).size, 100);
  IS(__wasi_fd_advise(fd, 10, 50, __WASI_ADVICE_NORMAL), 0);
  IS(status_of(fd).size, 100);
  IS(__wasi_fd_allocate(fd, 100, 100), 0);
  IS(status_of(fd).size, 200);
  close_fd(fd);
  unlink_file(root, "file");
}

static void file_allocate(int root)
{
  int dir = scratch(root);
  int fd = OPEN(dir, "file", .oflags = CREAT, .rights = READ_WRITE | RIGHT(FD_ALLOCATE) | RIGHT(FD_FILESTAT_GET));
  IS(status_of(fd).size, 0);
  const struct { int offset, len, size; } steps[] = {{0, 100, 100}, {10, 10, 100}, {90, 20, 110}};
  for (int i = 0; i < 3; i++) {
    IS(__wasi_fd_allocate(fd, steps[i].offset, steps[i].len), 0);
    IS(status_of(fd).size, steps[i].size);
  }
  close_fd(fd);
  unlink_file(dir, "file");
  scratch_ends(root, dir);
}

static void fd_filestat_set(int root)
{
  int fd = OPEN(root, "file", .oflags = CREAT, .rights = READ_WRITE | SIZED | RIGHT(FD_FILESTAT_SET_TIMES));
  IS(status_of(fd).size, 0);
  IS(__wasi_fd_filestat_set_size(fd, 100), 0);
  __wasi_filestat_t before = status_of(fd);
  IS(before.size, 100);
  __wasi_timestamp_t earlier = before.mtim - 100;
  IS(__wasi_fd_filestat_set_times(fd, earlier, earlier, __WASI_FSTFLAGS_MTIM), 0);
  __wasi_filestat_t after = status_of(fd);
  IS(after.size, 100);
  IS(after.mtim, earlier);
  IS(after.atim, before.atim);
  close_fd(fd);
  unlink_file(root, "file");
}

static void fstflags_validate(int root)
{
  int fd = OPEN(root, "file", .oflags = CREAT, .rights = RIGHT(FD_READ) | RIGHT(FD_FILESTAT_SET_TIMES));
  IS(__wasi_fd_filestat_set_times(fd, 100, 200, __WASI_FSTFLAGS_MTIM | __WASI_FSTFLAGS_MTIM_NOW), ERRNO(INVAL));
  IS(__wasi_fd_filestat_set_times(fd, 100, 200, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_ATIM_NOW), ERRNO(INVAL));
  close_fd(fd);
  unlink_file(root, "file");
}

static void path_filestat(int root)
{
  int dir = scratch(root);
  HOLDS(fdstat_of(dir).fs_rights_base & RIGHT(PATH_FILESTAT_GET));
  const __wasi_fdflags_t flags = __WASI_FDFLAGS_APPEND | __WASI_FDFLAGS_SYNC;
  int fd = OPEN(dir, "file", .oflags = CREAT, .rights = READ_WRITE | RIGHT(PATH_FILESTAT_GET), .fdflags = flags);
  IS(fdstat_of(fd).fs_flags, flags);
  __wasi_filestat_t before = status_at(dir, 0, "file");
  IS(before.size, 0);
  __wasi_timestamp_t earlier = before.mtim - 100;
  IS(__wasi_path_filestat_set_times(dir, 0, "file", 0, earlier, __WASI_FSTFLAGS_MTIM), 0);
  IS(status_at(dir, 0, "file").mtim, earlier);
  const __wasi_fstflags_t both[] = {__WASI_FSTFLAGS_MTIM | __WASI_FSTFLAGS_MTIM_NOW,
                                    __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_ATIM_NOW};
  for (int i = 0; i < 2; i++)
    IS(__wasi_path_filestat_set_times(dir, 0, "file", 0, 0, both[i]), ERRNO(INVAL));
  IS(status_at(dir, 0, "file").mtim, earlier);
  close_fd(fd);
  unlink_file(dir, "file");
  scratch_ends(root, dir);
}

CASES({"fd_advise", fd_advise}, {"file_allocate", file_allocate}, {"fd_filestat_set", fd_filestat_set},
      {"fstflags_validate", fstflags_validate}, {"path_filestat", path_filestat})
