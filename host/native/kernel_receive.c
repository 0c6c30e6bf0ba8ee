#define _GNU_SOURCE
#include "kernel_receive.h"

#include <errno.h>
#include <sys/ioctl.h>

#include "kernel_memory.h"
#include "kernel_wait.h"

/* Whether Linux would wait for data. MSG_OOB never does, nor does MSG_ERRQUEUE, which AF_UNIX ignores. */
static bool waits(int fd, int flags)
{
  if ((flags & (MSG_DONTWAIT | MSG_OOB)) != 0)
    return false;
  if ((flags & MSG_ERRQUEUE) != 0 && kernel_socket_option(fd, SO_DOMAIN) != AF_UNIX)
    return false;
  return kernel_blocks(fd);
}

/* How many bytes end the wait: all for MSG_WAITALL, else SO_RCVLOWAT. One message ends it, whatever its size. */
static size_t wanted(int fd, size_t size, int flags, int low_water)
{
  /* Any byte, and any datagram: the common case asks nothing. */
  if (low_water <= 1 && (flags & MSG_WAITALL) == 0)
    return 1;
  if (kernel_socket_option(fd, SO_TYPE) != SOCK_STREAM)
    return 0;
  /* unix_stream_read_generic() peeks at what there is, however little. */
  bool unix_peek = (flags & MSG_PEEK) != 0 && kernel_socket_option(fd, SO_DOMAIN) == AF_UNIX;
  if ((flags & MSG_WAITALL) != 0 && !unix_peek)
    return size;
  return size < (size_t) low_water ? size : (size_t) low_water;
}

static bool is_empty(int fd)
{
  int pending = 0;
  return ioctl(fd, FIONREAD, &pending) == -1 || pending == 0;
}

struct reception {
  struct wait wait;
  struct msghdr *message;
  int flags;
  size_t received;
  size_t wanted;
  int low_water;
};

/* Notes `count` bytes more. Returns whether the call is complete. */
static bool note(struct reception *reception, size_t count)
{
  if ((reception->flags & MSG_PEEK) != 0) {
    /* Each peek begins at the first byte again, so it tells the total. */
    reception->received = count;
    reception->wait.fruitless = 1;
  } else {
    kernel_advance(&reception->message->msg_iov, &reception->message->msg_iovlen, count);
    reception->received += count;
    reception->wait.fruitless = 0;
  }
  return count == 0 || reception->received >= reception->wanted;
}

/* Waits once and tries again. Returns 1 when there may be more to do, 0 when complete, or -errno. */
static int step(struct reception *reception)
{
  int fd = reception->wait.fd;
  bool peek = (reception->flags & MSG_PEEK) != 0;
  if (reception->low_water > 1) {
    /* TCP's poll looks at SO_RCVLOWAT; recv(2) counts what it has already taken. */
    int low_water = (int) (reception->wanted - (peek ? 0 : reception->received));
    setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &low_water, sizeof(low_water));
  }

  int revents = kernel_wait(&reception->wait);
  if (revents < 0)
    return revents;
  /* A pending error belongs to the next call once bytes were taken: recvmsg would clear it. */
  if (reception->received > 0 && (revents & POLLERR) != 0 && is_empty(fd))
    return 0;

  ssize_t count = recvmsg(fd, reception->message, reception->flags | MSG_DONTWAIT);
  if (count == -1)
    return errno == EAGAIN || errno == EINTR ? 1 : -errno;
  bool ended = peek && (revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
  return note(reception, (size_t) count) || ended ? 0 : 1;
}

/* Goes on after a first attempt that gave `count` bytes or none. */
static int complete(
  const struct context *context, int fd, struct msghdr *message, size_t size, int flags, ssize_t count)
{
  struct reception reception = {
    .wait = {.context = context, .fd = fd, .events = POLLIN | POLLRDHUP},
    .message = message,
    .flags = flags,
    .low_water = context->waiting_options ? kernel_socket_option(fd, SO_RCVLOWAT) : 1,
  };
  reception.wanted = wanted(fd, size, flags, reception.low_water);
  if (count >= 0 && note(&reception, (size_t) count))
    return (int) count;

  reception.wait.deadline = kernel_option_deadline(context, fd, SO_RCVTIMEO);
  int status;
  do
    status = step(&reception);
  while (status == 1);

  kernel_wait_end(&reception.wait);
  if (reception.low_water > 1)
    setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &reception.low_water, sizeof(reception.low_water));
  return reception.received > 0 || status == 0 ? (int) reception.received : status;
}

/* Whether a first attempt's outcome may need a wait: kept apart so that the common case asks nothing. */
static inline bool is_short(const struct context *context, ssize_t count, size_t size, int flags)
{
  if (count == -1)
    return errno == EAGAIN;
  return (size_t) count < size && count > 0 && ((flags & MSG_WAITALL) != 0 || context->waiting_options);
}

int kernel_receive(const struct context *context, int fd, struct msghdr *message, size_t size, int flags)
{
  bool plain = kernel_waits_plainly(context);
  ssize_t count;
  do
    count = recvmsg(fd, message, plain ? flags : flags | MSG_DONTWAIT);
  while (plain && count == -1 && errno == EINTR);
  if (plain || !is_short(context, count, size, flags))
    return count == -1 ? -errno : (int) count;
  if (!waits(fd, flags))
    return count == -1 ? -EAGAIN : (int) count;
  return complete(context, fd, message, size, flags, count);
}

int kernel_recv(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags)
{
  void *buffer = kernel_at(context, pointer, count);
  if (buffer == NULL)
    return kernel_socket_error(fd, -EFAULT);

  size_t size = kernel_clamp(count);
  bool plain = kernel_waits_plainly(context);
  ssize_t received;
  do
    received = recv(fd, buffer, size, plain ? flags : flags | MSG_DONTWAIT);
  while (plain && received == -1 && errno == EINTR);
  if (plain || !is_short(context, received, size, flags))
    return received == -1 ? -errno : (int) received;
  if (!waits(fd, flags))
    return received == -1 ? -EAGAIN : (int) received;

  struct iovec iovec = {.iov_base = buffer, .iov_len = size};
  struct msghdr message = {.msg_iov = &iovec, .msg_iovlen = 1};
  return complete(context, fd, &message, size, flags, received);
}

int kernel_recvfrom(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags)
{
  struct mailbox *mailbox = context->mailbox;
  void *buffer = kernel_at(context, pointer, count);
  if (buffer == NULL)
    return kernel_socket_error(fd, -EFAULT);

  size_t size = kernel_clamp(count);
  struct iovec iovec = {.iov_base = buffer, .iov_len = size};
  struct msghdr message = {
    .msg_name = mailbox->address,
    .msg_namelen = sizeof(mailbox->address),
    .msg_iov = &iovec,
    .msg_iovlen = 1,
  };
  int received = kernel_receive(context, fd, &message, size, flags);
  if (received >= 0)
    mailbox->address_length = message.msg_namelen;
  return received;
}

int kernel_recvv(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags)
{
  struct iovec iovecs[KERNEL_MAX_IOVECS];
  if (count > KERNEL_MAX_IOVECS)
    return kernel_socket_error(fd, -EMSGSIZE);
  int size = kernel_import_iovecs(context, pointer, count, iovecs);
  if (size < 0)
    return kernel_socket_error(fd, size);

  struct msghdr message = {.msg_iov = iovecs, .msg_iovlen = count};
  int received = kernel_receive(context, fd, &message, (size_t) size, flags);
  if (received >= 0)
    context->mailbox->message_flags = message.msg_flags;
  return received;
}
