/* Waiting for a descriptor, a deadline and the cancel eventfd: every wait of the addon is here. */
#ifndef SOCKYARD_KERNEL_WAIT_H
#define SOCKYARD_KERNEL_WAIT_H

#include <poll.h>
#include <sys/time.h>

#include "kernel.h"

/* CLOCK_MONOTONIC nanoseconds, or KERNEL_NEVER. */
typedef int64_t kernel_deadline;
#define KERNEL_NEVER INT64_MAX

struct wait {
  const struct context *context;
  int fd;
  short events;
  kernel_deadline deadline;
  /* Waits since the caller last made progress; set to 0 on progress. */
  unsigned fruitless;
  /* 1 + the epoll descriptor, 0 while there is none. */
  int epoll;
};

/* The deadline `nanoseconds` from now; never if negative. */
kernel_deadline kernel_deadline_in(double nanoseconds);

/* The same for a socket's time-out, of which zero means never. */
kernel_deadline kernel_timeval_deadline(const struct timeval *time);

/* The deadline that SO_RCVTIMEO or SO_SNDTIMEO sets for a wait that begins now. */
kernel_deadline kernel_option_deadline(const struct context *context, int fd, int option);

bool kernel_is_past(kernel_deadline deadline);

/* The time left, rounded up; at most INT_MAX. */
int kernel_milliseconds_until(kernel_deadline deadline);

/* Whether calls on `fd` wait: O_NONBLOCK is clear. False for a bad descriptor. */
bool kernel_blocks(int fd);

/* An integer option of SOL_SOCKET, or -errno. */
int kernel_socket_option(int fd, int option);

/* What a socket call on `fd` answers when its memory is out of bounds: -EBADF and -ENOTSOCK come before -EFAULT. */
int kernel_socket_error(int fd, int error);

/* Whether a call may wait in the kernel, as nobody can end the wait: half the cost of waiting where one can. */
static inline bool kernel_waits_plainly(const struct context *context)
{
  /* With SO_RCVTIMEO the kernel does not go on after a signal, and starting over would start the time over. */
  return context->cancel_fd < 0 && !context->waiting_options;
}

/* ppoll(2) that goes on after signals. Returns the number of ready entries, 0 at the deadline, or -errno. */
int kernel_ppoll(struct pollfd *pollfds, nfds_t count, kernel_deadline deadline);

/* 0, or -ECANCELED once the guest is cancelled. */
int kernel_check_cancel(const struct context *context);

/*
 * Waits for `wait->events`. Returns revents, -EAGAIN at the deadline, or
 * -ECANCELED. A wait that follows a fruitless one is edge-triggered: it returns
 * when something new has happened, for a level that stays on without letting
 * the caller proceed (MSG_PEEK | MSG_WAITALL, a pending error queue,
 * SO_PEEK_OFF) would otherwise be a busy loop.
 */
int kernel_wait(struct wait *wait);
void kernel_wait_end(struct wait *wait);

/*
 * A slice is one blocking call of at most 50 ms (SO_SNDTIMEO), for the two
 * waits that poll(2) cannot express: for room in the backlog of an AF_UNIX
 * listener, and for room in the queue of a datagram socket that is named in
 * the call rather than connected. Between slices the caller looks at the
 * cancel eventfd.
 */
int kernel_slice_begin(int fd, kernel_deadline deadline, struct timeval *saved);
void kernel_slice_end(int fd, const struct timeval *saved);

#endif
