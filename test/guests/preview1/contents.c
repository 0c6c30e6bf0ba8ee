/* The contents of files: read, written and sought. */
#include "suite.h"

#include <unistd.h>

#define READ_WRITE (RIGHT(FD_READ) | RIGHT(FD_WRITE))

/* The next 100 bytes are all `byte`. */
static void expect_hundred(int fd, char byte)
{
  char got[100], wanted[100];
  memset(wanted, byte, sizeof(wanted));
  IS(read_fd(fd, got, sizeof(got)), 100);
  HOLDS(memcmp(got, wanted, sizeof(got)) == 0);
}

static void write_hundred(int fd, char byte)
{
  char bytes[100];
  memset(bytes, byte, sizeof(bytes));
  IS(write_fd(fd, bytes, sizeof(bytes)), 100);
}

static void fd_flags_set(int root)
{
  const __wasi_rights_t rights = READ_WRITE | RIGHT(FD_SEEK) | RIGHT(FD_TELL) | RIGHT(FD_FDSTAT_SET_FLAGS);
  int fd = OPEN(root, "file", .oflags = CREAT, .rights = rights, .fdflags = __WASI_FDFLAGS_APPEND);
  write_hundred(fd, 0);
  IS(seek(fd, 0, SET), 0);
  expect_hundred(fd, 0);
  IS(seek(fd, 0, SET), 0);
  write_hundred(fd, 1);
  IS(seek(fd, 100, SET), 100);
  expect_hundred(fd, 1);
  IS(__wasi_fd_fdstat_set_flags(fd, 0), 0);
  IS(seek(fd, 0, SET), 0);
  write_hundred(fd, 2);
  IS(seek(fd, 0, SET), 0);
  expect_hundred(fd, 2);
  close_fd(fd);
  IS(status_at(root, 0, "file").size, 200);
  unlink_file(root, "file");
}

/* Four bytes at 0, written and read by two vectors */
static void move_vectors(int fd)
{
  char buf[4] = "";
  __wasi_size_t count = 0;
  IS(__wasi_fd_pwrite(fd, (__wasi_ciovec_t[]){{(uint8_t *) "\0\1", 2}, {(uint8_t *) "\2\3", 2}}, 2, 0, &count), 0);
  IS(count, 4);
  __wasi_iovec_t halves[] = {{(uint8_t *) buf, 2}, {(uint8_t *) buf + 2, 2}};
  IS(__wasi_fd_pread(fd, halves, 2, 0, &count), 0);
  IS(count, 4);
  HOLDS(memcmp(buf, "\0\1\2\3", 4) == 0);
  IS(__wasi_fd_pread(fd, halves, 2, 4, &count), 0);
  IS(count, 0);
}

static void file_pread_pwrite(int root)
{
  int dir = scratch(root);
  int fd = OPEN(dir, "file", .oflags = CREAT, .rights = READ_WRITE | RIGHT(FD_SEEK));
  char buf[4] = "";
  IS(pwrite_fd(fd, "\0\1\2\3", 4, 0), 4);
  IS(pread_fd(fd, buf, 4, 0), 4);
  HOLDS(memcmp(buf, "\0\1\2\3", 4) == 0);
  move_vectors(fd);
  memset(buf, 0, 4);
  IS(pread_fd(fd, buf, 4, 2), 2);
  HOLDS(memcmp(buf, "\2\3\0\0", 4) == 0);
  IS(pwrite_fd(fd, "\1\0", 2, 2), 2);
  IS(pread_fd(fd, buf, 4, 0), 4);
  HOLDS(memcmp(buf, "\0\1\1\0", 4) == 0);
  close_fd(fd);
  unlink_file(dir, "file");
  scratch_ends(root, dir);
}

static void file_seek_tell(int root)
{
  int dir = scratch(root);
  int fd = OPEN(dir, "file", .oflags = CREAT, .rights = READ_WRITE | RIGHT(FD_SEEK) | RIGHT(FD_TELL));
  IS(tell(fd), 0);
  write_hundred(fd, 0);
  IS(tell(fd), 100);
  IS(seek(fd, -50, CUR), 50);
  IS(seek(fd, 0, SET), 0);
  IS(seek(fd, 1000, CUR), 1000);
  IS(seek(fd, -2000, CUR), -ERRNO(INVAL));
  IS(seek(fd, 0, SET), 0);
  expect_hundred(fd, 0);
  IS(tell(fd), 100);
  close_fd(fd);
  unlink_file(dir, "file");
  scratch_ends(root, dir);
}

static void file_truncation(int root)
{
  int dir = scratch(root);
  int fd = OPEN(dir, "file", .oflags = CREAT, .rights = RIGHT(FD_WRITE));
  write_hundred(fd, 'x');
  close_fd(fd);
  char buf[100];
  fd = OPEN(dir, "file", .oflags = CREAT | TRUNC, .rights = READ_WRITE);
  IS(read_fd(fd, buf, sizeof(buf)), 0);
  close_fd(fd);
  unlink_file(dir, "file");
  scratch_ends(root, dir);
}

static void file_unbuffered_write(int root)
{
  int dir = scratch(root);
  int reader = OPEN(dir, "file", .oflags = CREAT, .rights = RIGHT(FD_READ));
  int writer = OPEN(dir, "file", .rights = RIGHT(FD_WRITE));
  char byte = 0;
  IS(write_fd(writer, "\1", 1), 1);
  IS(read_fd(reader, &byte, 1), 1);
  IS(byte, 1);
  close_fd(writer);
  close_fd(reader);
  unlink_file(dir, "file");
  scratch_ends(root, dir);
}

/* A descriptor that reads, writes or does both, as its rights say */
static int open_with(int root, __wasi_rights_t rights)
{
  int fd = OPEN(root, "file", .rights = rights);
  IS(fdstat_of(fd).fs_rights_base & READ_WRITE, rights & READ_WRITE);
  return fd;
}

static void path_open_read_write(int root)
{
  char buf[100] = "";
  create(root, "file");
  int fd = open_with(root, RIGHT(FD_READ));
  IS(read_fd(fd, buf, 100), 0);
  IS(write_fd(fd, buf, 50), -ERRNO(BADF));
  close_fd(fd);
  fd = open_with(root, RIGHT(FD_WRITE));
  IS(read_fd(fd, buf, 100), -ERRNO(BADF));
  IS(write_fd(fd, buf, 50), 50);
  close_fd(fd);
  fd = open_with(root, READ_WRITE | RIGHT(FD_FILESTAT_GET));
  IS(read_fd(fd, buf, 100), 50);
  IS(write_fd(fd, buf, 25), 25);
  IS(status_of(fd).size, 75);
  close_fd(fd);
  unlink_file(root, "file");
}

static void is_no_terminal(int root)
{
  int dir = scratch(root);
  int fd = OPEN(dir, "file", .oflags = CREAT);
  IS(isatty(fd), 0);
  close_fd(fd);
  unlink_file(dir, "file");
  scratch_ends(root, dir);
}

CASES({"fd_flags_set", fd_flags_set}, {"file_pread_pwrite", file_pread_pwrite}, {"file_seek_tell", file_seek_tell},
      {"file_truncation", file_truncation}, {"file_unbuffered_write", file_unbuffered_write},
      {"path_open_read_write", path_open_read_write}, {"isatty", is_no_terminal})
