#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static void pipes_are_read_and_written(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  int ends[2];
  guest_open(&guest);
  EQUAL(pipe2(ends, O_CLOEXEC), 0);
  memcpy(context->memory, "pipe", 4);
  EQUAL(kernel_write(context, ends[1], 0, 4), 4);
  EQUAL(kernel_read(context, ends[0], 100, 10), 4);
  SAME_BYTES(context->memory + 100, "pipe", 4);
  EQUAL(kernel_get_status_flags(ends[1]) & O_NONBLOCK, 0);
  kernel_close(ends[1]);
  EQUAL(kernel_read(context, ends[0], 100, 10), 0);
  kernel_close(ends[0]);
  guest_close(&guest);
}

static void the_wrong_end_of_a_pipe_fails_at_once(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  int ends[2];
  guest_open(&guest);
  EQUAL(pipe2(ends, O_CLOEXEC), 0);
  EQUAL(kernel_read(context, ends[1], 0, 1), -EBADF);
  EQUAL(kernel_write(context, ends[0], 0, 1), -EBADF);
  kernel_close(ends[0]);
  EQUAL(kernel_write(context, ends[1], 0, 1), -EPIPE);
  kernel_close(ends[1]);
  guest_close(&guest);
}

static void a_non_blocking_pipe_does_not_wait(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  int ends[2];
  guest_open(&guest);
  EQUAL(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  EQUAL(kernel_read(context, ends[0], 0, 1), -EAGAIN);
  fill(ends[1]);
  EQUAL(kernel_write(context, ends[1], 0, 1), -EAGAIN);
  kernel_close(ends[0]);
  kernel_close(ends[1]);
  guest_close(&guest);
}

static void regular_files_are_written_whole(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  guest_open(&guest);
  int fd = memfd_create("test", MFD_CLOEXEC);
  memset(context->memory, 7, MEMORY_SIZE);
  EQUAL(kernel_write(context, fd, 0, MEMORY_SIZE), MEMORY_SIZE);
  EQUAL(lseek(fd, 0, SEEK_SET), 0);
  memset(context->memory, 0, MEMORY_SIZE);
  EQUAL(kernel_read(context, fd, 1, MEMORY_SIZE - 1), MEMORY_SIZE - 1);
  EQUAL(context->memory[MEMORY_SIZE - 1], 7);
  EQUAL(kernel_read(context, fd, 0, 10), 1);
  EQUAL(kernel_read(context, fd, 0, 10), 0);
  kernel_close(fd);
  fd = open("/", O_RDONLY | O_CLOEXEC);
  EQUAL(kernel_read(context, fd, 0, 1), -EISDIR);
  EQUAL(kernel_recv(context, fd, 0, 1, 0), -ENOTSOCK);
  kernel_close(fd);
  guest_close(&guest);
}

static void many_small_iovecs_go_through_a_pipe(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  int ends[2];
  guest_open(&guest);
  EQUAL(pipe2(ends, O_CLOEXEC), 0);
  for (uint32_t i = 0; i < 1024; i++) {
    guest_store_iovec(&guest, i * 8, 16384 + i * 9, i % 10);
    memset(context->memory + 16384 + i * 9, (int) (i % 10), 9);
  }
  int total = kernel_writev(context, ends[1], 0, 1024);
  EQUAL(total, 4596);
  EQUAL(kernel_read(context, ends[0], 40000, 10000), total);
  const uint8_t *got = context->memory + 40000;
  for (int i = 0; i < 1024; i++) {
    /* Later iovecs overlap the last byte of the one before. */
    for (int j = 0; j < i % 10; j++, got++)
      EQUAL(*got, j == 9 ? (i + 1) % 10 : i % 10);
  }
  kernel_close(ends[0]);
  kernel_close(ends[1]);
  guest_close(&guest);
}

static void descriptors_are_duplicated_and_closed(void)
{
  struct guest guest;
  guest_open(&guest);
  int fd = kernel_socket(AF_INET, SOCK_STREAM, 0);
  EQUAL(fcntl(fd, F_GETFD), FD_CLOEXEC);
  int duplicate = kernel_dup(fd);
  TRUE(duplicate >= 0 && duplicate != fd);
  EQUAL(fcntl(duplicate, F_GETFD), FD_CLOEXEC);
  EQUAL(kernel_close(fd), 0);
  EQUAL(kernel_close(fd), -EBADF);
  EQUAL(kernel_dup(fd), -EBADF);
  EQUAL(kernel_get_status_flags(fd), -EBADF);
  EQUAL(kernel_set_status_flags(fd, 0), -EBADF);
  EQUAL(kernel_close(duplicate), 0);
  guest_close(&guest);
}

static void clocks_and_randomness_land_in_memory(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  uint64_t value;
  guest_open(&guest);
  int64_t before = milliseconds();
  EQUAL(kernel_clock_gettime(context, CLOCK_MONOTONIC, MEMORY_SIZE - 8), 0);
  memcpy(&value, context->memory + MEMORY_SIZE - 8, sizeof(value));
  TRUE((int64_t) (value / 1000000) >= before && (int64_t) (value / 1000000) <= milliseconds());
  EQUAL(kernel_clock_getres(context, CLOCK_REALTIME, 1), 0);
  memcpy(&value, context->memory + 1, sizeof(value));
  TRUE(value > 0 && value <= 100000000);
  EQUAL(kernel_clock_gettime(context, CLOCK_MONOTONIC, MEMORY_SIZE - 7), -EFAULT);
  EQUAL(kernel_clock_getres(context, CLOCK_MONOTONIC, UINT32_MAX), -EFAULT);
  EQUAL(kernel_clock_gettime(context, 99, UINT32_MAX), -EINVAL);

  memset(context->memory, 0, MEMORY_SIZE);
  EQUAL(kernel_getrandom(context, 1, 1000), 0);
  EQUAL(context->memory[0], 0);
  EQUAL(context->memory[1001], 0);
  int zeros = 0;
  for (int i = 1; i <= 1000; i++)
    zeros += context->memory[i] == 0;
  TRUE(zeros < 50);
  EQUAL(kernel_getrandom(context, MEMORY_SIZE, 0), 0);
  EQUAL(kernel_getrandom(context, MEMORY_SIZE, 1), -EFAULT);
  guest_close(&guest);
}

const struct test file_tests[] = {
  {"pipes are read and written", pipes_are_read_and_written},
  {"the wrong end of a pipe fails at once", the_wrong_end_of_a_pipe_fails_at_once},
  {"a non-blocking pipe does not wait", a_non_blocking_pipe_does_not_wait},
  {"regular files are written whole", regular_files_are_written_whole},
  {"many small iovecs go through a pipe", many_small_iovecs_go_through_a_pipe},
  {"descriptors are duplicated and closed", descriptors_are_duplicated_and_closed},
  {"clocks and randomness land in memory", clocks_and_randomness_land_in_memory},
  {NULL, NULL},
};
