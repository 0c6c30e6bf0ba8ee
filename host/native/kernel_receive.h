#ifndef SOCKYARD_KERNEL_RECEIVE_H
#define SOCKYARD_KERNEL_RECEIVE_H

#include <sys/socket.h>

#include "kernel.h"

/*
 * recvmsg(2) for `size` bytes, waiting as the descriptor and `flags` say. The
 * iovecs are used up. Returns the count or -errno.
 */
int kernel_receive(const struct context *context, int fd, struct msghdr *message, size_t size, int flags);

#endif
