#define _GNU_SOURCE
#include "kernel_receive.h"

#include <endian.h>
#include <string.h>

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

/* Where a guest wants an address; all zeros where it wants none. */
struct address_room {
  uint8_t *address;
  uint8_t *length;
  uint32_t size;
};

/* 0, -EFAULT, or -EINVAL for a negative size: before the call has an effect. */
static int claim_room(const struct context *context, uint32_t address, uint32_t length, struct address_room *room)
{
  int32_t size;
  room->length = length == 0 ? NULL : kernel_at(context, length, sizeof(size));
  if (room->length == NULL)
    return -EFAULT;
  memcpy(&size, room->length, sizeof(size));
  size = (int32_t) le32toh((uint32_t) size);
  if (size < 0)
    return -EINVAL;
  room->size = (uint32_t) size < sizeof(struct sockaddr_storage) ? (uint32_t) size : sizeof(struct sockaddr_storage);
  room->address = kernel_at(context, address, room->size);
  return room->address == NULL ? -EFAULT : 0;
}

static void fill_room(const struct mailbox *mailbox, const struct address_room *room)
{
  uint32_t length = htole32(mailbox->address_length);
  memcpy(room->address, mailbox->address, mailbox->address_length < room->size ? mailbox->address_length : room->size);
  memcpy(room->length, &length, sizeof(length));
}

int kernel_recvfrom(
  struct context *context,
  int fd,
  uint32_t pointer,
  uint32_t count,
  int flags,
  uint32_t address,
  uint32_t address_length)
{
  struct mailbox *mailbox = context->mailbox;
  struct address_room room = {0};
  void *buffer = kernel_at(context, pointer, count);
  int claimed = buffer == NULL ? -EFAULT : address == 0 ? 0 : claim_room(context, address, address_length, &room);
  if (claimed < 0)
    return kernel_socket_error(fd, claimed);

  struct wait wait = {.context = context, .fd = fd, .option = SO_RCVTIMEO};
  size_t size = kernel_clamp(count);
  socklen_t length;
  ssize_t received;
  do {
    length = sizeof(mailbox->address);
    received = kernel_sys_recvfrom(fd, buffer, size, flags, mailbox->address, &length);
  } while (kernel_repeats(&wait, &received));
  if (received >= 0) {
    mailbox->address_length = length;
    if (room.address != NULL)
      fill_room(mailbox, &room);
  }
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
