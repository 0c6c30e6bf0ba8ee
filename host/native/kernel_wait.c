#define _GNU_SOURCE
#include "kernel_wait.h"

#include <limits.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#define NANOSECONDS INT64_C(1000000000)

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

/* A time-out of zero means never. */
static kernel_deadline option_deadline(int fd, int option)
{
  struct timeval time = {0};
  socklen_t size = sizeof(time);
  if (getsockopt(fd, SOL_SOCKET, option, &time, &size) == -1 || (time.tv_sec == 0 && time.tv_usec == 0))
    return KERNEL_NEVER;
  return kernel_deadline_in((double) time.tv_sec * 1e9 + (double) time.tv_usec * 1e3);
}

bool kernel_resume(struct wait *wait)
{
  if (kernel_check_cancel(wait->context) < 0) {
    errno = ECANCELED;
    return false;
  }
  if (wait->option == 0)
    return true;
  /* Each attempt starts the socket's time-out over. From the first interruption on it is counted here, too: it ends, if late. */
  if (wait->deadline == 0)
    wait->deadline = option_deadline(wait->fd, wait->option);
  if (!kernel_is_past(wait->deadline))
    return true;
  errno = EAGAIN;
  return false;
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

int kernel_ppoll(const struct context *context, struct pollfd *pollfds, nfds_t count, kernel_deadline deadline)
{
  struct wait wait = {.context = context};
  for (;;) {
    struct timespec time;
    if (deadline != KERNEL_NEVER) {
      int64_t left = remaining(deadline);
      time.tv_sec = (time_t) (left / NANOSECONDS);
      time.tv_nsec = (long) (left % NANOSECONDS);
    }
    int ready = ppoll(pollfds, count, deadline == KERNEL_NEVER ? NULL : &time, NULL);
    if (ready >= 0 || !kernel_goes_on(&wait))
      return ready == -1 ? -errno : ready;
  }
}
