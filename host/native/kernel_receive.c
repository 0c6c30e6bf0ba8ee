#define _GNU_SOURCE
#include "kernel_receive.h"

#include "kernel_memory.h"
#include "kernel_syscall.h"
#include "kernel_wait.h"

int kernel_receive(const struct context *context, int fd, struct msghdr *message, int flags)
{
  struct wait wait = {.context = context, .fd = fd, .option = SO_RCVTIMEO};
  ssize_t received;
  do
    received = kernel_sys_recvmsg(fd, message, flags);
  while (kernel_repeats(&wait, &received));
  return (int) received;
}

int kernel_recv(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags)
{
  void *buffer = kernel_at(context, pointer, count);
  if (buffer == NULL)
    return kernel_socket_error(fd, -EFAULT);

  struct wait wait = {.context = context, .fd = fd, .option = SO_RCVTIMEO};
  size_t size = kernel_clamp(count);
  ssize_t received;
  do
    received = kernel_sys_recvfrom(fd, buffer, size, flags, NULL, NULL);
  while (kernel_repeats(&wait, &received));
  return (int) received;
}

int kernel_recvfrom(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags)
{
  struct mailbox *mailbox = context->mailbox;
  void *buffer = kernel_at(context, pointer, count);
  if (buffer == NULL)
    return kernel_socket_error(fd, -EFAULT);

  struct wait wait = {.context = context, .fd = fd, .option = SO_RCVTIMEO};
  size_t size = kernel_clamp(count);
  socklen_t length;
  ssize_t received;
  do {
    length = sizeof(mailbox->address);
    received = kernel_sys_recvfrom(fd, buffer, size, flags, mailbox->address, &length);
  } while (kernel_repeats(&wait, &received));
  if (received >= 0)
    mailbox->address_length = length;
  return (int) received;
}

int kernel_recvv(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags)
{
  struct iovec iovecs[KERNEL_MAX_IOVECS];
  if (count > KERNEL_MAX_IOVECS)
    return kernel_socket_error(fd, -EMSGSIZE);
  int size = kernel_import_iovecs(context, pointer, count, iovecs);
  if (size < 0)
    return kernel_socket_error(fd, size);

  struct msghdr message = {.msg_iov = iovecs, .msg_iovlen = count};
  int received = kernel_receive(context, fd, &message, flags);
  if (received >= 0)
    context->mailbox->message_flags = message.msg_flags;
  return received;
}
