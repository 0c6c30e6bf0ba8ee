#define _GNU_SOURCE
#include "kernel_send.h"

#include <errno.h>

#include "kernel_memory.h"
#include "kernel_wait.h"

#define AT_ONCE (MSG_DONTWAIT | MSG_NOSIGNAL)

/* One blocking attempt, for a wait that poll(2) cannot express. */
static ssize_t send_slice(int fd, const struct msghdr *message, int flags, kernel_deadline deadline)
{
  struct timeval saved;
  int status = kernel_slice_begin(fd, deadline, &saved);
  if (status < 0)
    return status;
  ssize_t count = sendmsg(fd, message, flags | MSG_NOSIGNAL);
  if (count == -1)
    count = -errno;
  kernel_slice_end(fd, &saved);
  return count;
}

/* Sends what fits now. Returns the count or -errno. */
static ssize_t attempt(const struct wait *wait, const struct msghdr *message, int flags)
{
  ssize_t count = sendmsg(wait->fd, message, flags | AT_ONCE);
  if (count >= 0)
    return count;
  return errno == EAGAIN ? send_slice(wait->fd, message, flags, wait->deadline) : -errno;
}

/* Goes on after a first attempt that sent `first` bytes, or none (-1). */
static int complete(
  const struct context *context, int fd, struct msghdr *message, size_t size, int flags, ssize_t first)
{
  struct wait wait = {.context = context, .fd = fd, .events = POLLOUT};
  wait.deadline = kernel_option_deadline(context, fd, SO_SNDTIMEO);

  size_t sent = first > 0 ? (size_t) first : 0;
  int failure = 0;
  kernel_advance(&message->msg_iov, &message->msg_iovlen, sent);
  while (failure == 0) {
    wait.fruitless = 0;
    int revents = kernel_wait(&wait);
    /* A pending error belongs to the next call once bytes were sent: sendmsg would clear it. */
    if (revents < 0 || (sent > 0 && (revents & (POLLERR | POLLHUP)) != 0)) {
      failure = revents;
      break;
    }
    ssize_t count = attempt(&wait, message, flags);
    if (count >= 0) {
      sent += (size_t) count;
      if (sent >= size)
        break;
      kernel_advance(&message->msg_iov, &message->msg_iovlen, (size_t) count);
    } else if ((count != -EAGAIN && count != -EINTR) || kernel_is_past(wait.deadline)) {
      failure = (int) count;
    }
  }
  return sent > 0 || failure >= 0 ? (int) sent : failure;
}

/* Whether a first attempt that gave `count` is the call's result. Leaves errno alone when it is. */
static inline bool is_final(int fd, ssize_t count, size_t size, int flags)
{
  if (count == -1 ? errno != EAGAIN : (size_t) count >= size)
    return true;
  if ((flags & MSG_DONTWAIT) == 0 && kernel_blocks(fd))
    return false;
  errno = EAGAIN;
  return true;
}

int kernel_transmit(const struct context *context, int fd, struct msghdr *message, size_t size, int flags)
{
  ssize_t count = sendmsg(fd, message, flags | AT_ONCE);
  if (is_final(fd, count, size, flags))
    return count == -1 ? -errno : (int) count;
  return complete(context, fd, message, size, flags, count);
}

int kernel_send(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags)
{
  void *buffer = kernel_at(context, pointer, count);
  if (buffer == NULL)
    return kernel_socket_error(fd, -EFAULT);

  size_t size = kernel_clamp(count);
  bool plain = kernel_waits_plainly(context);
  ssize_t sent;
  do
    sent = send(fd, buffer, size, flags | (plain ? MSG_NOSIGNAL : AT_ONCE));
  while (plain && sent == -1 && errno == EINTR);
  if (plain || is_final(fd, sent, size, flags))
    return sent == -1 ? -errno : (int) sent;

  struct iovec iovec = {.iov_base = buffer, .iov_len = size};
  struct msghdr message = {.msg_iov = &iovec, .msg_iovlen = 1};
  return complete(context, fd, &message, size, flags, sent);
}

int kernel_sendto(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags)
{
  void *buffer = kernel_at(context, pointer, count);
  if (buffer == NULL)
    return kernel_socket_error(fd, -EFAULT);

  size_t size = kernel_clamp(count);
  struct iovec iovec = {.iov_base = buffer, .iov_len = size};
  struct msghdr message = {
    .msg_name = context->mailbox->address,
    .msg_namelen = context->mailbox->address_length,
    .msg_iov = &iovec,
    .msg_iovlen = 1,
  };
  /* Not sendmsg(2): it takes an address of 0 bytes for none, and cuts one of more than 128. */
  ssize_t sent = sendto(fd, buffer, size, flags | AT_ONCE, message.msg_name, message.msg_namelen);
  if (is_final(fd, sent, size, flags))
    return sent == -1 ? -errno : (int) sent;
  return complete(context, fd, &message, size, flags, sent);
}

int kernel_sendv(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags)
{
  struct iovec iovecs[KERNEL_MAX_IOVECS];
  if (count > KERNEL_MAX_IOVECS)
    return kernel_socket_error(fd, -EMSGSIZE);
  int size = kernel_import_iovecs(context, pointer, count, iovecs);
  if (size < 0)
    return kernel_socket_error(fd, size);

  struct msghdr message = {.msg_iov = iovecs, .msg_iovlen = count};
  return kernel_transmit(context, fd, &message, (size_t) size, flags);
}
