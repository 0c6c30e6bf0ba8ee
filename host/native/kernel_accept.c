#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

#include "kernel.h"
#include "kernel_wait.h"

/* Waits for a connection. A socket that does not listen needs none: accept4 then fails at once. */
static int wait_connection(const struct context *context, int fd)
{
  if (kernel_socket_option(fd, SO_ACCEPTCONN) <= 0)
    return 0;
  struct wait wait = {.context = context, .fd = fd, .events = POLLIN};
  wait.deadline = kernel_option_deadline(context, fd, SO_RCVTIMEO);
  return kernel_wait(&wait);
}

int kernel_accept4(struct context *context, int fd, int flags)
{
  int status = fcntl(fd, F_GETFL);
  if (status == -1)
    return -errno;
  if ((flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) != 0)
    return -EINVAL;

  bool polls = (status & O_NONBLOCK) == 0 && !kernel_waits_plainly(context);
  for (;;) {
    int revents = polls ? wait_connection(context, fd) : 0;
    if (revents < 0)
      return revents;

    socklen_t length = sizeof(context->mailbox->address);
    int connection = accept4(fd, (void *) context->mailbox->address, &length, flags | SOCK_CLOEXEC);
    if (connection >= 0) {
      context->mailbox->address_length = length;
      return connection;
    }
    if (errno != EINTR)
      return -errno;
  }
}
