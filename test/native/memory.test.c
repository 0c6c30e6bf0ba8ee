#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "../../host/native/kernel_memory.h"
#include "check.h"

static void bounds_are_exact(void)
{
  struct guest guest;
  guest_open(&guest);
  struct context *context = &guest.context;
  TRUE(kernel_at(context, 0, 0) == context->memory);
  TRUE(kernel_at(context, 0, MEMORY_SIZE) == context->memory);
  TRUE(kernel_at(context, MEMORY_SIZE, 0) == context->memory + MEMORY_SIZE);
  TRUE(kernel_at(context, MEMORY_SIZE - 1, 1) != NULL);
  TRUE(kernel_at(context, MEMORY_SIZE - 1, 2) == NULL);
  TRUE(kernel_at(context, MEMORY_SIZE + 1, 0) == NULL);
  TRUE(kernel_at(context, 1, UINT32_MAX) == NULL);
  TRUE(kernel_at(context, UINT32_MAX, 1) == NULL);
  TRUE(kernel_at(context, UINT32_MAX, UINT32_MAX) == NULL);
  TRUE(kernel_at(context, MEMORY_SIZE, UINT32_MAX - MEMORY_SIZE + 1) == NULL);
  guest_close(&guest);
}

static void a_memory_of_4_gib_has_no_outside(void)
{
  uint8_t byte;
  struct context context = {.memory = &byte, .memory_size = (size_t) UINT32_MAX + 1};
  TRUE(kernel_at(&context, 0, UINT32_MAX) == &byte);
  TRUE(kernel_at(&context, 1, UINT32_MAX) != NULL);
  TRUE(kernel_at(&context, 2, UINT32_MAX) == NULL);
}

static void iovecs_are_checked_one_by_one(void)
{
  struct guest guest;
  struct iovec iovecs[KERNEL_MAX_IOVECS];
  guest_open(&guest);
  guest_store_iovec(&guest, 0, 100, 10);
  guest_store_iovec(&guest, 8, MEMORY_SIZE, 0);
  guest_store_iovec(&guest, 16, MEMORY_SIZE - 4, 4);
  EQUAL(kernel_import_iovecs(&guest.context, 0, 3, iovecs), 14);
  TRUE(iovecs[0].iov_base == guest.context.memory + 100);
  EQUAL(iovecs[2].iov_len, 4);

  guest_store_iovec(&guest, 16, MEMORY_SIZE - 4, 5);
  EQUAL(kernel_import_iovecs(&guest.context, 0, 3, iovecs), -EFAULT);
  EQUAL(kernel_import_iovecs(&guest.context, 0, 2, iovecs), 10);
  guest_store_iovec(&guest, 8, UINT32_MAX, UINT32_MAX);
  EQUAL(kernel_import_iovecs(&guest.context, 0, 2, iovecs), -EFAULT);
  EQUAL(kernel_import_iovecs(&guest.context, MEMORY_SIZE - 8, 1, iovecs), 0);
  EQUAL(kernel_import_iovecs(&guest.context, MEMORY_SIZE - 7, 1, iovecs), -EFAULT);
  EQUAL(kernel_import_iovecs(&guest.context, UINT32_MAX, 1, iovecs), -EFAULT);
  EQUAL(kernel_import_iovecs(&guest.context, MEMORY_SIZE, 0, iovecs), 0);
  EQUAL(kernel_import_iovecs(&guest.context, MEMORY_SIZE + 1, 0, iovecs), -EFAULT);
  guest_close(&guest);
}

static void a_million_pointers_lead_nowhere_else(void)
{
  struct guest guest;
  uint32_t state = 1;
  guest_open(&guest);
  for (int i = 0; i < 1000000; i++) {
    uint32_t pointer = hostile_number(&state);
    uint32_t count = hostile_number(&state);
    const uint8_t *at = kernel_at(&guest.context, pointer, count);
    if ((uint64_t) pointer + count > MEMORY_SIZE ? at != NULL : at != guest.context.memory + pointer)
      EQUAL(pointer, -1);
  }
  guest_close(&guest);
}

static void iovecs_of_any_kind_lead_nowhere_else(void)
{
  struct guest guest;
  struct iovec iovecs[KERNEL_MAX_IOVECS];
  uint32_t state = 2;
  int accepted = 0;
  guest_open(&guest);
  for (int i = 0; i < 250000; i++) {
    uint32_t count = 1 + i % 4;
    for (uint32_t at = 0; at < count; at++)
      guest_store_iovec(&guest, at * 8, hostile_number(&state), hostile_number(&state));
    if (kernel_import_iovecs(&guest.context, 0, count, iovecs) < 0)
      continue;
    accepted++;
    for (uint32_t at = 0; at < count; at++) {
      const uint8_t *base = iovecs[at].iov_base;
      TRUE(base >= guest.context.memory && base + iovecs[at].iov_len <= guest.context.memory + MEMORY_SIZE);
    }
  }
  TRUE(accepted > 1000);
  guest_close(&guest);
}

static void the_sum_of_iovecs_is_cut_as_linux_cuts_it(void)
{
  struct guest guest;
  struct iovec iovecs[KERNEL_MAX_IOVECS];
  guest_open(&guest);
  /* Nothing is read or written: only the arithmetic is at stake. */
  guest.context.memory_size = (size_t) UINT32_MAX + 1;
  guest_store_iovec(&guest, 0, 0, UINT32_MAX);
  guest_store_iovec(&guest, 8, 0, UINT32_MAX);
  EQUAL(kernel_import_iovecs(&guest.context, 0, 2, iovecs), KERNEL_MAX_COUNT);
  EQUAL(iovecs[0].iov_len, KERNEL_MAX_COUNT);
  EQUAL(iovecs[1].iov_len, 0);
  guest_close(&guest);
}

static void a_bad_descriptor_comes_before_a_bad_pointer(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  guest_open(&guest);
  int file = context->cancel_fd;
  const uint32_t bad = MEMORY_SIZE + 1;
  EQUAL(kernel_read(context, -1, bad, 1), -EBADF);
  EQUAL(kernel_write(context, -1, bad, 1), -EBADF);
  EQUAL(kernel_readv(context, -1, bad, 1), -EBADF);
  EQUAL(kernel_writev(context, -1, 0, 1025), -EBADF);
  EQUAL(kernel_recv(context, -1, bad, 1, 0), -EBADF);
  EQUAL(kernel_send(context, -1, bad, 1, 0), -EBADF);
  EQUAL(kernel_recvfrom(context, file, bad, 1, 0, 0, 0), -ENOTSOCK);
  EQUAL(kernel_sendto(context, file, bad, 1, 0), -ENOTSOCK);
  EQUAL(kernel_recvv(context, file, 0, 1025, 0), -ENOTSOCK);
  EQUAL(kernel_sendv(context, file, bad, 1, 0), -ENOTSOCK);
  EQUAL(kernel_read(context, file, bad, 8), -EFAULT);
  EQUAL(kernel_write(context, file, bad, 8), -EFAULT);
  guest_close(&guest);
}

static void too_many_iovecs_are_refused(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  int pair[2];
  guest_open(&guest);
  EQUAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  EQUAL(kernel_readv(context, pair[0], 0, 1025), -EINVAL);
  EQUAL(kernel_writev(context, pair[0], 0, (uint32_t) -1), -EINVAL);
  EQUAL(kernel_recvv(context, pair[0], 0, 1025, MSG_DONTWAIT), -EMSGSIZE);
  EQUAL(kernel_sendv(context, pair[0], 0, (uint32_t) -1, 0), -EMSGSIZE);
  EQUAL(kernel_writev(context, pair[0], 0, 1024), 0);
  EQUAL(kernel_sendv(context, pair[0], 0, 1024, 0), 0);
  kernel_close(pair[0]);
  kernel_close(pair[1]);
  guest_close(&guest);
}

const struct test memory_tests[] = {
  {"bounds are exact", bounds_are_exact},
  {"a memory of 4 GiB has no outside", a_memory_of_4_gib_has_no_outside},
  {"iovecs are checked one by one", iovecs_are_checked_one_by_one},
  {"a million pointers lead nowhere else", a_million_pointers_lead_nowhere_else},
  {"iovecs of any kind lead nowhere else", iovecs_of_any_kind_lead_nowhere_else},
  {"the sum of iovecs is cut as Linux cuts it", the_sum_of_iovecs_is_cut_as_linux_cuts_it},
  {"a bad descriptor comes before a bad pointer", a_bad_descriptor_comes_before_a_bad_pointer},
  {"too many iovecs are refused", too_many_iovecs_are_refused},
  {NULL, NULL},
};
