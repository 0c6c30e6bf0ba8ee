#define _GNU_SOURCE
#include "kernel_wait.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NANOSECONDS INT64_C(1000000000)
#define SLICE (NANOSECONDS / 20)

void kernel_ignore_sigpipe(void)
{
  struct sigaction action;
  if (sigaction(SIGPIPE, NULL, &action) == -1 || action.sa_handler != SIG_DFL)
    return;
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, NULL);
}

int kernel_create_cancel(void)
{
  int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return fd == -1 ? -errno : fd;
}

int kernel_fire_cancel(int fd)
{
  /* EAGAIN: the counter is at its maximum, so it has been fired. */
  uint64_t one = 1;
  if (write(fd, &one, sizeof(one)) == -1 && errno != EAGAIN)
    return -errno;
  return 0;
}

static int64_t now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t) time.tv_sec * NANOSECONDS + time.tv_nsec;
}

static int64_t remaining(kernel_deadline deadline)
{
  int64_t left = deadline - now();
  return left > 0 ? left : 0;
}

kernel_deadline kernel_deadline_in(double nanoseconds)
{
  /* A century is for ever; the comparison is false for NaN too. */
  if (!(nanoseconds >= 0 && nanoseconds < 3.2e18))
    return KERNEL_NEVER;
  return now() + (int64_t) nanoseconds;
}

bool kernel_is_past(kernel_deadline deadline)
{
  return deadline != KERNEL_NEVER && now() >= deadline;
}

int kernel_milliseconds_until(kernel_deadline deadline)
{
  int64_t left = (remaining(deadline) + 999999) / 1000000;
  return left < INT_MAX ? (int) left : INT_MAX;
}

kernel_deadline kernel_timeval_deadline(const struct timeval *time)
{
  if (time->tv_sec == 0 && time->tv_usec == 0)
    return KERNEL_NEVER;
  return kernel_deadline_in((double) time->tv_sec * 1e9 + (double) time->tv_usec * 1e3);
}

kernel_deadline kernel_option_deadline(const struct context *context, int fd, int option)
{
  struct timeval time = {0};
  socklen_t size = sizeof(time);
  if (!context->waiting_options || getsockopt(fd, SOL_SOCKET, option, &time, &size) == -1)
    return KERNEL_NEVER;
  return kernel_timeval_deadline(&time);
}

bool kernel_blocks(int fd)
{
  int status = fcntl(fd, F_GETFL);
  return status != -1 && (status & O_NONBLOCK) == 0;
}

int kernel_socket_option(int fd, int option)
{
  int value = 0;
  socklen_t size = sizeof(value);
  if (getsockopt(fd, SOL_SOCKET, option, &value, &size) == -1)
    return -errno;
  return value;
}

int kernel_socket_error(int fd, int error)
{
  int type = kernel_socket_option(fd, SO_TYPE);
  return type < 0 ? type : error;
}

int kernel_ppoll(struct pollfd *pollfds, nfds_t count, kernel_deadline deadline)
{
  for (;;) {
    struct timespec time;
    if (deadline != KERNEL_NEVER) {
      int64_t left = remaining(deadline);
      time.tv_sec = (time_t) (left / NANOSECONDS);
      time.tv_nsec = (long) (left % NANOSECONDS);
    }
    int ready = ppoll(pollfds, count, deadline == KERNEL_NEVER ? NULL : &time, NULL);
    if (ready >= 0)
      return ready;
    if (errno != EINTR)
      return -errno;
  }
}

int kernel_check_cancel(const struct context *context)
{
  struct pollfd pollfd = {.fd = context->cancel_fd, .events = POLLIN};
  return poll(&pollfd, 1, 0) > 0 ? -ECANCELED : 0;
}

static int wait_level(const struct wait *wait)
{
  struct pollfd pollfds[2] = {
    {.fd = wait->fd, .events = wait->events},
    {.fd = wait->context->cancel_fd, .events = POLLIN},
  };
  int ready = kernel_ppoll(pollfds, 2, wait->deadline);
  if (ready <= 0)
    return ready == 0 ? -EAGAIN : ready;
  return pollfds[1].revents != 0 ? -ECANCELED : pollfds[0].revents;
}

static int open_epoll(struct wait *wait)
{
  /* The event bits of poll(2) and epoll(7) are the same numbers; `data` is 1 for the cancel eventfd. */
  struct epoll_event edge = {.events = (uint32_t) wait->events | EPOLLET, .data = {.u32 = 0}};
  struct epoll_event cancel = {.events = EPOLLIN, .data = {.u32 = 1}};
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll == -1)
    return -errno;
  wait->epoll = epoll + 1;
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, wait->fd, &edge) == -1)
    return -errno;
  if (wait->context->cancel_fd >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, wait->context->cancel_fd, &cancel) == -1)
    return -errno;
  return 0;
}

static int wait_edge(struct wait *wait)
{
  int status = wait->epoll == 0 ? open_epoll(wait) : 0;
  if (status < 0)
    return status;

  /* The epoll descriptor is itself pollable, which keeps nanoseconds and EINTR in one place. */
  struct pollfd pollfd = {.fd = wait->epoll - 1, .events = POLLIN};
  int ready = kernel_ppoll(&pollfd, 1, wait->deadline);
  if (ready <= 0)
    return ready == 0 ? -EAGAIN : ready;

  struct epoll_event events[2];
  int count = epoll_wait(wait->epoll - 1, events, 2, 0);
  int revents = 0;
  for (int i = 0; i < count; i++) {
    if (events[i].data.u32 == 1)
      return -ECANCELED;
    revents |= (int) events[i].events;
  }
  return revents;
}

int kernel_wait(struct wait *wait)
{
  return wait->fruitless++ == 0 ? wait_level(wait) : wait_edge(wait);
}

void kernel_wait_end(struct wait *wait)
{
  if (wait->epoll != 0)
    close(wait->epoll - 1);
  wait->epoll = 0;
}

int kernel_slice_begin(int fd, kernel_deadline deadline, struct timeval *saved)
{
  socklen_t size = sizeof(*saved);
  if (getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, saved, &size) == -1)
    return -errno;

  int64_t length = deadline == KERNEL_NEVER ? SLICE : remaining(deadline);
  if (length > SLICE)
    length = SLICE;
  /* Zero would mean for ever. */
  struct timeval slice = {.tv_usec = (suseconds_t) (length / 1000 + 1)};
  return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &slice, sizeof(slice)) == -1 ? -errno : 0;
}

void kernel_slice_end(int fd, const struct timeval *saved)
{
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, saved, sizeof(*saved));
}
