/* What is done to a name in an open directory: nothing here follows a link in it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel_path.h"

int kernel_mkdirat(int directory_fd, const uint8_t *name, size_t size, int mode)
{
  char copy[PATH_MAX];
  int status = kernel_copy_path(name, size, copy);
  if (status < 0)
    return status;
  return mkdirat(directory_fd, copy, (mode_t) mode) == -1 ? -errno : 0;
}

int kernel_unlinkat(int directory_fd, const uint8_t *name, size_t size, int flags)
{
  char copy[PATH_MAX];
  int status = kernel_copy_path(name, size, copy);
  if (status < 0)
    return status;
  return unlinkat(directory_fd, copy, flags) == -1 ? -errno : 0;
}

int kernel_symlinkat(const uint8_t *text, size_t text_size, int directory_fd, const uint8_t *name, size_t size)
{
  char text_copy[PATH_MAX];
  char copy[PATH_MAX];
  int status = kernel_copy_path(text, text_size, text_copy);
  if (status == 0)
    status = kernel_copy_path(name, size, copy);
  if (status < 0)
    return status;
  return symlinkat(text_copy, directory_fd, copy) == -1 ? -errno : 0;
}

int kernel_renameat(
  int directory_fd, const uint8_t *name, size_t size, int new_fd, const uint8_t *new_name, size_t new_size)
{
  char copy[PATH_MAX];
  char new_copy[PATH_MAX];
  int status = kernel_copy_path(name, size, copy);
  if (status == 0)
    status = kernel_copy_path(new_name, new_size, new_copy);
  if (status < 0)
    return status;
  return renameat(directory_fd, copy, new_fd, new_copy) == -1 ? -errno : 0;
}

int kernel_linkat(
  int directory_fd, const uint8_t *name, size_t size, int new_fd, const uint8_t *new_name, size_t new_size)
{
  char copy[PATH_MAX];
  char new_copy[PATH_MAX];
  int status = kernel_copy_path(name, size, copy);
  if (status == 0)
    status = kernel_copy_path(new_name, new_size, new_copy);
  if (status < 0)
    return status;
  return linkat(directory_fd, copy, new_fd, new_copy, 0) == -1 ? -errno : 0;
}

static struct timespec time_of(int64_t nanoseconds)
{
  if (nanoseconds == KERNEL_TIME_NOW)
    return (struct timespec){.tv_nsec = UTIME_NOW};
  if (nanoseconds == KERNEL_TIME_OMIT)
    return (struct timespec){.tv_nsec = UTIME_OMIT};
  return (struct timespec){.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
}

int kernel_set_times(int fd, int64_t access, int64_t modification)
{
  const struct timespec times[] = {time_of(access), time_of(modification)};
  char link[KERNEL_LINK_SIZE];
  if (access < KERNEL_TIME_OMIT || modification < KERNEL_TIME_OMIT)
    return -EINVAL;
  if (fcntl(fd, F_GETFD) == -1)
    return -errno;
  /* By the process's own link even an O_PATH descriptor is enough, that of a symbolic link included. */
  kernel_write_link(fd, link);
  return utimensat(AT_FDCWD, link, times, 0) == -1 ? -errno : 0;
}
