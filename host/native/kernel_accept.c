#define _GNU_SOURCE
#include <sys/socket.h>

#include "kernel.h"
#include "kernel_wait.h"

int kernel_accept4(struct context *context, int fd, int flags)
{
  struct wait wait = {.context = context, .fd = fd, .option = SO_RCVTIMEO};
  socklen_t length;
  int connection;
  do {
    length = sizeof(context->mailbox->address);
    connection = accept4(fd, (void *) context->mailbox->address, &length, flags | SOCK_CLOEXEC);
  } while (connection == -1 && kernel_goes_on(&wait));
  if (connection == -1)
    return -errno;
  context->mailbox->address_length = length;
  return connection;
}
