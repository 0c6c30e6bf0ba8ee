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
enum field { MSG_NAME, MSG_NAMELEN, MSG_IOV, MSG_IOVLEN, MSG_CONTROL, MSG_CONTROLLEN, MSG_FLAGS, FIELDS };

/* A guest's msghdr, of which everything that is written later has been claimed. */
struct header {
  uint8_t *address;
  uint32_t fields[FIELDS];
  /* NULL for none. */
  uint8_t *name;
  uint32_t name_size;
};

static void set_field(const struct header *header, enum field field, uint32_t value)
{
  value = htole32(value);
  memcpy(header->address + field * sizeof(value), &value, sizeof(value));
}

/* 0 or -errno, in the order of Linux (net/socket.c, __copy_msghdr). */
static int claim_header(const struct context *context, uint32_t pointer, struct header *header)
{
  uint32_t *fields = header->fields;
  header->address = kernel_at(context, pointer, sizeof(header->fields));
  if (header->address == NULL)
    return -EFAULT;
  memcpy(fields, header->address, sizeof(header->fields));
  for (int i = 0; i < FIELDS; i++)
    fields[i] = le32toh(fields[i]);

  if (fields[MSG_NAME] != 0 && (int32_t) fields[MSG_NAMELEN] < 0)
    return -EINVAL;
  if (fields[MSG_IOVLEN] > KERNEL_MAX_IOVECS)
    return -EMSGSIZE;
  const uint32_t most = sizeof(struct sockaddr_storage);
  header->name_size = fields[MSG_NAMELEN] < most ? fields[MSG_NAMELEN] : most;
  header->name = fields[MSG_NAME] == 0 ? NULL : kernel_at(context, fields[MSG_NAME], header->name_size);
  if (fields[MSG_CONTROL] == 0)
    fields[MSG_CONTROLLEN] = 0;
  bool claimed = (fields[MSG_NAME] == 0 || header->name != NULL) &&
                 kernel_at(context, fields[MSG_CONTROL], fields[MSG_CONTROLLEN]) != NULL;
  return claimed ? 0 : -EFAULT;
}

static void fill_header(const struct header *header, const struct mailbox *mailbox)
{
  if (header->name != NULL) {
    uint32_t size = mailbox->address_length < header->name_size ? mailbox->address_length : header->name_size;
    memcpy(header->name, mailbox->address, size);
    set_field(header, MSG_NAMELEN, mailbox->address_length);
  }
  set_field(header, MSG_CONTROLLEN, 0);
  set_field(header, MSG_FLAGS, (uint32_t) mailbox->message_flags);
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
  struct header header;
  int claimed = claim_header(context, pointer, &header);
  if (claimed < 0)
    return kernel_socket_error(fd, claimed);
  struct iovec iovecs[KERNEL_MAX_IOVECS];
  uint32_t count = header.fields[MSG_IOVLEN];
  int size = kernel_import_iovecs(context, header.fields[MSG_IOV], count, iovecs);
  if (size < 0)
    return kernel_socket_error(fd, size);

  union kernel_control control;
  struct msghdr message = {
    .msg_name = header.name == NULL ? NULL : mailbox->address,
    .msg_namelen = header.name == NULL ? 0 : sizeof(mailbox->address),
    .msg_iov = iovecs,
    .msg_iovlen = count,
    .msg_control = &control,
    .msg_controllen = sizeof(control),
  };
  int received = kernel_receive(context, fd, &message, flags | MSG_CMSG_CLOEXEC);
  if (received < 0)
    return received;
  kernel_take_control(&message, mailbox);
  mailbox->address_length = message.msg_namelen;
  mailbox->room = header.fields[MSG_CONTROL];
  mailbox->room_size = header.fields[MSG_CONTROLLEN];
  /* Linux gives the flag back to who passed it. */
  mailbox->message_flags = (message.msg_flags & ~MSG_CMSG_CLOEXEC) | (flags & MSG_CMSG_CLOEXEC);
  fill_header(&header, mailbox);
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
