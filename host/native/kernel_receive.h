#ifndef SOCKYARD_KERNEL_RECEIVE_H
#define SOCKYARD_KERNEL_RECEIVE_H

#include <sys/socket.h>

#include "kernel.h"

/* recvmsg(2), waiting as the descriptor and `flags` say. Returns the count or -errno. */
int kernel_receive(const struct context *context, int fd, struct msghdr *message, int flags);

#endif
