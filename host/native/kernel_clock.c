#define _GNU_SOURCE
#include <endian.h>
#include <string.h>
#include <sys/random.h>
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
