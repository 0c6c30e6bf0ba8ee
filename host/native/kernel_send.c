#define _GNU_SOURCE
#include "kernel_send.h"

#include "kernel_memory.h"
#include "kernel_syscall.h"
#include "kernel_wait.h"

int kernel_transmit(const struct context *context, int fd, const struct msghdr *message, int flags)
{
  struct wait wait = {.context = context, .fd = fd, .option = SO_SNDTIMEO};
  ssize_t sent;
  do
    sent = kernel_sys_sendmsg(fd, message, flags | MSG_NOSIGNAL);
  while (kernel_repeats(&wait, &sent));
  return (int) sent;
}

int kernel_send(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags)
{
  void *buffer = kernel_at(context, pointer, count);
  if (buffer == NULL)
    return kernel_socket_error(fd, -EFAULT);

  struct wait wait = {.context = context, .fd = fd, .option = SO_SNDTIMEO};
  size_t size = kernel_clamp(count);
  ssize_t sent;
  do
    sent = kernel_sys_sendto(fd, buffer, size, flags | MSG_NOSIGNAL, NULL, 0);
  while (kernel_repeats(&wait, &sent));
  return (int) sent;
}

int kernel_sendto(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags)
{
  void *buffer = kernel_at(context, pointer, count);
  if (buffer == NULL)
    return kernel_socket_error(fd, -EFAULT);

  /* Not sendmsg(2): it takes an address of 0 bytes for none, and cuts one of more than 128. */
  const uint8_t *address = context->mailbox->address;
  struct wait wait = {.context = context, .fd = fd, .option = SO_SNDTIMEO};
  size_t size = kernel_clamp(count);
  ssize_t sent;
  do
    sent = kernel_sys_sendto(fd, buffer, size, flags | MSG_NOSIGNAL, address, context->mailbox->address_length);
  while (kernel_repeats(&wait, &sent));
  return (int) sent;
}

int kernel_sendv(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags)
{
  struct iovec iovecs[KERNEL_MAX_IOVECS];
  if (count > KERNEL_MAX_IOVECS)
    return kernel_socket_error(fd, -EMSGSIZE);
  int size = kernel_import_iovecs(context, pointer, count, iovecs);
  if (size < 0)
    return kernel_socket_error(fd, size);

  const struct msghdr message = {.msg_iov = iovecs, .msg_iovlen = count};
  return kernel_transmit(context, fd, &message, flags);
}
