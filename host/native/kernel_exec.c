#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "kernel.h"

int kernel_keep_on_exec(int fd)
{
  int flags = fcntl(fd, F_GETFD);
  return flags == -1 || fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC) == -1 ? -errno : 0;
}

int kernel_execute(const uint8_t *words, size_t size)
{
  size_t count = 0;
  if (size == 0 || words[size - 1] != '\0')
    return -EINVAL;
  for (size_t i = 0; i < size; i++)
    count += words[i] == '\0';
  char *copy = malloc(size);
  char **arguments = calloc(count + 1, sizeof(*arguments));
  int status = -ENOMEM;
  if (copy != NULL && arguments != NULL) {
    char *word = memcpy(copy, words, size);
    for (size_t i = 0; i < count; i++, word += strlen(word) + 1)
      arguments[i] = word;
    execv(arguments[0], arguments);
    status = -errno;
  }
  free(arguments);
  free(copy);
  return status;
}

int kernel_end_with_parent(int parent)
{
  if (prctl(PR_SET_PDEATHSIG, SIGTERM) == -1)
    return -errno;
  /* It may have been too late for the signal. */
  return getppid() == parent ? 0 : -ESRCH;
}
