/*
 * Ending the wait of a guest from another thread.
 *
 * The cancel descriptor is an eventfd that is readable once it has been fired.
 * It also carries whom to interrupt, in what fcntl(2) keeps for any file: the
 * guest's thread (F_SETOWN_EX) and the signal (F_SETSIG). The handler does
 * nothing; being there, without SA_RESTART, it makes a blocked call return
 * EINTR. A signal that arrives just before the call blocks is lost, so whoever
 * cancels fires again until the guest has ended.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "kernel.h"
#include "kernel_wait.h"

static void do_nothing(int signal)
{
  (void) signal;
}

/* A real-time signal that nobody else handles, from the top down, with our handler; or -EAGAIN. */
static int claim_signal(void)
{
  for (int number = SIGRTMAX - 1; number >= SIGRTMIN; number--) {
    struct sigaction action;
    if (sigaction(number, NULL, &action) == -1)
      continue;
    if ((action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == do_nothing)
      return number;
    if ((action.sa_flags & SA_SIGINFO) != 0 || action.sa_handler != SIG_DFL)
      continue;
    action = (struct sigaction) {.sa_handler = do_nothing, .sa_flags = SA_ONSTACK};
    if (sigaction(number, &action, NULL) == 0)
      return number;
  }
  return -EAGAIN;
}

int kernel_create_cancel(void)
{
  int signal = claim_signal();
  if (signal < 0)
    return signal;
  int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd == -1)
    return -errno;
  if (fcntl(fd, F_SETSIG, signal) == 0)
    return fd;
  int status = -errno;
  close(fd);
  return status;
}

int kernel_watch_cancel(int fd)
{
  const struct f_owner_ex owner = {.type = F_OWNER_TID, .pid = gettid()};
  int signal = fcntl(fd, F_GETSIG);
  if (signal == -1)
    return -errno;
  if (signal == 0)
    return -EINVAL;
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  int status = pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  if (status != 0)
    return -status;
  return fcntl(fd, F_SETOWN_EX, &owner) == -1 ? -errno : 0;
}

int kernel_fire_cancel(int fd)
{
  /* EAGAIN: the counter is at its maximum, so it has been fired. */
  uint64_t one = 1;
  if (write(fd, &one, sizeof(one)) == -1 && errno != EAGAIN)
    return -errno;

  /* No owner: the guest has not begun, or its thread has ended. The kernel forgets a thread, so no other can get its place. */
  struct f_owner_ex owner = {0};
  int signal = fcntl(fd, F_GETSIG);
  if (signal > 0 && fcntl(fd, F_GETOWN_EX, &owner) == 0 && owner.type == F_OWNER_TID && owner.pid > 0)
    syscall(SYS_tgkill, getpid(), owner.pid, signal);
  return 0;
}

int kernel_cpu_time(int fd)
{
  struct f_owner_ex owner = {0};
  if (fcntl(fd, F_GETOWN_EX, &owner) == -1)
    return -errno;
  if (owner.type != F_OWNER_TID || owner.pid <= 0)
    return -ESRCH;
  /* MAKE_THREAD_CPUCLOCK(tid, CPUCLOCK_SCHED) of linux/posix-timers_types.h: libc makes it of its own threads only. */
  clockid_t clock = (clockid_t) ((~(unsigned) owner.pid << 3) | 6);
  struct timespec used;
  if (clock_gettime(clock, &used) == -1)
    return -errno;
  int64_t milliseconds = (int64_t) used.tv_sec * 1000 + used.tv_nsec / 1000000;
  return milliseconds < INT_MAX ? (int) milliseconds : INT_MAX;
}

int kernel_check_cancel(const struct context *context)
{
  struct pollfd pollfd = {.fd = context->cancel_fd, .events = POLLIN};
  return poll(&pollfd, 1, 0) > 0 ? -ECANCELED : 0;
}
