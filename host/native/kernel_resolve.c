#define _GNU_SOURCE
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "kernel_thread.h"
#include "kernel_wait.h"

/* What nsswitch modules may want; musl's own default would be too small for some. */
#define STACK_SIZE (1024 * 1024)

/* Look-ups whose guests have gone go on until the system gives them up: no more than these. */
#define RUNNING_MAX 16

#define ENTRIES_MAX 256
#define NAME_SIZE_MAX 254

/*
 * struct host_address
 *   0  uint16_t     family   host order
 *   2  uint16_t     zero
 *   4  uint8_t[16]  address  network order; IPv4 in the first 4
 */
struct host_address {
  uint16_t family;
  uint16_t zero;
  uint8_t address[16];
};

/* Held by the caller and by the thread; the last one to leave frees it. */
struct lookup {
  atomic_int holders;
  int done_fd;
  int family;
  char name[NAME_SIZE_MAX + 1];
  /* A count of entries, or -errno; the thread's until `done_fd` says so. */
  int result;
  struct host_address entries[ENTRIES_MAX];
};

static atomic_int running;

static void release(struct lookup *lookup)
{
  if (atomic_fetch_sub(&lookup->holders, 1) > 1)
    return;
  close(lookup->done_fd);
  free(lookup);
}

static int errno_of(int error)
{
  switch (error) {
  case EAI_NONAME:
  case EAI_NODATA:
  case EAI_ADDRFAMILY:
    return -ENOENT;
  case EAI_AGAIN:
    return -EAGAIN;
  case EAI_MEMORY:
    return -ENOMEM;
  case EAI_SYSTEM:
    return errno > 0 ? -errno : -EIO;
  default:
    return -EIO;
  }
}

static int collect(struct lookup *lookup, const struct addrinfo *list)
{
  int count = 0;
  for (const struct addrinfo *info = list; info != NULL && count < ENTRIES_MAX; info = info->ai_next) {
    struct host_address *entry = &lookup->entries[count];
    if (info->ai_family == AF_INET)
      memcpy(entry->address, &((const struct sockaddr_in *) (const void *) info->ai_addr)->sin_addr, 4);
    else if (info->ai_family == AF_INET6)
      memcpy(entry->address, &((const struct sockaddr_in6 *) (const void *) info->ai_addr)->sin6_addr, 16);
    else
      continue;
    entry->family = (uint16_t) info->ai_family;
    count++;
  }
  return count;
}

static void *run(void *argument)
{
  struct lookup *lookup = argument;
  /* One type of socket, so that no address comes twice. */
  const struct addrinfo hints = {.ai_family = lookup->family, .ai_socktype = SOCK_STREAM};
  struct addrinfo *list = NULL;
  int error = getaddrinfo(lookup->name, NULL, &hints, &list);
  lookup->result = error != 0 ? errno_of(error) : collect(lookup, list);
  if (error == 0)
    freeaddrinfo(list);
  eventfd_write(lookup->done_fd, 1);
  release(lookup);
  atomic_fetch_sub(&running, 1);
  return NULL;
}

/* The thread may outlive the environment that asked; the addon's code stays (-z nodelete, tools/build-native.js). */
static int start(struct lookup *lookup)
{
  pthread_t thread;
  int status = kernel_start_thread(&thread, STACK_SIZE, run, lookup);
  if (status == 0)
    (void) pthread_detach(thread);
  return status;
}

/* Waits for the thread, or for the guest to be cancelled. */
static int await(const struct context *context, const struct lookup *lookup)
{
  struct pollfd pollfd = {.fd = lookup->done_fd, .events = POLLIN};
  int ready = kernel_ppoll(context, &pollfd, 1, KERNEL_NEVER);
  return ready < 0 ? ready : lookup->result;
}

static bool is_host_name(const uint8_t *name, size_t size)
{
  for (size_t i = 0; i < size; i++) {
    uint8_t c = name[i];
    if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.')
      return false;
  }
  return size > 0 && size <= NAME_SIZE_MAX;
}

static struct lookup *make_lookup(const uint8_t *name, size_t size, int family)
{
  struct lookup *lookup = calloc(1, sizeof(*lookup));
  if (lookup == NULL)
    return NULL;
  atomic_init(&lookup->holders, 2);
  lookup->family = family;
  memcpy(lookup->name, name, size);
  return lookup;
}

int kernel_getaddrinfo(
  const struct context *context, const uint8_t *name, size_t size, int family, uint8_t *entries, size_t room)
{
  if (!is_host_name(name, size))
    return -EINVAL;
  struct lookup *lookup = make_lookup(name, size, family);
  if (lookup == NULL)
    return -ENOMEM;
  lookup->done_fd = eventfd(0, EFD_CLOEXEC);
  if (lookup->done_fd == -1) {
    int error = errno;
    free(lookup);
    return -error;
  }

  int status = atomic_fetch_add(&running, 1) < RUNNING_MAX ? start(lookup) : -EAGAIN;
  if (status < 0) {
    atomic_fetch_sub(&running, 1);
    release(lookup);
  } else {
    status = await(context, lookup);
  }
  if (status > 0) {
    size_t filled = (size_t) status * sizeof(*lookup->entries);
    memcpy(entries, lookup->entries, filled < room ? filled : room);
  }
  release(lookup);
  return status;
}
