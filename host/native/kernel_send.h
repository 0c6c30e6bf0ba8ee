#ifndef SOCKYARD_KERNEL_SEND_H
#define SOCKYARD_KERNEL_SEND_H

#include <sys/socket.h>

#include "kernel.h"

/* sendmsg(2), waiting as the descriptor and `flags` say, never with SIGPIPE. Returns the count or -errno. */
int kernel_transmit(const struct context *context, int fd, const struct msghdr *message, int flags);

#endif
