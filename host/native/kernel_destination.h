/* The destinations of datagrams that policy has allowed: whoever sends to one again need not ask. */
#ifndef SOCKYARD_KERNEL_DESTINATION_H
#define SOCKYARD_KERNEL_DESTINATION_H

#include "kernel.h"

/* sizeof(struct sockaddr_in6): longer addresses are not remembered. */
#define KERNEL_DESTINATION_SIZE 28

struct destination {
  /* In which it was allowed: of any other it is none. */
  uint32_t generation;
  /* 0 in a place that is free. */
  uint32_t length;
  uint8_t address[KERNEL_DESTINATION_SIZE];
};

#endif
