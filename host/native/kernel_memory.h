/* The guest's linear memory: from offsets to addresses, and nowhere else. */
#ifndef SOCKYARD_KERNEL_MEMORY_H
#define SOCKYARD_KERNEL_MEMORY_H

#include <limits.h>
#include <sys/uio.h>

#include "kernel.h"

/* MAX_RW_COUNT: the most that one read(2) or send(2) moves on Linux, whatever it is asked. */
#define KERNEL_MAX_COUNT ((size_t) (INT_MAX & ~4095))

/* UIO_MAXIOV */
#define KERNEL_MAX_IOVECS 1024

/* The address of `[pointer, pointer + count)`, or NULL if any of it is outside. Nothing here can overflow. */
static inline void *kernel_at(const struct context *context, uint32_t pointer, uint32_t count)
{
  if (pointer > context->memory_size || count > context->memory_size - pointer)
    return NULL;
  return context->memory + pointer;
}

static inline size_t kernel_clamp(uint32_t count)
{
  return count < KERNEL_MAX_COUNT ? count : KERNEL_MAX_COUNT;
}

/*
 * Makes native iovecs of the `count` (at most KERNEL_MAX_IOVECS) wasm32 ones at
 * `pointer`. Returns the bytes in all, at most KERNEL_MAX_COUNT, or -EFAULT.
 */
int kernel_import_iovecs(const struct context *context, uint32_t pointer, uint32_t count, struct iovec *iovecs);

#endif
