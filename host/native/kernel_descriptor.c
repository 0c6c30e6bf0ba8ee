#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel.h"
#include "kernel_wait.h"

#define POLLFDS_ON_STACK 64
/* Nanoseconds. */
#define LINGER_SLICE 10e6

int kernel_close(int fd)
{
  /* EINTR: Linux has released the descriptor all the same (close(2)). */
  return close(fd) == -1 && errno != EINTR ? -errno : 0;
}

/* Waits until the peer has everything, for at most `seconds`. Returns 0 or -ECANCELED. */
static int linger(const struct context *context, int fd, int seconds)
{
  kernel_deadline deadline = kernel_deadline_in((double) seconds * 1e9);
  int unsent = 0;
  while (ioctl(fd, SIOCOUTQ, &unsent) == 0 && unsent > 0 && !kernel_is_past(deadline)) {
    /* Nothing tells when the queue is empty. */
    struct pollfd pollfd = {.fd = context->cancel_fd, .events = POLLIN};
    if (kernel_ppoll(&pollfd, 1, kernel_deadline_in(LINGER_SLICE)) != 0)
      return -ECANCELED;
  }
  return 0;
}

int kernel_close_last(const struct context *context, int fd, bool wait)
{
  /* close(2) would wait in the kernel, where nobody can end it. AF_UNIX does not linger; 0 s are a reset at once. */
  struct linger option = {0};
  int status = 0;
  socklen_t size = sizeof(option);
  if (context->lingers && kernel_socket_option(fd, SO_DOMAIN) != AF_UNIX &&
      getsockopt(fd, SOL_SOCKET, SO_LINGER, &option, &size) == 0 && option.l_onoff != 0 && option.l_linger > 0) {
    if (wait)
      status = linger(context, fd, option.l_linger);
    option.l_onoff = 0;
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &option, sizeof(option));
  }
  int closed = kernel_close(fd);
  return status < 0 ? status : closed;
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

  /* One entry more than the guest's: the cancel eventfd. */
  struct pollfd on_stack[POLLFDS_ON_STACK + 1];
  struct pollfd *entries = on_stack;
  if (count > POLLFDS_ON_STACK)
    entries = malloc(((size_t) count + 1) * sizeof(*entries));
  if (entries == NULL)
    return -ENOMEM;
  if (count > 0)
    memcpy(entries, pollfds, count * sizeof(*entries));
  entries[count] = (struct pollfd) {.fd = context->cancel_fd, .events = POLLIN};

  int ready = kernel_ppoll(entries, (nfds_t) count + 1, kernel_deadline_in(timeout));
  if (ready >= 0 && entries[count].revents != 0)
    ready = -ECANCELED;
  if (ready >= 0 && count > 0)
    memcpy(pollfds, entries, count * sizeof(*entries));
  if (entries != on_stack)
    free(entries);
  return ready;
}
