#define _GNU_SOURCE
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel.h"
#include "kernel_thread.h"

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

/* What the thread tells, in one message; the entries that there are. */
struct answer {
  /* A count of entries, or -errno. */
  int32_t result;
  struct host_address entries[ENTRIES_MAX];
};

/* The thread's own: it frees it. Nobody else has to know how long it lives. */
struct lookup {
  int fd;
  int family;
  char name[NAME_SIZE_MAX + 1];
  struct answer answer;
};

static atomic_int running;

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

static int collect(struct answer *answer, const struct addrinfo *list)
{
  int count = 0;
  for (const struct addrinfo *info = list; info != NULL && count < ENTRIES_MAX; info = info->ai_next) {
    struct host_address *entry = &answer->entries[count];
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

/* Nobody listens to a look-up that was closed: then this fails, and nothing is lost. */
static void tell(int fd, const struct answer *answer)
{
  size_t count = answer->result > 0 ? (size_t) answer->result : 0;
  (void) send(fd, answer, offsetof(struct answer, entries) + count * sizeof(*answer->entries), MSG_NOSIGNAL);
}

static void *run(void *argument)
{
  struct lookup *lookup = argument;
  /* One type of socket, so that no address comes twice. */
  const struct addrinfo hints = {.ai_family = lookup->family, .ai_socktype = SOCK_STREAM};
  struct addrinfo *list = NULL;
  int error = getaddrinfo(lookup->name, NULL, &hints, &list);
  lookup->answer.result = error != 0 ? errno_of(error) : collect(&lookup->answer, list);
  if (error == 0)
    freeaddrinfo(list);
  /* Whoever hears the answer may begin the next look-up. */
  atomic_fetch_sub(&running, 1);
  tell(lookup->fd, &lookup->answer);
  close(lookup->fd);
  free(lookup);
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

static bool is_host_name(const uint8_t *name, size_t size)
{
  for (size_t i = 0; i < size; i++) {
    uint8_t c = name[i];
    if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.')
      return false;
  }
  return size > 0 && size <= NAME_SIZE_MAX;
}

static struct lookup *make_lookup(const uint8_t *name, size_t size, int family, int fd)
{
  struct lookup *lookup = calloc(1, sizeof(*lookup));
  if (lookup == NULL)
    return NULL;
  lookup->fd = fd;
  lookup->family = family;
  memcpy(lookup->name, name, size);
  return lookup;
}

int kernel_start_getaddrinfo(const uint8_t *name, size_t size, int family)
{
  if (!is_host_name(name, size))
    return -EINVAL;
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
    return -errno;
  struct lookup *lookup = make_lookup(name, size, family, pair[1]);
  int status = -ENOMEM;
  if (lookup != NULL) {
    status = atomic_fetch_add(&running, 1) < RUNNING_MAX ? start(lookup) : -EAGAIN;
    if (status == 0)
      return pair[0];
    atomic_fetch_sub(&running, 1);
    free(lookup);
  }
  close(pair[0]);
  close(pair[1]);
  return status;
}

int kernel_finish_getaddrinfo(int fd, uint8_t *entries, size_t room)
{
  struct answer answer;
  ssize_t size = recv(fd, &answer, sizeof(answer), MSG_DONTWAIT);
  if (size == -1)
    return errno == EAGAIN ? -EINPROGRESS : -errno;
  if ((size_t) size < offsetof(struct answer, entries))
    return -EIO;
  size_t filled = (size_t) size - offsetof(struct answer, entries);
  memcpy(entries, answer.entries, filled < room ? filled : room);
  return answer.result;
}
