#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

static void positions_are_kept_apart(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  guest_open(&guest);
  int fd = memfd_create("test", MFD_CLOEXEC);
  memcpy(context->memory + 100, "0123456789", 10);
  guest_store_iovec(&guest, 0, 100, 4);
  guest_store_iovec(&guest, 8, 104, 6);
  EQUAL(kernel_pwritev(context, fd, 0, 2, 5), 10);
  EQUAL(kernel_seek(fd, 0, SEEK_CUR), 0);
  EQUAL(kernel_seek(fd, 0, SEEK_END), 15);
  EQUAL(kernel_seek(fd, -1, SEEK_SET), -EINVAL);
  guest_store_iovec(&guest, 0, 200, 3);
  EQUAL(kernel_preadv(context, fd, 0, 1, 5), 3);
  SAME_BYTES(context->memory + 200, "012", 3);
  EQUAL(kernel_preadv(context, fd, 0, 0, 5), 0);
  EQUAL(kernel_preadv(context, fd, 0, 1, UINT64_MAX), -EINVAL);
  EQUAL(kernel_preadv(context, fd, 0, 1025, 0), -EINVAL);
  EQUAL(kernel_preadv(context, fd, UINT32_MAX, 1, 0), -EFAULT);
  EQUAL(kernel_pwritev(context, fd, MEMORY_SIZE - 4, 1, 0), -EFAULT);
  guest_store_iovec(&guest, 0, MEMORY_SIZE - 1, 2);
  EQUAL(kernel_preadv(context, fd, 0, 1, 0), -EFAULT);
  EQUAL(kernel_preadv(context, -1, 8, 1, 0), -EBADF);
  kernel_close(fd);
  fd = kernel_socket(AF_UNIX, SOCK_STREAM, 0);
  EQUAL(kernel_preadv(context, fd, 8, 1, 0), -ESPIPE);
  EQUAL(kernel_seek(fd, 0, SEEK_CUR), -ESPIPE);
  kernel_close(fd);
  guest_close(&guest);
}

static void sizes_have_a_limit(void)
{
  int fd = memfd_create("test", MFD_CLOEXEC);
  EQUAL(kernel_truncate(fd, 10), 0);
  EQUAL(kernel_truncate(fd, UINT64_MAX), -EINVAL);
  EQUAL(kernel_allocate(fd, 10, 10), 0);
  EQUAL(kernel_seek(fd, 0, SEEK_END), 20);
  EQUAL(kernel_allocate(fd, UINT64_MAX, 1), -EINVAL);
  EQUAL(kernel_allocate(fd, 0, UINT64_MAX), -EINVAL);
  EQUAL(kernel_allocate(fd, 0, 0), -EINVAL);
  EQUAL(kernel_advise(fd, 0, 0, POSIX_FADV_NORMAL), 0);
  EQUAL(kernel_advise(fd, UINT64_MAX, 0, POSIX_FADV_NORMAL), -EINVAL);
  EQUAL(kernel_advise(fd, 0, 0, 99), -EINVAL);
  EQUAL(kernel_sync(fd), 0);
  EQUAL(kernel_datasync(fd), 0);
  kernel_close(fd);
  EQUAL(kernel_truncate(fd, 0), -EBADF);
  EQUAL(kernel_advise(fd, 0, 0, POSIX_FADV_NORMAL), -EBADF);
  EQUAL(kernel_sync(fd), -EBADF);
  EQUAL(kernel_datasync(fd), -EBADF);
}

static void directories_are_read_from_a_cookie_on(void)
{
  char path[] = "/tmp/sockyard-native-XXXXXX";
  uint8_t entries[4096];
  TRUE(mkdtemp(path) != NULL);
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int size = kernel_read_entries(fd, 0, entries, sizeof(entries));
  TRUE(size > 0);
  struct dirent64 first;
  memcpy(&first, entries, 24);
  int rest = kernel_read_entries(fd, (uint64_t) first.d_off, entries, sizeof(entries));
  EQUAL(rest, size - first.d_reclen);
  EQUAL(kernel_read_entries(fd, 0, entries, 8), -EINVAL);
  EQUAL(kernel_read_entries(fd, UINT64_MAX, entries, sizeof(entries)), -EINVAL);
  kernel_close(fd);
  fd = kernel_socket(AF_UNIX, SOCK_STREAM, 0);
  EQUAL(kernel_read_entries(fd, 0, entries, sizeof(entries)), -ENOTDIR);
  kernel_close(fd);
  EQUAL(kernel_read_entries(-1, 0, entries, sizeof(entries)), -EBADF);
  EQUAL(rmdir(path), 0);
}

const struct test content_tests[] = {
  {"positions are kept apart", positions_are_kept_apart},
  {"sizes have a limit", sizes_have_a_limit},
  {"directories are read from a cookie on", directories_are_read_from_a_cookie_on},
  {NULL, NULL},
};
