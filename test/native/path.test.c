#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "check.h"

#define NAME(text) (const uint8_t *) (text), strlen(text)

/* A directory of the test's own: its path, and a descriptor of it. */
struct directory {
  char path[64];
  int fd;
};

static void directory_open(struct directory *directory)
{
  strcpy(directory->path, "/tmp/sockyard-native-XXXXXX");
  TRUE(mkdtemp(directory->path) != NULL);
  directory->fd = kernel_open_path(NAME(directory->path), O_DIRECTORY);
  TRUE(directory->fd >= 0);
}

static void directory_close(struct directory *directory)
{
  EQUAL(rmdir(directory->path), 0);
  kernel_close(directory->fd);
}

static void bind_at_and_connect_file_meet(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  struct directory directory;
  uint64_t status[KERNEL_STATUS_FIELDS];
  char before[PATH_MAX];
  char after[PATH_MAX];
  guest_open(&guest);
  directory_open(&directory);
  TRUE(getcwd(before, sizeof(before)) != NULL);
  int listener = kernel_socket(AF_UNIX, SOCK_STREAM, 0);
  EQUAL(kernel_bind_at(listener, directory.fd, NAME("socket")), 0);
  TRUE(getcwd(after, sizeof(after)) != NULL);
  EQUAL(strcmp(before, after), 0);
  EQUAL(kernel_listen(listener, 1), 0);
  EQUAL(kernel_fstatat(directory.fd, NAME("socket"), status), 0);
  TRUE(S_ISSOCK(status[2]));

  int file = openat(directory.fd, "socket", O_PATH | O_NOFOLLOW | O_CLOEXEC);
  int client = kernel_socket(AF_UNIX, SOCK_STREAM, 0);
  EQUAL(kernel_connect_file(context, client, file), 0);
  int connection = kernel_accept4(context, listener, 0);
  EQUAL(kernel_write(context, client, 0, 3), 3);
  EQUAL(kernel_read(context, connection, 0, 10), 3);
  kernel_close(connection);
  kernel_close(client);

  client = kernel_socket(AF_UNIX, SOCK_STREAM, 0);
  EQUAL(kernel_connect_file(context, client, directory.fd), -ECONNREFUSED);
  EQUAL(kernel_connect_file(context, client, -1), -ENOENT);
  kernel_close(listener);
  EQUAL(kernel_connect_file(context, client, file), -ECONNREFUSED);
  kernel_close(client);
  kernel_close(file);
  EQUAL(kernel_unlinkat(directory.fd, NAME("socket"), 0), 0);
  directory_close(&directory);
  guest_close(&guest);
}

static void bind_at_takes_a_bare_name_only(void)
{
  struct directory directory;
  uint8_t name[109];
  memset(name, 'n', sizeof(name));
  directory_open(&directory);
  int fd = kernel_socket(AF_UNIX, SOCK_STREAM, 0);
  EQUAL(kernel_bind_at(fd, directory.fd, name, 0), -EINVAL);
  EQUAL(kernel_bind_at(fd, directory.fd, (const uint8_t *) "\0x", 2), -EINVAL);
  EQUAL(kernel_bind_at(fd, directory.fd, NAME("a/b")), -EINVAL);
  EQUAL(kernel_bind_at(fd, directory.fd, NAME("..")), -EADDRINUSE);
  EQUAL(kernel_bind_at(fd, directory.fd, name, sizeof(name)), -ENAMETOOLONG);
  EQUAL(kernel_bind_at(fd, -1, NAME("x")), -EBADF);
  EQUAL(kernel_bind_at(-1, directory.fd, NAME("x")), -EBADF);
  EQUAL(kernel_bind_at(fd, directory.fd, name, 108), 0);
  EQUAL(kernel_unlinkat(directory.fd, name, 108, 0), 0);
  kernel_close(fd);
  directory_close(&directory);
}

static void bind_at_follows_no_link_in_the_name(void)
{
  struct directory directory;
  directory_open(&directory);
  EQUAL(symlinkat("/tmp/sockyard-native-elsewhere", directory.fd, "link"), 0);
  int fd = kernel_socket(AF_UNIX, SOCK_STREAM, 0);
  EQUAL(kernel_bind_at(fd, directory.fd, NAME("link")), -EADDRINUSE);
  EQUAL(access("/tmp/sockyard-native-elsewhere", F_OK), -1);
  EQUAL(kernel_unlinkat(directory.fd, NAME("link"), 0), 0);
  kernel_close(fd);
  directory_close(&directory);
}

static void paths_and_status_are_told(void)
{
  struct directory directory;
  uint64_t status[KERNEL_STATUS_FIELDS];
  struct stat expected;
  uint8_t path[PATH_MAX];
  directory_open(&directory);
  int length = kernel_path_of(directory.fd, path, sizeof(path));
  EQUAL(length, strlen(directory.path));
  SAME_BYTES(path, directory.path, strlen(directory.path));
  EQUAL(kernel_path_of(directory.fd, path, 5), -ENAMETOOLONG);
  EQUAL(kernel_path_of(-1, path, sizeof(path)), -EBADF);

  EQUAL(fstat(directory.fd, &expected), 0);
  EQUAL(kernel_fstat(directory.fd, status), 0);
  EQUAL(status[0], expected.st_dev);
  EQUAL(status[1], expected.st_ino);
  EQUAL(status[2], expected.st_mode);
  EQUAL(status[3], expected.st_nlink);
  EQUAL(status[7], expected.st_size);
  EQUAL(status[11], (uint64_t) expected.st_mtim.tv_sec * 1000000000 + (uint64_t) expected.st_mtim.tv_nsec);
  EQUAL(kernel_fstat(-1, status), -EBADF);

  EQUAL(symlinkat("nowhere", directory.fd, "link"), 0);
  EQUAL(kernel_fstatat(directory.fd, NAME("link"), status), 0);
  TRUE(S_ISLNK(status[2]));
  EQUAL(kernel_unlinkat(directory.fd, NAME("link"), 0), 0);
  EQUAL(kernel_unlinkat(directory.fd, NAME("link"), 0), -ENOENT);
  EQUAL(kernel_fstatat(directory.fd, NAME("link"), status), -ENOENT);
  EQUAL(kernel_unlinkat(directory.fd, NAME("."), 0), -EISDIR);
  directory_close(&directory);
}

static void the_very_file_is_opened(void)
{
  struct directory directory;
  uint8_t text[32];
  directory_open(&directory);
  int file = kernel_create_at(directory.fd, NAME("file"), O_WRONLY | O_EXCL, 0600);
  TRUE(file >= 0);
  EQUAL(fcntl(file, F_GETFL) & O_NONBLOCK, 0);
  EQUAL(fcntl(file, F_GETFD), FD_CLOEXEC);
  EQUAL(write(file, "one", 3), 3);
  EQUAL(kernel_create_at(directory.fd, NAME("file"), O_WRONLY | O_EXCL, 0600), -EEXIST);
  EQUAL(symlinkat("file", directory.fd, "link"), 0);
  EQUAL(kernel_create_at(directory.fd, NAME("link"), O_WRONLY, 0600), -ELOOP);

  int path = openat(directory.fd, "file", O_PATH | O_CLOEXEC);
  EQUAL(renameat(directory.fd, "file", directory.fd, "moved"), 0);
  int again = kernel_open_file(path, O_RDONLY | O_NONBLOCK);
  EQUAL(read(again, text, sizeof(text)), 3);
  EQUAL(fcntl(again, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
  EQUAL(kernel_open_file(-1, O_RDONLY), -EBADF);

  int link = openat(directory.fd, "link", O_PATH | O_NOFOLLOW | O_CLOEXEC);
  EQUAL(kernel_readlink(link, text, sizeof(text)), 4);
  SAME_BYTES(text, "file", 4);
  EQUAL(kernel_readlink(link, text, 4), -ENAMETOOLONG);
  TRUE(kernel_readlink(path, text, sizeof(text)) < 0);

  EQUAL(mkfifoat(directory.fd, "fifo", 0600), 0);
  int fifo = openat(directory.fd, "fifo", O_PATH | O_CLOEXEC);
  EQUAL(kernel_open_file(fifo, O_WRONLY), -ENXIO);
  int reader = kernel_open_file(fifo, O_RDONLY);
  EQUAL(fcntl(reader, F_GETFL) & O_NONBLOCK, 0);

  const int all[] = {file, path, again, link, fifo, reader};
  for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
    EQUAL(kernel_close(all[i]), 0);
  const char *const names[] = {"moved", "link", "fifo"};
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
    EQUAL(unlinkat(directory.fd, names[i], 0), 0);
  directory_close(&directory);
}

static void paths_have_no_nul_and_an_end(void)
{
  uint64_t status[KERNEL_STATUS_FIELDS];
  uint8_t path[PATH_MAX];
  memset(path, '/', sizeof(path));
  EQUAL(kernel_open_path((const uint8_t *) "/tmp\0x", 6, 0), -EINVAL);
  EQUAL(kernel_open_path(path, sizeof(path), 0), -ENAMETOOLONG);
  EQUAL(kernel_open_path(NULL, 0, 0), -ENOENT);
  EQUAL(kernel_open_path(NAME("/dev/null/x"), 0), -ENOTDIR);
  /* A magic link leads where no path says. */
  EQUAL(kernel_open_path(NAME("/proc/self/root/tmp"), 0), -ELOOP);
  EQUAL(kernel_fstatat(AT_FDCWD, path, sizeof(path), status), -ENAMETOOLONG);
  EQUAL(kernel_unlinkat(AT_FDCWD, (const uint8_t *) "x\0y", 3, 0), -EINVAL);
  int fd = kernel_open_path(path, sizeof(path) - 1, 0);
  TRUE(fd >= 0);
  kernel_close(fd);
}

const struct test path_tests[] = {
  {"bindAt and connectFile meet", bind_at_and_connect_file_meet},
  {"bindAt takes a bare name only", bind_at_takes_a_bare_name_only},
  {"bindAt follows no link in the name", bind_at_follows_no_link_in_the_name},
  {"paths and status are told", paths_and_status_are_told},
  {"the very file is opened", the_very_file_is_opened},
  {"paths have no NUL and an end", paths_have_no_nul_and_an_end},
  {NULL, NULL},
};
