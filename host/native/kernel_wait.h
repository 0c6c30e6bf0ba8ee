/* Waiting: calls block in the kernel as C's do, and a signal ends the wait of a guest that is cancelled. */
#ifndef SOCKYARD_KERNEL_WAIT_H
#define SOCKYARD_KERNEL_WAIT_H

#include <errno.h>
#include <poll.h>
#include <sys/types.h>

#include "kernel.h"

/* CLOCK_MONOTONIC nanoseconds, or KERNEL_NEVER. */
typedef int64_t kernel_deadline;
#define KERNEL_NEVER INT64_MAX

/* A call that may block. */
struct wait {
  const struct context *context;
  int fd;
  /* The time-out that limits the call: SO_RCVTIMEO or SO_SNDTIMEO, 0 for none. */
  int option;
  /* When it has passed; 0 until a signal interrupts the call. */
  kernel_deadline deadline;
};

/* What follows EINTR: whether to make the call again. If not, errno is ECANCELED, or EAGAIN at the time-out. */
bool kernel_resume(struct wait *wait) __attribute__((cold, noinline));

/* Whether to make a call that failed again, since a signal interrupted it that was not for this guest. */
static inline bool kernel_goes_on(struct wait *wait)
{
  return errno == EINTR && kernel_resume(wait);
}

/* The same for a call whose result is -errno: at the end `result` is what the call answers. */
static inline bool kernel_repeats(struct wait *wait, ssize_t *result)
{
  if (*result != -EINTR)
    return false;
  if (kernel_resume(wait))
    return true;
  *result = -errno;
  return false;
}

/* The deadline `nanoseconds` from now; never if negative. */
kernel_deadline kernel_deadline_in(double nanoseconds);

bool kernel_is_past(kernel_deadline deadline);

/* The time left, rounded up; at most INT_MAX. */
int kernel_milliseconds_until(kernel_deadline deadline);

/* An integer option of SOL_SOCKET, or -errno. */
int kernel_socket_option(int fd, int option);

/* What a socket call on `fd` answers when its memory is out of bounds: -EBADF and -ENOTSOCK come before -EFAULT. */
int kernel_socket_error(int fd, int error) __attribute__((cold, noinline));

/* ppoll(2) that goes on after signals. Returns the number of ready entries, 0 at the deadline, or -errno. */
int kernel_ppoll(const struct context *context, struct pollfd *pollfds, nfds_t count, kernel_deadline deadline);

/* 0, or -ECANCELED once the guest is cancelled. */
int kernel_check_cancel(const struct context *context);

#endif
