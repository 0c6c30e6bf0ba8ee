/* What files hold: at any position, and of any size. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel_memory.h"
#include "kernel_wait.h"

/* The iovecs of a call at a position; the bytes in all, or -errno. */
static int import_at(
  const struct context *context, uint32_t pointer, uint32_t count, uint64_t offset, struct iovec *iovecs)
{
  if (count > KERNEL_MAX_IOVECS || offset > INT64_MAX)
    return -EINVAL;
  return kernel_import_iovecs(context, pointer, count, iovecs);
}

int kernel_preadv(struct context *context, int fd, uint32_t pointer, uint32_t count, uint64_t offset)
{
  struct wait wait = {.context = context, .fd = fd};
  struct iovec iovecs[KERNEL_MAX_IOVECS];
  ssize_t received = import_at(context, pointer, count, offset, iovecs);
  if (received < 0)
    return (int) received;
  do
    received = preadv(fd, iovecs, (int) count, (off_t) offset);
  while (received == -1 && kernel_goes_on(&wait));
  return received == -1 ? -errno : (int) received;
}

int kernel_pwritev(struct context *context, int fd, uint32_t pointer, uint32_t count, uint64_t offset)
{
  struct wait wait = {.context = context, .fd = fd};
  struct iovec iovecs[KERNEL_MAX_IOVECS];
  ssize_t written = import_at(context, pointer, count, offset, iovecs);
  if (written < 0)
    return (int) written;
  do
    written = pwritev(fd, iovecs, (int) count, (off_t) offset);
  while (written == -1 && kernel_goes_on(&wait));
  return written == -1 ? -errno : (int) written;
}

int64_t kernel_seek(int fd, int64_t offset, int whence)
{
  off_t position = lseek(fd, offset, whence);
  return position == -1 ? -errno : position;
}

int kernel_truncate(int fd, uint64_t size)
{
  if (size > INT64_MAX)
    return -EINVAL;
  return ftruncate(fd, (off_t) size) == -1 ? -errno : 0;
}

int kernel_allocate(int fd, uint64_t offset, uint64_t size)
{
  if (offset > INT64_MAX || size > INT64_MAX)
    return -EINVAL;
  return fallocate(fd, 0, (off_t) offset, (off_t) size) == -1 ? -errno : 0;
}

int kernel_advise(int fd, uint64_t offset, uint64_t size, int advice)
{
  if (offset > INT64_MAX || size > INT64_MAX)
    return -EINVAL;
  return -posix_fadvise(fd, (off_t) offset, (off_t) size, advice);
}

int kernel_sync(int fd)
{
  return fsync(fd) == -1 ? -errno : 0;
}

int kernel_datasync(int fd)
{
  return fdatasync(fd) == -1 ? -errno : 0;
}

int kernel_read_entries(int directory_fd, uint64_t cookie, uint8_t *entries, size_t size)
{
  if (cookie > INT64_MAX)
    return -EINVAL;
  if (lseek(directory_fd, (off_t) cookie, SEEK_SET) == -1)
    return errno == ESPIPE ? -ENOTDIR : -errno;
  long filled = syscall(SYS_getdents64, directory_fd, entries, size);
  return filled == -1 ? -errno : (int) filled;
}
