/* What the guests of preview1.test.ts share. A guest runs the cases that its arguments name, in the directory "/", tells
 * each answer that is not as it should be, and exits with 1 if there was one. */
#ifndef SUITE_H
#define SUITE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wasi/api.h>

#define ERRNO(name) __WASI_ERRNO_##name
#define RIGHT(name) __WASI_RIGHTS_##name
#define FOLLOW __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW
#define CREAT __WASI_OFLAGS_CREAT
#define DIRECTORY __WASI_OFLAGS_DIRECTORY
#define EXCL __WASI_OFLAGS_EXCL
#define TRUNC __WASI_OFLAGS_TRUNC
#define SET __WASI_WHENCE_SET
#define CUR __WASI_WHENCE_CUR
#define END __WASI_WHENCE_END

/* The directory "/", and what is opened behind it */
enum { PREOPEN = 3, FIRST_OWN_FD = 4 };

static int failures;

static inline void is(const char *file, int line, const char *what, int64_t got, int64_t wanted)
{
  if (got == wanted)
    return;
  failures++;
  fprintf(stderr, "%s:%d: %s is %lld, not %lld\n", file, line, what, (long long) got, (long long) wanted);
}

/* `got` is evaluated once. */
#define IS(got, wanted) is(__FILE_NAME__, __LINE__, #got, (int64_t) (got), (int64_t) (wanted))
#define HOLDS(condition) is(__FILE_NAME__, __LINE__, #condition, (condition) ? 1 : 0, 1)

struct how {
  const char *path;
  __wasi_lookupflags_t lookup;
  __wasi_oflags_t oflags;
  __wasi_rights_t rights, inheriting;
  __wasi_fdflags_t fdflags;
};

/* path_open: a descriptor, or a negated errno */
static inline int open_how(int dir, struct how how)
{
  __wasi_fd_t fd = -1;
  __wasi_errno_t error =
    __wasi_path_open(dir, how.lookup, how.path, how.oflags, how.rights, how.inheriting, how.fdflags, &fd);
  if (error == 0)
    HOLDS(fd >= FIRST_OWN_FD);
  return error != 0 ? -error : (int) fd;
}

#define OPEN(dir, ...) open_how(dir, (struct how) {.path = __VA_ARGS__})

static inline void close_fd(int fd)
{
  IS(__wasi_fd_close(fd), 0);
}

static inline void create(int dir, const char *path)
{
  close_fd(OPEN(dir, path, .oflags = CREAT));
}

static inline void create_directory(int dir, const char *path)
{
  IS(__wasi_path_create_directory(dir, path), 0);
}

static inline void remove_directory(int dir, const char *path)
{
  IS(__wasi_path_remove_directory(dir, path), 0);
}

static inline void unlink_file(int dir, const char *path)
{
  IS(__wasi_path_unlink_file(dir, path), 0);
}

/* A count of bytes, or a negated errno */
static inline int64_t read_fd(int fd, void *buf, size_t size)
{
  __wasi_size_t count = 0;
  __wasi_errno_t error = __wasi_fd_read(fd, &(__wasi_iovec_t){buf, size}, 1, &count);
  return error != 0 ? -error : (int64_t) count;
}

static inline int64_t write_fd(int fd, const void *buf, size_t size)
{
  __wasi_size_t count = 0;
  __wasi_errno_t error = __wasi_fd_write(fd, &(__wasi_ciovec_t){buf, size}, 1, &count);
  return error != 0 ? -error : (int64_t) count;
}

static inline int64_t pread_fd(int fd, void *buf, size_t size, __wasi_filesize_t offset)
{
  __wasi_size_t count = 0;
  __wasi_errno_t error = __wasi_fd_pread(fd, &(__wasi_iovec_t){buf, size}, 1, offset, &count);
  return error != 0 ? -error : (int64_t) count;
}

static inline int64_t pwrite_fd(int fd, const void *buf, size_t size, __wasi_filesize_t offset)
{
  __wasi_size_t count = 0;
  __wasi_errno_t error = __wasi_fd_pwrite(fd, &(__wasi_ciovec_t){buf, size}, 1, offset, &count);
  return error != 0 ? -error : (int64_t) count;
}

/* A position, or a negated errno */
static inline int64_t seek(int fd, __wasi_filedelta_t offset, __wasi_whence_t whence)
{
  __wasi_filesize_t position = 0;
  __wasi_errno_t error = __wasi_fd_seek(fd, offset, whence, &position);
  return error != 0 ? -error : (int64_t) position;
}

static inline int64_t tell(int fd)
{
  __wasi_filesize_t position = 0;
  __wasi_errno_t error = __wasi_fd_tell(fd, &position);
  return error != 0 ? -error : (int64_t) position;
}

static inline __wasi_filestat_t status_of(int fd)
{
  __wasi_filestat_t status = {0};
  IS(__wasi_fd_filestat_get(fd, &status), 0);
  return status;
}

static inline __wasi_filestat_t status_at(int dir, __wasi_lookupflags_t lookup, const char *path)
{
  __wasi_filestat_t status = {0};
  IS(__wasi_path_filestat_get(dir, lookup, path, &status), 0);
  return status;
}

static inline __wasi_fdstat_t fdstat_of(int fd)
{
  __wasi_fdstat_t fdstat = {0};
  IS(__wasi_fd_fdstat_get(fd, &fdstat), 0);
  return fdstat;
}

/* A new directory, opened with some rights and not all, as programs that care for rights do */
static inline int scratch(int root)
{
  create_directory(root, "scratch");
  return OPEN(root, "scratch", .oflags = DIRECTORY,
              .rights = RIGHT(FD_FILESTAT_GET) | RIGHT(FD_READDIR) | RIGHT(PATH_CREATE_FILE)
                | RIGHT(PATH_CREATE_DIRECTORY) | RIGHT(PATH_REMOVE_DIRECTORY) | RIGHT(PATH_OPEN)
                | RIGHT(PATH_UNLINK_FILE) | RIGHT(PATH_LINK_SOURCE) | RIGHT(PATH_LINK_TARGET) | RIGHT(PATH_READLINK)
                | RIGHT(PATH_RENAME_SOURCE) | RIGHT(PATH_RENAME_TARGET) | RIGHT(PATH_FILESTAT_GET)
                | RIGHT(PATH_FILESTAT_SET_SIZE) | RIGHT(PATH_FILESTAT_SET_TIMES) | RIGHT(PATH_SYMLINK),
              .inheriting = RIGHT(FD_READ) | RIGHT(FD_WRITE) | RIGHT(FD_READDIR) | RIGHT(FD_FILESTAT_GET)
                | RIGHT(FD_SEEK) | RIGHT(PATH_LINK_SOURCE) | RIGHT(PATH_LINK_TARGET) | RIGHT(PATH_OPEN)
                | RIGHT(PATH_UNLINK_FILE) | RIGHT(PATH_FILESTAT_GET) | RIGHT(FD_FDSTAT_SET_FLAGS) | RIGHT(FD_SYNC)
                | RIGHT(FD_TELL) | RIGHT(FD_ADVISE) | RIGHT(FD_ALLOCATE) | RIGHT(FD_FILESTAT_SET_SIZE)
                | RIGHT(FD_FILESTAT_SET_TIMES));
}

/* Closes it, and removes it: a case leaves nothing in it. */
static inline void scratch_ends(int root, int dir)
{
  close_fd(dir);
  remove_directory(root, "scratch");
}

struct test_case {
  const char *name;
  void (*run)(int root);
};

/* The directory "/", opened once more with all rights that it has; -1 for a program that was given none */
static inline int open_root(void)
{
  char name[2] = "";
  __wasi_prestat_t prestat = {0};
  if (__wasi_fd_prestat_get(PREOPEN, &prestat) == ERRNO(BADF))
    return -1;
  IS(prestat.tag, __WASI_PREOPENTYPE_DIR);
  IS(prestat.u.dir.pr_name_len, 1);
  IS(__wasi_fd_prestat_dir_name(PREOPEN, (uint8_t *) name, 1), 0);
  HOLDS(strcmp(name, "/") == 0);
  __wasi_fdstat_t fdstat = fdstat_of(PREOPEN);
  return OPEN(PREOPEN, ".", .oflags = DIRECTORY, .rights = fdstat.fs_rights_base,
              .inheriting = fdstat.fs_rights_inheriting);
}

/* Runs the case of this name: whether there is one. */
static inline int run_case(const struct test_case *cases, size_t count, const char *name, int root)
{
  for (size_t i = 0; i < count; i++) {
    if (strcmp(cases[i].name, name) != 0)
      continue;
    cases[i].run(root);
    return 1;
  }
  return 0;
}

#define CASES(...)                                                         \
  int main(int argc, char **argv)                                          \
  {                                                                        \
    static const struct test_case cases[] = {__VA_ARGS__};                 \
    int root = open_root();                                                \
    for (int i = 1; i < argc; i++)                                         \
      HOLDS(run_case(cases, sizeof(cases) / sizeof(*cases), argv[i], root)); \
    return failures == 0 && argc > 1 ? 0 : 1;                              \
  }

#endif
