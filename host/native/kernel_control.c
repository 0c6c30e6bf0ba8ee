#define _GNU_SOURCE
#include "kernel_control.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Linux 6.5. One that a socket asks for by SO_PASSPIDFD, which whoever passed it on may have set. */
#ifndef SCM_PIDFD
#define SCM_PIDFD 0x04
#endif

static size_t align4(size_t size)
{
  return (size + 3) & ~(size_t) 3;
}

/* Appends one message to `control` at `*size`. */
static void append(union kernel_control *control, size_t *size, int level, int type, const void *data, size_t count)
{
  struct cmsghdr *header = (void *) (control->bytes + *size);
  *header = (struct cmsghdr) {.cmsg_len = CMSG_LEN(count), .cmsg_level = level, .cmsg_type = type};
  memcpy(CMSG_DATA(header), data, count);
  *size += CMSG_SPACE(count);
}

int kernel_compose_control(const struct mailbox *mailbox, union kernel_control *control)
{
  size_t size = 0;
  memset(control, 0, sizeof(*control));
  if (mailbox->descriptor_count > KERNEL_MAX_DESCRIPTORS || mailbox->control_length > sizeof(mailbox->control))
    return -EINVAL;
  if (mailbox->descriptor_count > 0)
    append(
      control, &size, SOL_SOCKET, SCM_RIGHTS, mailbox->descriptors, mailbox->descriptor_count * sizeof(int32_t));

  size_t at = 0;
  while (mailbox->control_length > at && mailbox->control_length - at >= KERNEL_CONTROL_HEADER) {
    uint32_t header[3];
    memcpy(header, mailbox->control + at, sizeof(header));
    if (header[0] < KERNEL_CONTROL_HEADER || header[0] > mailbox->control_length - at)
      return -EINVAL;
    const uint8_t *data = mailbox->control + at + KERNEL_CONTROL_HEADER;
    append(control, &size, (int) header[1], (int) header[2], data, header[0] - KERNEL_CONTROL_HEADER);
    at += align4(header[0]);
  }
  return (int) size;
}

static size_t data_size(const struct cmsghdr *header)
{
  return header->cmsg_len - CMSG_LEN(0);
}

static bool is_socket_message(const struct cmsghdr *header, int type)
{
  return header->cmsg_level == SOL_SOCKET && header->cmsg_type == type;
}

/* The descriptor at `index` of a message's data, which need not be aligned. */
static int32_t descriptor_at(const struct cmsghdr *header, size_t index)
{
  int32_t fd;
  memcpy(&fd, CMSG_DATA(header) + index * sizeof(fd), sizeof(fd));
  return fd;
}

int kernel_take_descriptors(struct msghdr *message, int32_t *descriptors, size_t capacity)
{
  size_t count = 0;
  int status = 0;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL; header = CMSG_NXTHDR(message, header)) {
    bool wanted = is_socket_message(header, SCM_RIGHTS);
    if (!wanted && !is_socket_message(header, SCM_PIDFD))
      continue;
    size_t here = data_size(header) / sizeof(int32_t);
    for (size_t i = 0; i < here; i++) {
      int32_t fd = descriptor_at(header, i);
      if (wanted && count < capacity) {
        descriptors[count++] = fd;
        continue;
      }
      if (wanted)
        status = -EMSGSIZE;
      if (fd >= 0)
        close(fd);
    }
  }
  while (status < 0 && count > 0)
    close(descriptors[--count]);
  return status < 0 ? status : (int) count;
}

/* Returns whether there was room for it. */
static bool copy_message(const struct cmsghdr *header, struct mailbox *mailbox)
{
  size_t size = data_size(header);
  size_t room = sizeof(mailbox->control) - mailbox->control_length;
  if (room < KERNEL_CONTROL_HEADER || align4(size) > room - KERNEL_CONTROL_HEADER)
    return false;
  uint8_t *target = mailbox->control + mailbox->control_length;
  const uint32_t fields[3] = {
    (uint32_t) (KERNEL_CONTROL_HEADER + size),
    (uint32_t) header->cmsg_level,
    (uint32_t) header->cmsg_type,
  };
  memcpy(target, fields, sizeof(fields));
  memcpy(target + KERNEL_CONTROL_HEADER, CMSG_DATA(header), size);
  mailbox->control_length += (uint32_t) (KERNEL_CONTROL_HEADER + align4(size));
  return true;
}

void kernel_take_control(struct msghdr *message, struct mailbox *mailbox)
{
  int count = kernel_take_descriptors(message, mailbox->descriptors, KERNEL_MAX_DESCRIPTORS);
  mailbox->descriptor_count = count < 0 ? 0 : (uint32_t) count;
  mailbox->control_length = 0;
  bool complete = count >= 0;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL; header = CMSG_NXTHDR(message, header)) {
    if (!is_socket_message(header, SCM_RIGHTS) && !is_socket_message(header, SCM_PIDFD))
      complete = copy_message(header, mailbox) && complete;
  }
  if (!complete)
    message->msg_flags |= MSG_CTRUNC;
}
