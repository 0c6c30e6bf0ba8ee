#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "kernel.h"
#include "kernel_wait.h"

static int connect_address(const struct context *context, int fd, const void *address, socklen_t length)
{
  struct wait wait = {.context = context, .fd = fd, .option = SO_SNDTIMEO};
  int status;
  /* Interrupted and asked again, TCP goes on waiting for the same connection (__inet_stream_connect). */
  do
    status = connect(fd, address, length);
  while (status == -1 && kernel_goes_on(&wait));
  if (status == 0)
    return 0;
  /* What connect(2) answers at SO_SNDTIMEO. */
  bool has_timed_out = errno == EAGAIN && wait.deadline != 0;
  return has_timed_out && kernel_socket_option(fd, SO_DOMAIN) != AF_UNIX ? -EINPROGRESS : -errno;
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
