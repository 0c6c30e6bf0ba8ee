#define _GNU_SOURCE
#include <errno.h>
#include <sys/socket.h>

#include "kernel.h"
#include "kernel_syscall.h"

int kernel_socket(int domain, int type, int protocol)
{
  int fd = socket(domain, type | SOCK_CLOEXEC, protocol);
  return fd == -1 ? -errno : fd;
}

int kernel_describe(struct context *context, int fd)
{
  static const int options[] = {SO_DOMAIN, SO_TYPE, SO_PROTOCOL};
  for (size_t i = 0; i < 3; i++) {
    int status = kernel_sys_option(fd, options[i], &context->mailbox->arguments[i]);
    if (status < 0)
      return status;
  }
  return 0;
}

int kernel_listen(int fd, int backlog)
{
  return listen(fd, backlog) == -1 ? -errno : 0;
}

int kernel_shutdown(int fd, int how)
{
  return shutdown(fd, how) == -1 ? -errno : 0;
}

int kernel_getsockname(struct context *context, int fd)
{
  socklen_t length = sizeof(context->mailbox->address);
  if (getsockname(fd, (void *) context->mailbox->address, &length) == -1)
    return -errno;
  context->mailbox->address_length = length;
  return 0;
}

int kernel_getpeername(struct context *context, int fd)
{
  socklen_t length = sizeof(context->mailbox->address);
  if (getpeername(fd, (void *) context->mailbox->address, &length) == -1)
    return -errno;
  context->mailbox->address_length = length;
  return 0;
}

int kernel_getsockopt(int fd, int level, int name, void *value, size_t size)
{
  socklen_t length = (socklen_t) size;
  return getsockopt(fd, level, name, value, &length) == -1 ? -errno : (int) length;
}

int kernel_setsockopt(int fd, int level, int name, const void *value, size_t size)
{
  return setsockopt(fd, level, name, value, (socklen_t) size) == -1 ? -errno : 0;
}
