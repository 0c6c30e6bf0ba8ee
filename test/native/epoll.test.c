#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "check.h"

#define EVENT_SIZE 16

static void store_event(struct guest *guest, uint32_t at, uint32_t events, uint64_t data)
{
  memset(guest->context.memory + at, 0xaa, EVENT_SIZE);
  memcpy(guest->context.memory + at, &events, sizeof(events));
  memcpy(guest->context.memory + at + 8, &data, sizeof(data));
}

static uint64_t data_at(const struct guest *guest, uint32_t at)
{
  uint64_t data;
  memcpy(&data, guest->context.memory + at + 8, sizeof(data));
  return data;
}

static void add(struct guest *guest, int epoll, int fd, uint32_t events, uint64_t data)
{
  store_event(guest, 0, events, data);
  EQUAL(kernel_epoll_ctl(&guest->context, epoll, 0, (uint32_t) fd, EPOLL_CTL_ADD), 0);
}

static void events_fit_to_the_last_byte(void)
{
  struct guest guest;
  int ends[2];
  guest_open(&guest);
  EQUAL(pipe2(ends, O_CLOEXEC), 0);
  int epoll = kernel_epoll_create(EPOLL_CLOEXEC);
  EQUAL(fcntl(epoll, F_GETFD), FD_CLOEXEC);
  store_event(&guest, MEMORY_SIZE - EVENT_SIZE, EPOLLOUT, 7);
  EQUAL(kernel_epoll_ctl(&guest.context, epoll, MEMORY_SIZE - EVENT_SIZE, (uint32_t) ends[1], EPOLL_CTL_ADD), 0);
  EQUAL(kernel_epoll_ctl(&guest.context, epoll, MEMORY_SIZE - 15, (uint32_t) ends[1], EPOLL_CTL_MOD), -EFAULT);
  EQUAL(kernel_epoll_ctl(&guest.context, epoll, UINT32_MAX, (uint32_t) ends[1], EPOLL_CTL_DEL), 0);
  EQUAL(kernel_epoll_ctl(&guest.context, epoll, UINT32_MAX, (uint32_t) ends[1], EPOLL_CTL_DEL), -ENOENT);

  add(&guest, epoll, ends[1], EPOLLOUT, 8);
  EQUAL(kernel_epoll_wait(&guest.context, epoll, MEMORY_SIZE - EVENT_SIZE, 1, -1), 1);
  EQUAL(data_at(&guest, MEMORY_SIZE - EVENT_SIZE), 8);
  EQUAL(kernel_epoll_wait(&guest.context, epoll, MEMORY_SIZE - EVENT_SIZE, 2, -1), -EFAULT);
  EQUAL(kernel_epoll_wait(&guest.context, epoll, 0, MEMORY_SIZE / EVENT_SIZE, -1), 1);
  EQUAL(kernel_epoll_wait(&guest.context, epoll, 0, 0, -1), -EINVAL);
  EQUAL(kernel_epoll_wait(&guest.context, epoll, 0, UINT32_MAX, -1), -EINVAL);
  EQUAL(kernel_epoll_wait(&guest.context, epoll, 0, INT_MAX / EVENT_SIZE, -1), -EFAULT);
  EQUAL(kernel_epoll_create(1), -EINVAL);
  kernel_close(epoll);
  kernel_close(ends[0]);
  kernel_close(ends[1]);
  guest_close(&guest);
}

static void waits_can_be_cancelled_and_time_out(void)
{
  struct guest guest;
  struct later later;
  guest_open(&guest);
  int epoll = kernel_epoll_create(0);
  EQUAL(kernel_epoll_wait(&guest.context, epoll, 0, 1, 0), 0);
  TIMES_OUT(kernel_epoll_wait(&guest.context, epoll, 0, 1, 30), 0);
  later_start(&later, later_cancel, &guest);
  EQUAL(kernel_epoll_wait(&guest.context, epoll, 0, 1, -1), -ECANCELED);
  EQUAL(kernel_epoll_wait(&guest.context, epoll, 0, 1, 1000), -ECANCELED);
  later_done(&later, &guest);

  int cancel_fd = guest.context.cancel_fd;
  guest.context.cancel_fd = -1;
  TIMES_OUT(kernel_epoll_wait(&guest.context, epoll, 0, 1, 30), 0);
  guest.context.cancel_fd = cancel_fd;
  EQUAL(kernel_epoll_wait(&guest.context, cancel_fd, 0, 1, -1), -EINVAL);
  EQUAL(kernel_epoll_wait(&guest.context, -1, 0, 1, -1), -EBADF);
  kernel_close(epoll);
  guest_close(&guest);
}

static void ignore(int signal)
{
  (void) signal;
}

static void write_after_a_signal(void *argument)
{
  pthread_kill(*((pthread_t **) argument)[0], SIGUSR1);
  EQUAL(write(*((int **) argument)[1], "x", 1), 1);
}

static void a_signal_does_not_end_a_wait(void)
{
  struct guest guest;
  struct later later;
  struct sigaction action = {.sa_handler = ignore};
  pthread_t self = pthread_self();
  int ends[2];
  void *arguments[] = {&self, &ends[1]};
  guest_open(&guest);
  sigaction(SIGUSR1, &action, NULL);
  EQUAL(pipe2(ends, O_CLOEXEC), 0);
  int epoll = kernel_epoll_create(0);
  add(&guest, epoll, ends[0], EPOLLIN | EPOLLET, 3);
  int cancel_fd = guest.context.cancel_fd;
  for (int timeout = -1; timeout < 10000; timeout += 10000) {
    guest.context.cancel_fd = timeout < 0 ? -1 : cancel_fd;
    later_start(&later, write_after_a_signal, arguments);
    EQUAL(kernel_epoll_wait(&guest.context, epoll, 0, 1, timeout), 1);
    later_join(&later);
    EQUAL(data_at(&guest, 0), 3);
    EQUAL(kernel_epoll_wait(&guest.context, epoll, 0, 1, 0), 0);
  }
  guest.context.cancel_fd = cancel_fd;
  kernel_close(epoll);
  kernel_close(ends[0]);
  kernel_close(ends[1]);
  guest_close(&guest);
}

static void a_set_is_no_file(void)
{
  struct guest guest;
  guest_open(&guest);
  int epoll = kernel_epoll_create(0);
  EQUAL(kernel_read(&guest.context, epoll, 0, 8), -EINVAL);
  EQUAL(kernel_write(&guest.context, epoll, 0, 8), -EINVAL);
  kernel_close(epoll);
  guest_close(&guest);
}

const struct test epoll_tests[] = {
  {"events fit to the last byte", events_fit_to_the_last_byte},
  {"epoll waits can be cancelled and time out", waits_can_be_cancelled_and_time_out},
  {"a signal does not end an epoll wait", a_signal_does_not_end_a_wait},
  {"an epoll set is no file", a_set_is_no_file},
  {NULL, NULL},
};
