#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel_control.h"
#include "kernel_memory.h"
#include "kernel_receive.h"
#include "kernel_send.h"
#include "kernel_wait.h"

#define LIMITLESS (1u << CAP_SYS_RESOURCE | 1u << CAP_SYS_ADMIN)

/*
 * Descriptors on their way count for their user, and RLIMIT_NOFILE is their
 * limit, but not of those who have these privileges (net/core/scm.c,
 * too_many_unix_fds): a guest of theirs could fill the machine's memory. The
 * calling thread sends without them.
 */
static int send_with_descriptors(struct context *context, int fd, const struct msghdr *message, int flags)
{
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
  if (syscall(SYS_capget, &header, data) == -1)
    return -errno;
  uint32_t effective = data[0].effective;
  if ((effective & LIMITLESS) == 0)
    return kernel_transmit(context, fd, message, flags);

  data[0].effective &= ~LIMITLESS;
  if (syscall(SYS_capset, &header, data) == -1)
    return -errno;
  int sent = kernel_transmit(context, fd, message, flags);
  data[0].effective = effective;
  return syscall(SYS_capset, &header, data) == -1 ? -errno : sent;
}

int kernel_sendmsg(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags)
{
  struct mailbox *mailbox = context->mailbox;
  struct iovec iovecs[KERNEL_MAX_IOVECS];
  if (count > KERNEL_MAX_IOVECS)
    return kernel_socket_error(fd, -EMSGSIZE);
  int size = kernel_import_iovecs(context, pointer, count, iovecs);
  if (size < 0)
    return kernel_socket_error(fd, size);

  union kernel_control control;
  bool has_control = mailbox->descriptor_count > 0 || mailbox->control_length > 0;
  int control_size = has_control ? kernel_compose_control(mailbox, &control) : 0;
  if (control_size < 0)
    return control_size;
  const struct msghdr message = {
    .msg_name = mailbox->address_length > 0 ? mailbox->address : NULL,
    .msg_namelen = mailbox->address_length,
    .msg_iov = iovecs,
    .msg_iovlen = count,
    .msg_control = has_control ? &control : NULL,
    .msg_controllen = (size_t) control_size,
  };
  return mailbox->descriptor_count > 0 ? send_with_descriptors(context, fd, &message, flags)
                                       : kernel_transmit(context, fd, &message, flags);
}

/*
 * struct msghdr (wasm32), little-endian
 *    0  u32  msg_name        0 for none
 *    4  i32  msg_namelen     more than a struct sockaddr_storage is as much
 *    8  u32  msg_iov
 *   12  u32  msg_iovlen
 *   16  u32  msg_control     0 for none
 *   20  u32  msg_controllen
 *   24  i32  msg_flags
 */
enum field { NAME, NAME_LENGTH, IOVECS, IOVEC_COUNT, CONTROL, CONTROL_LENGTH, FLAGS, FIELDS };

/*
 * Reads the msghdr at `pointer` into `fields`, with no more room for the name than an address needs. 0 if all of it can
 * be written later, or -errno in the order of Linux (net/socket.c, __copy_msghdr).
 */
static int claim_header(const struct context *context, uint32_t pointer, uint32_t fields[FIELDS])
{
  const size_t size = FIELDS * sizeof(fields[0]);
  const uint8_t *header = kernel_at(context, pointer, size);
  if (header == NULL)
    return -EFAULT;
  memcpy(fields, header, size);
  for (int i = 0; i < FIELDS; i++)
    fields[i] = le32toh(fields[i]);

  if (fields[NAME] == 0)
    fields[NAME_LENGTH] = 0;
  if (fields[CONTROL] == 0)
    fields[CONTROL_LENGTH] = 0;
  if ((int32_t) fields[NAME_LENGTH] < 0)
    return -EINVAL;
  if (fields[IOVEC_COUNT] > KERNEL_MAX_IOVECS)
    return -EMSGSIZE;
  if (fields[NAME_LENGTH] > sizeof(struct sockaddr_storage))
    fields[NAME_LENGTH] = sizeof(struct sockaddr_storage);
  bool claimed = kernel_at(context, fields[NAME], fields[NAME_LENGTH]) != NULL &&
                 kernel_at(context, fields[CONTROL], fields[CONTROL_LENGTH]) != NULL;
  return claimed ? 0 : -EFAULT;
}

static void count_tcp(struct mailbox *mailbox)
{
  while (mailbox->tcp_count < mailbox->descriptor_count &&
         kernel_is_tcp(mailbox->descriptors[mailbox->tcp_count]) == 1)
    mailbox->tcp_count++;
}

int kernel_recvmsg(struct context *context, int fd, uint32_t pointer, int flags, bool asks)
{
  struct mailbox *mailbox = context->mailbox;
  uint32_t fields[FIELDS];
  int claimed = claim_header(context, pointer, fields);
  if (claimed < 0)
    return kernel_socket_error(fd, claimed);
  struct iovec iovecs[KERNEL_MAX_IOVECS];
  int size = kernel_import_iovecs(context, fields[IOVECS], fields[IOVEC_COUNT], iovecs);
  if (size < 0)
    return kernel_socket_error(fd, size);

  union kernel_control control;
  struct msghdr message = {
    .msg_name = fields[NAME] == 0 ? NULL : mailbox->address,
    .msg_namelen = fields[NAME] == 0 ? 0 : sizeof(mailbox->address),
    .msg_iov = iovecs,
    .msg_iovlen = fields[IOVEC_COUNT],
    .msg_control = &control,
    .msg_controllen = sizeof(control),
  };
  int received = kernel_receive(context, fd, &message, flags | MSG_CMSG_CLOEXEC);
  if (received < 0)
    return received;
  kernel_take_control(&message, mailbox);
  mailbox->address_length = message.msg_namelen;
  mailbox->name_room = (struct room) {fields[NAME], fields[NAME_LENGTH]};
  mailbox->control_room = (struct room) {fields[CONTROL], fields[CONTROL_LENGTH]};
  /* Linux gives the flag back to who passed it. */
  mailbox->message_flags = (message.msg_flags & ~MSG_CMSG_CLOEXEC) | (flags & MSG_CMSG_CLOEXEC);
  mailbox->tcp_count = 0;
  if (asks)
    count_tcp(mailbox);
  return received;
}

static bool is_one_of(uint32_t id, uint32_t real, uint32_t effective, uint32_t saved)
{
  return id == real || id == effective || id == saved;
}

int kernel_check_credentials(int32_t pid, uint32_t uid, uint32_t gid)
{
  uid_t uids[3];
  gid_t gids[3];
  if (getresuid(&uids[0], &uids[1], &uids[2]) == -1 || getresgid(&gids[0], &gids[1], &gids[2]) == -1)
    return -errno;
  bool own = pid == getpid() && is_one_of(uid, uids[0], uids[1], uids[2]) && is_one_of(gid, gids[0], gids[1], gids[2]);
  return own ? 0 : -EPERM;
}
