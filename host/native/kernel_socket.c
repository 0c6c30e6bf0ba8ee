#define _GNU_SOURCE
#include <errno.h>
#include <sys/socket.h>

#include "kernel.h"

/* The numbers with 64-bit time_t, which glibc does not name on 64-bit machines. */
#ifndef SO_RCVTIMEO_NEW
#define SO_RCVTIMEO_NEW 66
#define SO_SNDTIMEO_NEW 67
#endif

int kernel_socket(int domain, int type, int protocol)
{
  int fd = socket(domain, type | SOCK_CLOEXEC, protocol);
  return fd == -1 ? -errno : fd;
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

static bool is_waiting_option(int level, int name)
{
  if (level != SOL_SOCKET)
    return false;
  return name == SO_RCVTIMEO || name == SO_SNDTIMEO || name == SO_RCVTIMEO_NEW || name == SO_SNDTIMEO_NEW ||
    name == SO_RCVLOWAT;
}

int kernel_setsockopt(struct context *context, int fd, int level, int name, const void *value, size_t size)
{
  if (setsockopt(fd, level, name, value, (socklen_t) size) == -1)
    return -errno;
  if (is_waiting_option(level, name))
    context->waiting_options = true;
  if (level == SOL_SOCKET && name == SO_LINGER)
    context->lingers = true;
  return 0;
}
