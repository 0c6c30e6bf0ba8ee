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

/* asm-generic/socket.h, since 5.18 */
#ifndef SO_TXREHASH
#define SO_TXREHASH 74
#endif

/* linux/tcp.h, since 5.16 */
#ifndef TCP_IS_MPTCP
#define TCP_IS_MPTCP 43
#endif

/*
 * Whether SO_TXREHASH is an option of TCP over IP alone, as since Linux 6.16 (net/core/sock.c, sk_is_tcp): one question
 * then tells what takes two otherwise. Before, every socket had it. Known as soon as a Unix socket could be asked.
 */
static bool only_tcp_rehashes(void)
{
  static _Atomic int known = -1;
  if (known >= 0)
    return known;
  int32_t value;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd == -1)
    return false;
  known = kernel_sys_option(fd, SOL_SOCKET, SO_TXREHASH, &value) == -EOPNOTSUPP;
  close(fd);
  return known;
}

/*
 * A raw socket with TCP's number, or one of another family, does not know TCP's option, and whatever else does (MPTCP,
 * SMC) has a number of its own.
 */
int kernel_has_tcp_option(int fd)
{
  int32_t value;
  int status = kernel_sys_option(fd, SOL_SOCKET, SO_PROTOCOL, &value);
  if (status < 0)
    return status;
  if (value != IPPROTO_TCP)
    return 0;
  return kernel_sys_option(fd, IPPROTO_TCP, TCP_IS_MPTCP, &value) == 0 && value == 0;
}

int kernel_is_tcp(int fd)
{
  int32_t value;
  if (!only_tcp_rehashes())
    return kernel_has_tcp_option(fd);
  int status = kernel_sys_option(fd, SOL_SOCKET, SO_TXREHASH, &value);
  if (status == 0)
    return 1;
  return status == -EOPNOTSUPP ? 0 : status;
}

int kernel_describe(struct context *context, int fd)
{
  static const int options[] = {SO_DOMAIN, SO_TYPE, SO_PROTOCOL};
  int status = 0;
  for (int i = 0; i < 3 && status == 0; i++)
    status = kernel_sys_option(fd, SOL_SOCKET, options[i], &context->mailbox->arguments[i]);
  return status;
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
