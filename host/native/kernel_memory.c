#define _GNU_SOURCE
#include "kernel_memory.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

/*
 * struct iovec (wasm32)
 *   0  u32  iov_base  little-endian
 *   4  u32  iov_len   little-endian
 */
int kernel_import_iovecs(const struct context *context, uint32_t pointer, uint32_t count, struct iovec *iovecs)
{
  const uint8_t *source = kernel_at(context, pointer, count * 8);
  if (source == NULL)
    return -EFAULT;

  size_t room = KERNEL_MAX_COUNT;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t fields[2];
    memcpy(fields, source + (size_t) i * 8, sizeof(fields));
    uint32_t size = le32toh(fields[1]);
    iovecs[i].iov_base = kernel_at(context, le32toh(fields[0]), size);
    if (iovecs[i].iov_base == NULL)
      return -EFAULT;
    iovecs[i].iov_len = size < room ? size : room;
    room -= iovecs[i].iov_len;
  }
  return (int) (KERNEL_MAX_COUNT - room);
}
