#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "kernel.h"
#include "kernel_wait.h"

static int connect_once(int fd, const void *address, socklen_t length)
{
  return connect(fd, address, length) == -1 ? -errno : 0;
}

/* A full AF_UNIX backlog: nothing to poll, so blocking attempts of 50 ms. */
static int connect_in_slices(const struct context *context, int fd, const void *address, socklen_t length)
{
  struct timeval saved;
  kernel_deadline deadline = kernel_option_deadline(context, fd, SO_SNDTIMEO);
  for (;;) {
    int status = kernel_check_cancel(context);
    if (status == 0)
      status = kernel_slice_begin(fd, deadline, &saved);
    if (status < 0)
      return status;
    status = connect_once(fd, address, length);
    kernel_slice_end(fd, &saved);
    if ((status != -EAGAIN && status != -EINTR) || kernel_is_past(deadline))
      return status;
  }
}

/* Starts to connect without blocking and waits for the outcome. */
static int connect_and_wait(const struct context *context, int fd, const void *address, socklen_t length)
{
  int started = connect_once(fd, address, length);
  if (started != -EINPROGRESS && started != -EALREADY)
    return started;

  struct wait wait = {.context = context, .fd = fd, .events = POLLOUT};
  wait.deadline = kernel_option_deadline(context, fd, SO_SNDTIMEO);
  for (;;) {
    wait.fruitless = 0;
    int revents = kernel_wait(&wait);
    if (revents < 0)
      /* SO_SNDTIMEO has passed: connect(2) then answers as if it had not waited. */
      return revents == -EAGAIN ? started : revents;
    int status = connect_once(fd, address, length);
    /* Asked again, TCP tells the outcome (inet_stream_connect); other families may only know that it is done. */
    if (status != -EALREADY)
      return status == -EISCONN ? 0 : status;
  }
}

static int connect_address(const struct context *context, int fd, const void *address, socklen_t length)
{
  /* Also keeps O_NONBLOCK off a pipe or a terminal that other processes share. */
  int domain = kernel_socket_option(fd, SO_DOMAIN);
  if (domain < 0)
    return domain;
  int flags = fcntl(fd, F_GETFL);
  if (flags == -1)
    return -errno;
  if ((flags & O_NONBLOCK) != 0)
    return connect_once(fd, address, length);

  if (fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
    return -errno;
  int status = connect_and_wait(context, fd, address, length);
  if (fcntl(fd, F_SETFL, flags) == -1 && status == 0)
    status = -errno;
  return status == -EAGAIN && domain == AF_UNIX ? connect_in_slices(context, fd, address, length) : status;
}

int kernel_connect(const struct context *context, int fd)
{
  return connect_address(context, fd, context->mailbox->address, context->mailbox->address_length);
}

int kernel_connect_file(const struct context *context, int fd, int path_fd)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d", path_fd);
  socklen_t length = (socklen_t) (offsetof(struct sockaddr_un, sun_path) + strlen(address.sun_path) + 1);
  return connect_address(context, fd, &address, length);
}
