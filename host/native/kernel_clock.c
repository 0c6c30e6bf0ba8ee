#define _GNU_SOURCE
#include <endian.h>
#include <string.h>
#include <sys/random.h>
#include <sys/timerfd.h>
#include <time.h>

#include "kernel_memory.h"
#include "kernel_wait.h"

/* Linux looks at the clock first, so EINVAL comes before EFAULT. */
static int store_time(const struct context *context, const struct timespec *time, uint32_t pointer)
{
  uint64_t nanoseconds = htole64((uint64_t) time->tv_sec * 1000000000u + (uint64_t) time->tv_nsec);
  void *target = kernel_at(context, pointer, sizeof(nanoseconds));
  if (target == NULL)
    return -EFAULT;
  memcpy(target, &nanoseconds, sizeof(nanoseconds));
  return 0;
}

int kernel_clock_gettime(const struct context *context, int clock, uint32_t pointer)
{
  struct timespec time;
  return clock_gettime(clock, &time) == -1 ? -errno : store_time(context, &time, pointer);
}

int kernel_clock_getres(const struct context *context, int clock, uint32_t pointer)
{
  struct timespec time;
  return clock_getres(clock, &time) == -1 ? -errno : store_time(context, &time, pointer);
}

int kernel_timerfd_create(void)
{
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  return fd == -1 ? -errno : fd;
}

int kernel_timerfd_settime(int fd, double nanoseconds)
{
  /* Zero would stop the timer, and a century is for ever; the comparison is false for NaN too. */
  int64_t time = nanoseconds > 1 && nanoseconds < 3.2e18 ? (int64_t) nanoseconds : 1;
  const struct itimerspec value = {.it_value = {.tv_sec = time / 1000000000, .tv_nsec = time % 1000000000}};
  return timerfd_settime(fd, 0, &value, NULL) == -1 ? -errno : 0;
}

int kernel_getrandom(const struct context *context, uint32_t pointer, uint32_t count)
{
  uint8_t *target = kernel_at(context, pointer, count);
  if (target == NULL)
    return -EFAULT;
  struct wait wait = {.context = context};
  size_t done = 0;
  while (done < count) {
    /* Up to 256 bytes come whole; a signal cuts a larger request short (getrandom(2)). */
    ssize_t got = getrandom(target + done, count - done, 0);
    if (got > 0)
      done += (size_t) got;
    if (got == -1 ? !kernel_goes_on(&wait) : done < count && !kernel_resume(&wait))
      return -errno;
  }
  return 0;
}
