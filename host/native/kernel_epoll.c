/*
 * epoll(7): each guest's set is one of the kernel's, which thus knows when an
 * open file leaves it. The guest's `data` is stored in the kernel's set, so an
 * event goes to the guest without any look-up.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/epoll.h>

#include "kernel_memory.h"
#include "kernel_wait.h"

/* What one call delivers at most; the rest is next in the kernel's list. */
#define MAX_EVENTS 1024

/*
 * struct epoll_event, as C lays it out for wasm32; Linux packs it on x86-64 alone.
 *   0  uint32_t  events
 *   8  uint64_t  data
 */
#define SIZEOF_GUEST_EVENT 16u
#define DATA_OFFSET 8

int kernel_epoll_create(int flags)
{
  int fd = epoll_create1(flags | EPOLL_CLOEXEC);
  return fd == -1 ? -errno : fd;
}

int kernel_epoll_ctl(struct context *context, int epoll_fd, uint32_t pointer, uint32_t fd, int operation)
{
  struct epoll_event event = {.events = 0};
  if (operation != EPOLL_CTL_DEL) {
    const uint8_t *guest = kernel_at(context, pointer, SIZEOF_GUEST_EVENT);
    uint32_t bits;
    if (guest == NULL)
      return -EFAULT;
    memcpy(&bits, guest, sizeof(bits));
    memcpy(&event.data, guest + DATA_OFFSET, sizeof(event.data));
    /* Keeping the machine awake is nobody's without CAP_BLOCK_SUSPEND, where Linux drops this bit, too. */
    event.events = bits & ~(uint32_t) EPOLLWAKEUP;
  }
  return epoll_ctl(epoll_fd, operation, (int) fd, &event) == -1 ? -errno : 0;
}

static int wait_events(const struct context *context, int fd, struct epoll_event *events, int limit, int timeout)
{
  struct wait wait = {.context = context};
  kernel_deadline deadline = timeout > 0 ? kernel_deadline_in(timeout * 1e6) : KERNEL_NEVER;
  for (;;) {
    int ready = epoll_wait(fd, events, limit, timeout);
    if (ready >= 0 || !kernel_goes_on(&wait))
      return ready == -1 ? -errno : ready;
    if (timeout > 0)
      timeout = kernel_milliseconds_until(deadline);
  }
}

int kernel_epoll_wait(struct context *context, int fd, uint32_t pointer, uint32_t count, int timeout)
{
  struct epoll_event events[MAX_EVENTS];
  if (count == 0 || count > INT_MAX / SIZEOF_GUEST_EVENT)
    return -EINVAL;
  uint8_t *guest = kernel_at(context, pointer, count * SIZEOF_GUEST_EVENT);
  if (guest == NULL)
    return -EFAULT;

  int limit = count < MAX_EVENTS ? (int) count : MAX_EVENTS;
  int ready = wait_events(context, fd, events, limit, timeout);
  for (int i = 0; i < ready; i++, guest += SIZEOF_GUEST_EVENT) {
    const uint32_t bits = events[i].events;
    memcpy(guest, &bits, sizeof(bits));
    memcpy(guest + DATA_OFFSET, &events[i].data, sizeof(events[i].data));
  }
  return ready;
}
