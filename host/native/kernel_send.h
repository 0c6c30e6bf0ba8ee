#ifndef SOCKYARD_KERNEL_SEND_H
#define SOCKYARD_KERNEL_SEND_H

#include <sys/socket.h>

#include "kernel.h"

/*
 * sendmsg(2) of `size` bytes, waiting as the descriptor and `flags` say, never
 * with SIGPIPE. The iovecs are used up. Returns the count or -errno.
 */
int kernel_transmit(const struct context *context, int fd, struct msghdr *message, size_t size, int flags);

#endif
