#define _GNU_SOURCE
#include "kernel.h"
#include "kernel_syscall.h"
#include "kernel_wait.h"

int kernel_accept4(struct context *context, int fd, int flags)
{
  struct wait wait = {.context = context, .fd = fd, .option = SO_RCVTIMEO};
  socklen_t length;
  ssize_t connection;
  do {
    length = sizeof(context->mailbox->address);
    connection = kernel_sys_accept4(fd, context->mailbox->address, &length, flags | SOCK_CLOEXEC);
  } while (kernel_repeats(&wait, &connection));
  if (connection >= 0)
    context->mailbox->address_length = length;
  return (int) connection;
}
