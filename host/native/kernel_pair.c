#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel.h"

static int hand_over(struct context *context, const int pair[2])
{
  context->mailbox->descriptors[0] = pair[0];
  context->mailbox->descriptors[1] = pair[1];
  context->mailbox->descriptor_count = 2;
  return 0;
}

int kernel_socketpair(struct context *context, int domain, int type, int protocol)
{
  int pair[2];
  if (socketpair(domain, type | SOCK_CLOEXEC, protocol, pair) == -1)
    return -errno;
  return hand_over(context, pair);
}

int kernel_pipe2(struct context *context, int flags)
{
  int pair[2];
  if (pipe2(pair, flags | O_CLOEXEC) == -1)
    return -errno;
  return hand_over(context, pair);
}
