/* Control data: between the kernel's layout and the mailbox. */
#ifndef SOCKYARD_KERNEL_CONTROL_H
#define SOCKYARD_KERNEL_CONTROL_H

#include <sys/socket.h>

#include "kernel.h"

/*
 * In the mailbox descriptors have a field of their own. Every other message is
 *
 *   offset  type      field
 *        0  uint32_t  length  of header and data
 *        4  int32_t   level
 *        8  int32_t   type
 *       12  uint8_t[] data    as the kernel has it; the next message is aligned to 4 bytes
 *
 * which is what 32-bit programs have for a struct cmsghdr.
 */
#define KERNEL_CONTROL_HEADER 12

/* Room for a full mailbox in the kernel's layout, and for all that Linux puts into one message. */
#define KERNEL_CONTROL_SIZE 2048

union kernel_control {
  struct cmsghdr header;
  uint8_t bytes[KERNEL_CONTROL_SIZE];
};

/* Makes the kernel's control data of the mailbox's. Returns its size, or -EINVAL for messages that overlap. */
int kernel_compose_control(const struct mailbox *mailbox, union kernel_control *control);

/*
 * Moves the descriptors in `message` to `descriptors`. Returns their number, or
 * -EMSGSIZE holding none. No other descriptor of the message is left open.
 */
int kernel_take_descriptors(struct msghdr *message, int32_t *descriptors, size_t capacity);

/* Moves all control data of a received message to the mailbox; what has no room there is dropped, with MSG_CTRUNC. */
void kernel_take_control(struct msghdr *message, struct mailbox *mailbox);

#endif
