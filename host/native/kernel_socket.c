#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "kernel.h"
#include "kernel_syscall.h"

int kernel_socket(int domain, int type, int protocol)
{
  int fd = socket(domain, type | SOCK_CLOEXEC, protocol);
  return fd == -1 ? -errno : fd;
}

/* linux/tcp.h, since 5.16 */
#ifndef TCP_IS_MPTCP
#define TCP_IS_MPTCP 43
#endif

/*
 * Whether a socket whose protocol has TCP's number is one of TCP. A raw socket with that number, or one of another
 * family, does not know the option, and whatever else does (MPTCP, SMC) has a number of its own.
 */
static bool is_tcp(int fd)
{
  int32_t is_mptcp = 0;
  return kernel_sys_option(fd, IPPROTO_TCP, TCP_IS_MPTCP, &is_mptcp) == 0 && is_mptcp == 0;
}

/* Of TCP without its family, which is a call less: a server that has its connections from another waits for it. */
int kernel_describe(struct context *context, int fd)
{
  int32_t *domain = &context->mailbox->arguments[0];
  int32_t *type = &context->mailbox->arguments[1];
  int32_t *protocol = &context->mailbox->arguments[2];
  int status = kernel_sys_option(fd, SOL_SOCKET, SO_PROTOCOL, protocol);
  if (status < 0)
    return status;
  if (*protocol == IPPROTO_TCP && is_tcp(fd)) {
    *domain = AF_UNSPEC;
    *type = SOCK_STREAM;
    return 0;
  }
  status = kernel_sys_option(fd, SOL_SOCKET, SO_DOMAIN, domain);
  return status < 0 ? status : kernel_sys_option(fd, SOL_SOCKET, SO_TYPE, type);
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
