#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel_path.h"

int kernel_copy_path(const uint8_t *path, size_t size, char copy[PATH_MAX])
{
  if (size >= PATH_MAX)
    return -ENAMETOOLONG;
  if (size > 0 && memchr(path, 0, size) != NULL)
    return -EINVAL;
  if (size > 0)
    memcpy(copy, path, size);
  copy[size] = '\0';
  return 0;
}

static uint64_t nanoseconds(const struct timespec *time)
{
  return (uint64_t) time->tv_sec * 1000000000u + (uint64_t) time->tv_nsec;
}

static void fill_status(const struct stat *stat, uint64_t status[KERNEL_STATUS_FIELDS])
{
  const uint64_t fields[KERNEL_STATUS_FIELDS] = {
    stat->st_dev,
    stat->st_ino,
    stat->st_mode,
    stat->st_nlink,
    stat->st_uid,
    stat->st_gid,
    stat->st_rdev,
    (uint64_t) stat->st_size,
    (uint64_t) stat->st_blksize,
    (uint64_t) stat->st_blocks,
    nanoseconds(&stat->st_atim),
    nanoseconds(&stat->st_mtim),
    nanoseconds(&stat->st_ctim),
  };
  memcpy(status, fields, sizeof(fields));
}

/*
 * Through /proc/PID/root and its like a path leads into other mount namespaces,
 * and reads afterwards as if it had not. Kernels before 5.6 cannot refuse that.
 */
static int open_without_magic(const char *path, int flags)
{
  struct open_how how = {.flags = (uint64_t) flags, .resolve = RESOLVE_NO_MAGICLINKS};
  long fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
  return fd == -1 && errno == ENOSYS ? open(path, flags) : (int) fd;
}

int kernel_open_path(const uint8_t *path, size_t size, int flags)
{
  char copy[PATH_MAX];
  int status = kernel_copy_path(path, size, copy);
  if (status < 0)
    return status;
  int fd = open_without_magic(copy, flags | O_PATH | O_CLOEXEC);
  return fd == -1 ? -errno : fd;
}

void kernel_write_link(int fd, char link[KERNEL_LINK_SIZE])
{
  snprintf(link, KERNEL_LINK_SIZE, "/proc/self/fd/%d", fd);
}

/* Opened without waiting; whether later calls wait is as `flags` say. */
static int settle_open(int fd, int flags)
{
  if (fd == -1)
    return -errno;
  if ((flags & O_NONBLOCK) != 0)
    return fd;
  int status = fcntl(fd, F_GETFL);
  if (status != -1 && fcntl(fd, F_SETFL, status & ~O_NONBLOCK) != -1)
    return fd;
  int error = -errno;
  close(fd);
  return error;
}

#define ALWAYS (O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

int kernel_open_file(int path_fd, int flags)
{
  char link[KERNEL_LINK_SIZE];
  kernel_write_link(path_fd, link);
  if (fcntl(path_fd, F_GETFD) == -1)
    return -errno;
  return settle_open(open(link, flags | ALWAYS), flags);
}

int kernel_create_at(int directory_fd, const uint8_t *name, size_t size, int flags, int mode)
{
  char copy[PATH_MAX];
  int status = kernel_copy_path(name, size, copy);
  if (status < 0)
    return status;
  return settle_open(openat(directory_fd, copy, flags | ALWAYS | O_CREAT | O_NOFOLLOW, (mode_t) mode), flags);
}

int kernel_readlink(int link_fd, uint8_t *text, size_t size)
{
  ssize_t length = readlinkat(link_fd, "", (char *) text, size);
  if (length == -1)
    return -errno;
  return (size_t) length == size ? -ENAMETOOLONG : (int) length;
}

int kernel_path_of(int fd, uint8_t *path, size_t size)
{
  char link[KERNEL_LINK_SIZE];
  kernel_write_link(fd, link);
  if (fcntl(fd, F_GETFD) == -1)
    return -errno;
  ssize_t length = readlink(link, (char *) path, size);
  if (length == -1)
    return -errno;
  /* readlink(2) cuts without saying so. */
  return (size_t) length == size ? -ENAMETOOLONG : (int) length;
}

int kernel_fstat(int fd, uint64_t status[KERNEL_STATUS_FIELDS])
{
  struct stat stat;
  if (fstat(fd, &stat) == -1)
    return -errno;
  fill_status(&stat, status);
  return 0;
}

int kernel_fstatat(int directory_fd, const uint8_t *name, size_t size, uint64_t status[KERNEL_STATUS_FIELDS])
{
  char copy[PATH_MAX];
  struct stat stat;
  int result = kernel_copy_path(name, size, copy);
  if (result < 0)
    return result;
  if (fstatat(directory_fd, copy, &stat, AT_SYMLINK_NOFOLLOW) == -1)
    return -errno;
  fill_status(&stat, status);
  return 0;
}
