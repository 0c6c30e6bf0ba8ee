#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "kernel.h"
#include "kernel_syscall.h"
#include "kernel_wait.h"

/* Linux 5.9 has it, and later headers than some machines'. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE (1U << 1)
#endif

void kernel_exit_now(int code)
{
  _exit(code);
}

int kernel_flush_input(int fd)
{
  return tcflush(fd, TCIFLUSH) == -1 ? -errno : 0;
}

int kernel_is_terminal(int fd)
{
  return isatty(fd);
}

int kernel_descriptor_limit(void)
{
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
    return -errno;
  return limit.rlim_cur < INT_MAX ? (int) limit.rlim_cur : INT_MAX;
}

int kernel_unshare_descriptors(void)
{
  /* Closes nothing. unshare(2) would do, but containers often refuse it. */
  return syscall(SYS_close_range, ~0U, ~0U, CLOSE_RANGE_UNSHARE) == -1 ? -errno : 0;
}

int kernel_close(int fd)
{
  /* EINTR: Linux has released the descriptor all the same (close(2)). */
  int status = kernel_sys_close(fd);
  return status == -EINTR ? 0 : status;
}

int kernel_release(int fd)
{
  struct linger option = {0};
  socklen_t size = sizeof(option);
  /* To linger for 0 s is to reset: that does not wait, and stays. */
  if (getsockopt(fd, SOL_SOCKET, SO_LINGER, &option, &size) == 0 && option.l_onoff != 0 && option.l_linger > 0) {
    option.l_onoff = 0;
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &option, sizeof(option));
  }
  return kernel_close(fd);
}

int kernel_dup(int fd)
{
  int duplicate = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  return duplicate == -1 ? -errno : duplicate;
}

int kernel_get_status_flags(int fd)
{
  int flags = fcntl(fd, F_GETFL);
  return flags == -1 ? -errno : flags;
}

int kernel_available(int fd)
{
  int count = 0;
  return ioctl(fd, FIONREAD, &count) == -1 ? -errno : count;
}

int kernel_set_status_flags(int fd, int flags)
{
  return fcntl(fd, F_SETFL, flags) == -1 ? -errno : 0;
}

int kernel_poll(const struct context *context, void *pollfds, size_t size, uint32_t count, double timeout)
{
  if (count > size / sizeof(struct pollfd))
    return -EINVAL;
  return kernel_ppoll(context, pollfds, (nfds_t) count, kernel_deadline_in(timeout));
}
