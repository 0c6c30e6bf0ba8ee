/* read(2) and write(2): on sockets as recv and send, since only these spare the host SIGPIPE. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel_memory.h"
#include "kernel_receive.h"
#include "kernel_send.h"
#include "kernel_wait.h"

void kernel_ignore_sigpipe(void)
{
  struct sigaction action;
  if (sigaction(SIGPIPE, NULL, &action) == -1 || action.sa_handler != SIG_DFL)
    return;
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, NULL);
}

/* -EBADF comes before -EFAULT and -EINVAL. */
static int descriptor_error(int fd, int error)
{
  return fcntl(fd, F_GETFD) == -1 ? -errno : error;
}

static int read_file(const struct context *context, int fd, const struct iovec *iovecs, size_t count)
{
  struct wait wait = {.context = context, .fd = fd};
  ssize_t received;
  do
    received = readv(fd, iovecs, (int) count);
  while (received == -1 && kernel_goes_on(&wait));
  return received == -1 ? -errno : (int) received;
}

static int write_file(const struct context *context, int fd, const struct iovec *iovecs, size_t count)
{
  struct wait wait = {.context = context, .fd = fd};
  ssize_t written;
  do
    written = writev(fd, iovecs, (int) count);
  while (written == -1 && kernel_goes_on(&wait));
  return written == -1 ? -errno : (int) written;
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
  return write_file(context, fd, &iovec, 1);
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
  int received = kernel_receive(context, fd, &message, 0);
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

  const struct msghdr message = {.msg_iov = iovecs, .msg_iovlen = count};
  int sent = kernel_transmit(context, fd, &message, 0);
  return sent == -ENOTSOCK ? write_file(context, fd, iovecs, count) : sent;
}

int kernel_write_all(const struct context *context, int fd, const uint8_t *bytes, size_t size, double timeout)
{
  kernel_deadline deadline = kernel_deadline_in(timeout);
  while (size > 0) {
    struct pollfd pollfd = {.fd = fd, .events = POLLOUT};
    int ready = kernel_ppoll(context, &pollfd, 1, deadline);
    if (ready <= 0)
      return ready == 0 ? -ETIMEDOUT : ready;
    /* POLLOUT promises a pipe room for PIPE_BUF bytes (pipe(7)): no write waits here, whatever the stream's mode. */
    ssize_t written = write(fd, bytes, size < PIPE_BUF ? size : PIPE_BUF);
    if (written == -1 && errno != EAGAIN && errno != EINTR)
      return -errno;
    if (written > 0) {
      bytes += written;
      size -= (size_t) written;
    }
  }
  return 0;
}
