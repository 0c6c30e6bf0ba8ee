/* read(2) and write(2): on sockets as recv and send, on anything else after poll(2). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel_memory.h"
#include "kernel_receive.h"
#include "kernel_send.h"
#include "kernel_wait.h"

/* -EBADF comes before -EFAULT and -EINVAL. */
static int descriptor_error(int fd, int error)
{
  return fcntl(fd, F_GETFD) == -1 ? -errno : error;
}

/* An epoll set can be polled, but neither read nor written: a call fails at once, while poll(2) could wait for ever. */
static bool is_epoll(int fd)
{
  static const char name[] = "anon_inode:[eventpoll]";
  uint8_t path[sizeof(name)];
  return kernel_path_of(fd, path, sizeof(path)) == sizeof(name) - 1 && memcmp(path, name, sizeof(name) - 1) == 0;
}

/*
 * Whether to wait before the call. `unfit` is the access mode in which the call
 * fails at once with EBADF, while poll(2) would wait for ever.
 */
static bool waits_first(int fd, int unfit)
{
  int status = fcntl(fd, F_GETFL);
  if (status == -1 || (status & O_NONBLOCK) != 0 || (status & O_ACCMODE) == unfit)
    return false;
  return (status & O_ACCMODE) != O_RDWR || !is_epoll(fd);
}

static int read_file(const struct context *context, int fd, const struct iovec *iovecs, size_t count)
{
  struct wait wait = {.context = context, .fd = fd, .events = POLLIN, .deadline = KERNEL_NEVER};
  bool waiting = waits_first(fd, O_WRONLY);
  for (;;) {
    wait.fruitless = 0;
    int revents = waiting ? kernel_wait(&wait) : 0;
    if (revents < 0)
      return revents;
    ssize_t received = readv(fd, iovecs, (int) count);
    if (received >= 0 || errno != EINTR)
      return received == -1 ? -errno : (int) received;
  }
}

/* Writes at most `limit` bytes of the iovecs. */
static ssize_t write_some(int fd, struct iovec *iovecs, size_t count, size_t limit)
{
  size_t used = 0;
  size_t size = 0;
  while (used < count && size < limit)
    size += iovecs[used++].iov_len;

  size_t excess = size > limit ? size - limit : 0;
  if (excess > 0)
    iovecs[used - 1].iov_len -= excess;
  ssize_t written = writev(fd, iovecs, (int) used);
  if (excess > 0)
    iovecs[used - 1].iov_len += excess;
  return written;
}

/*
 * POLLOUT promises a pipe no more than PIPE_BUF bytes (pipe(7)): a larger write
 * could block where the cancel eventfd is not heard. Regular files do not block.
 */
static size_t write_limit(int fd)
{
  struct stat status;
  return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) ? KERNEL_MAX_COUNT : PIPE_BUF;
}

static int write_file(const struct context *context, int fd, struct iovec *iovecs, size_t count, size_t size)
{
  if (!waits_first(fd, O_RDONLY)) {
    ssize_t written = writev(fd, iovecs, (int) count);
    return written == -1 ? -errno : (int) written;
  }

  struct wait wait = {.context = context, .fd = fd, .events = POLLOUT, .deadline = KERNEL_NEVER};
  size_t limit = write_limit(fd);
  size_t sent = 0;
  int failure = 0;
  do {
    wait.fruitless = 0;
    failure = kernel_wait(&wait);
    if (failure < 0)
      break;
    ssize_t written = write_some(fd, iovecs, count, limit);
    if (written == -1 && errno == EINTR)
      continue;
    if (written <= 0) {
      failure = written == -1 ? -errno : 0;
      break;
    }
    sent += (size_t) written;
    kernel_advance(&iovecs, &count, (size_t) written);
  } while (sent < size && limit == PIPE_BUF);
  return sent > 0 || failure >= 0 ? (int) sent : failure;
}

int kernel_read(struct context *context, int fd, uint32_t pointer, uint32_t count)
{
  void *buffer = kernel_at(context, pointer, count);
  if (buffer == NULL)
    return descriptor_error(fd, -EFAULT);
  /* Of a socket too, read(2) of nothing is 0 at once, where recv(2) would wait or take a datagram. */
  if (count == 0)
    return read(fd, buffer, 0) == -1 ? -errno : 0;

  int received = kernel_recv(context, fd, pointer, count, 0);
  if (received != -ENOTSOCK)
    return received;
  struct iovec iovec = {.iov_base = buffer, .iov_len = kernel_clamp(count)};
  return read_file(context, fd, &iovec, 1);
}

int kernel_write(struct context *context, int fd, uint32_t pointer, uint32_t count)
{
  void *buffer = kernel_at(context, pointer, count);
  if (buffer == NULL)
    return descriptor_error(fd, -EFAULT);

  int sent = kernel_send(context, fd, pointer, count, 0);
  if (sent != -ENOTSOCK)
    return sent;
  struct iovec iovec = {.iov_base = buffer, .iov_len = kernel_clamp(count)};
  return write_file(context, fd, &iovec, 1, iovec.iov_len);
}

int kernel_readv(struct context *context, int fd, uint32_t pointer, uint32_t count)
{
  struct iovec iovecs[KERNEL_MAX_IOVECS];
  if (count > KERNEL_MAX_IOVECS)
    return descriptor_error(fd, -EINVAL);
  int size = kernel_import_iovecs(context, pointer, count, iovecs);
  if (size < 0)
    return descriptor_error(fd, size);
  if (size == 0)
    return readv(fd, iovecs, (int) count) == -1 ? -errno : 0;

  struct msghdr message = {.msg_iov = iovecs, .msg_iovlen = count};
  int received = kernel_receive(context, fd, &message, (size_t) size, 0);
  return received == -ENOTSOCK ? read_file(context, fd, iovecs, count) : received;
}

int kernel_writev(struct context *context, int fd, uint32_t pointer, uint32_t count)
{
  struct iovec iovecs[KERNEL_MAX_IOVECS];
  if (count > KERNEL_MAX_IOVECS)
    return descriptor_error(fd, -EINVAL);
  int size = kernel_import_iovecs(context, pointer, count, iovecs);
  if (size < 0)
    return descriptor_error(fd, size);
  /* Unlike write(2) of 0 bytes, which sends an empty datagram, writev(2) of nothing is 0 at once. */
  if (size == 0)
    return writev(fd, iovecs, (int) count) == -1 ? -errno : 0;

  struct msghdr message = {.msg_iov = iovecs, .msg_iovlen = count};
  int sent = kernel_transmit(context, fd, &message, (size_t) size, 0);
  return sent == -ENOTSOCK ? write_file(context, fd, iovecs, count, (size_t) size) : sent;
}
