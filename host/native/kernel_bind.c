#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "kernel.h"
#include "kernel_thread.h"

#define STACK_SIZE (256 * 1024)

int kernel_bind(const struct context *context, int fd)
{
  const struct mailbox *mailbox = context->mailbox;
  return bind(fd, (const void *) mailbox->address, mailbox->address_length) == -1 ? -errno : 0;
}

struct binding {
  int fd;
  int directory_fd;
  struct sockaddr_un address;
  socklen_t length;
  int result;
};

/* Runs in a thread of its own, whose working directory is nobody else's after unshare(2). */
static void *bind_in_directory(void *argument)
{
  struct binding *binding = argument;
  if (unshare(CLONE_FS) == -1 || fchdir(binding->directory_fd) == -1 ||
      bind(binding->fd, (const void *) &binding->address, binding->length) == -1)
    binding->result = -errno;
  return NULL;
}

/*
 * There is no bindat(2). A path through /proc/self/fd would follow a symbolic
 * link put in the name's place; a bare name relative to the directory cannot.
 */
int kernel_bind_at(int fd, int directory_fd, const uint8_t *name, size_t size)
{
  struct binding binding = {.fd = fd, .directory_fd = directory_fd, .address = {.sun_family = AF_UNIX}};
  /* An empty name would ask for an abstract one, as would a leading NUL. */
  if (size == 0 || memchr(name, 0, size) != NULL || memchr(name, '/', size) != NULL)
    return -EINVAL;
  if (size > sizeof(binding.address.sun_path))
    return -ENAMETOOLONG;

  memcpy(binding.address.sun_path, name, size);
  binding.length = (socklen_t) (offsetof(struct sockaddr_un, sun_path) + size);
  pthread_t thread;
  int status = kernel_start_thread(&thread, STACK_SIZE, bind_in_directory, &binding);
  if (status < 0)
    return status;
  status = -pthread_join(thread, NULL);
  return status < 0 ? status : binding.result;
}
