#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kernel.h"
#include "kernel_wait.h"

#define POLLFDS_ON_STACK 64

int kernel_close(int fd)
{
  /* EINTR: Linux has released the descriptor all the same (close(2)). */
  return close(fd) == -1 && errno != EINTR ? -errno : 0;
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
