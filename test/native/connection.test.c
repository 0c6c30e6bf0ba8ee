#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "check.h"

static void connect_restores_the_status_flags(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  guest_open(&guest);
  int listener = guest_listen(&guest);
  struct mailbox name = guest.mailbox;
  int fd = kernel_socket(AF_INET, SOCK_STREAM, 0);
  EQUAL(kernel_connect(context, fd), 0);
  EQUAL(kernel_get_status_flags(fd) & O_NONBLOCK, 0);
  EQUAL(kernel_connect(context, fd), -EISCONN);
  EQUAL(kernel_get_status_flags(fd) & O_NONBLOCK, 0);
  EQUAL(kernel_getpeername(context, fd), 0);
  SAME_BYTES(guest.mailbox.address, name.address, sizeof(struct sockaddr_in));
  kernel_close(fd);
  kernel_close(listener);

  fd = kernel_socket(AF_INET, SOCK_STREAM, 0);
  EQUAL(kernel_connect(context, fd), -ECONNREFUSED);
  EQUAL(kernel_get_status_flags(fd) & O_NONBLOCK, 0);
  EQUAL(kernel_getpeername(context, fd), -ENOTCONN);
  kernel_close(fd);
  fd = kernel_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  int status = kernel_connect(context, fd);
  TRUE(status == -EINPROGRESS || status == -ECONNREFUSED);
  kernel_close(fd);
  EQUAL(kernel_connect(context, -1), -EBADF);
  EQUAL(kernel_connect(context, context->cancel_fd), -ENOTSOCK);
  guest_close(&guest);
}

/* A listener whose backlog is full, so that a SYN is dropped: connecting takes for ever, on loopback. */
static int full_tcp_listener(struct guest *guest, int fillers[2])
{
  int listener = guest_listen(guest);
  EQUAL(kernel_listen(listener, 0), 0);
  for (int i = 0; i < 2; i++) {
    fillers[i] = kernel_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    EQUAL(kernel_connect(&guest->context, fillers[i]), -EINPROGRESS);
  }
  return listener;
}

static void a_tcp_connect_times_out_and_is_cancelled(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  struct later later;
  const struct timeval time = {.tv_usec = 50000};
  int fillers[2];
  guest_open(&guest);
  int listener = full_tcp_listener(&guest, fillers);
  int fd = kernel_socket(AF_INET, SOCK_STREAM, 0);
  EQUAL(kernel_setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time)), 0);
  EQUAL(kernel_connect(context, fd), -EINPROGRESS);
  EQUAL(kernel_connect(context, fd), -EALREADY);
  EQUAL(kernel_get_status_flags(fd) & O_NONBLOCK, 0);
  kernel_close(fd);

  fd = kernel_socket(AF_INET, SOCK_STREAM, 0);
  later_start(&later, later_cancel, &guest);
  EQUAL(kernel_connect(context, fd), -ECANCELED);
  later_done(&later, &guest);
  EQUAL(kernel_get_status_flags(fd) & O_NONBLOCK, 0);
  kernel_close(fd);
  kernel_close(fillers[0]);
  kernel_close(fillers[1]);
  kernel_close(listener);
  guest_close(&guest);
}

struct full_listener {
  int listener;
  int fillers[8];
  int count;
};

static void open_full_unix_listener(struct guest *guest, struct full_listener *full)
{
  full->listener = kernel_socket(AF_UNIX, SOCK_STREAM, 0);
  guest_name_of(guest, full->listener);
  EQUAL(kernel_listen(full->listener, 1), 0);
  for (full->count = 0; full->count < 8; full->count++) {
    full->fillers[full->count] = kernel_socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (kernel_connect(&guest->context, full->fillers[full->count]) != 0)
      break;
  }
  TRUE(full->count > 0 && full->count < 8);
  kernel_close(full->fillers[full->count]);
}

static void close_full_unix_listener(struct full_listener *full)
{
  kernel_close(full->listener);
  while (full->count > 0)
    kernel_close(full->fillers[--full->count]);
}

static void accept_two(void *listener)
{
  for (int i = 0; i < 2; i++) {
    int fd = accept(*(int *) listener, NULL, NULL);
    TRUE(fd >= 0);
    close(fd);
  }
}

static void a_full_unix_backlog_is_waited_for(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  struct full_listener full;
  struct later later;
  struct timeval time = {.tv_usec = 120000};
  guest_open(&guest);
  open_full_unix_listener(&guest, &full);
  int fd = kernel_socket(AF_UNIX, SOCK_STREAM, 0);
  EQUAL(kernel_setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time)), 0);
  int64_t start = milliseconds();
  EQUAL(kernel_connect(context, fd), -EAGAIN);
  TRUE(milliseconds() - start >= 110);
  EQUAL(kernel_getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time)), sizeof(time));
  TRUE(time.tv_usec >= 120000);
  kernel_close(fd);

  fd = kernel_socket(AF_UNIX, SOCK_STREAM, 0);
  later_start(&later, accept_two, &full.listener);
  EQUAL(kernel_connect(context, fd), 0);
  later_join(&later);
  EQUAL(kernel_get_status_flags(fd) & O_NONBLOCK, 0);
  EQUAL(kernel_getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time)), sizeof(time));
  EQUAL(time.tv_usec, 0);
  kernel_close(fd);
  close_full_unix_listener(&full);
  guest_close(&guest);
}

static void a_full_unix_backlog_can_be_cancelled(void)
{
  struct guest guest;
  struct full_listener full;
  struct later later;
  guest_open(&guest);
  open_full_unix_listener(&guest, &full);
  int fd = kernel_socket(AF_UNIX, SOCK_STREAM, 0);
  later_start(&later, later_cancel, &guest);
  int64_t start = milliseconds();
  EQUAL(kernel_connect(&guest.context, fd), -ECANCELED);
  TRUE(milliseconds() - start < 1000);
  later_done(&later, &guest);
  kernel_close(fd);
  close_full_unix_listener(&full);
  guest_close(&guest);
}

static void connect_now(void *argument)
{
  struct guest *guest = ((void **) argument)[0];
  int *fd = ((void **) argument)[1];
  EQUAL(connect(*fd, (void *) guest->mailbox.address, guest->mailbox.address_length), 0);
}

static void accept_waits_and_fills_the_address(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  struct later later;
  guest_open(&guest);
  int listener = guest_listen(&guest);
  int client = kernel_socket(AF_INET, SOCK_STREAM, 0);
  void *arguments[] = {&guest, &client};
  later_start(&later, connect_now, arguments);
  int fd = kernel_accept4(context, listener, SOCK_NONBLOCK);
  later_join(&later);
  TRUE(fd >= 0);
  EQUAL(fcntl(fd, F_GETFD), FD_CLOEXEC);
  EQUAL(kernel_get_status_flags(fd) & O_NONBLOCK, O_NONBLOCK);
  struct mailbox accepted = guest.mailbox;
  EQUAL(kernel_getsockname(context, client), 0);
  EQUAL(accepted.address_length, sizeof(struct sockaddr_in));
  SAME_BYTES(accepted.address, guest.mailbox.address, sizeof(struct sockaddr_in));

  EQUAL(kernel_set_status_flags(listener, O_NONBLOCK), 0);
  EQUAL(kernel_accept4(context, listener, 0), -EAGAIN);
  kernel_close(fd);
  kernel_close(client);
  kernel_close(listener);
  guest_close(&guest);
}

static void accept_refuses_at_once(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  int pair[2];
  guest_open(&guest);
  EQUAL(kernel_accept4(context, -1, 1), -EBADF);
  EQUAL(kernel_accept4(context, context->cancel_fd, 1), -EINVAL);
  EQUAL(kernel_accept4(context, context->cancel_fd, 0), -ENOTSOCK);
  int fd = kernel_socket(AF_INET, SOCK_STREAM, 0);
  EQUAL(kernel_accept4(context, fd, 0), -EINVAL);
  EQUAL(kernel_accept4(context, fd, 1), -EINVAL);
  EQUAL(kernel_listen(fd, 1), 0);
  EQUAL(kernel_accept4(context, fd, 1), -EINVAL);
  kernel_close(fd);
  fd = kernel_socket(AF_INET, SOCK_DGRAM, 0);
  EQUAL(kernel_accept4(context, fd, 0), -EOPNOTSUPP);
  kernel_close(fd);
  guest_tcp_pair(&guest, pair);
  fill(pair[0]);
  EQUAL(kernel_accept4(context, pair[0], 0), -EINVAL);
  kernel_close(pair[0]);
  kernel_close(pair[1]);
  guest_close(&guest);
}

static void socket_calls_pass_errors_through(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  int value = 0;
  guest_open(&guest);
  EQUAL(kernel_socket(-1, SOCK_STREAM, 0), -EAFNOSUPPORT);
  int fd = kernel_socket(AF_INET, SOCK_STREAM, 0);
  EQUAL(kernel_shutdown(fd, SHUT_RDWR), -ENOTCONN);
  EQUAL(kernel_getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, sizeof(value)), 4);
  EQUAL(value, SOCK_STREAM);
  EQUAL(kernel_getsockopt(fd, SOL_SOCKET, 9999, &value, sizeof(value)), -ENOPROTOOPT);
  value = 1;
  EQUAL(kernel_setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, sizeof(value)), 0);
  EQUAL(kernel_setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, 1), -EINVAL);
  EQUAL(kernel_listen(-1, 1), -EBADF);
  EQUAL(kernel_getsockname(context, -1), -EBADF);
  EQUAL(kernel_bind(context, -1), -EBADF);
  guest_loopback(&guest, 0);
  EQUAL(kernel_bind(context, fd), 0);
  EQUAL(kernel_bind(context, fd), -EINVAL);
  kernel_close(fd);
  guest_close(&guest);
}

const struct test connection_tests[] = {
  {"connect restores the status flags", connect_restores_the_status_flags},
  {"a TCP connect times out and is cancelled", a_tcp_connect_times_out_and_is_cancelled},
  {"a full Unix backlog is waited for", a_full_unix_backlog_is_waited_for},
  {"a full Unix backlog can be cancelled", a_full_unix_backlog_can_be_cancelled},
  {"accept waits and fills the address", accept_waits_and_fills_the_address},
  {"accept refuses at once", accept_refuses_at_once},
  {"socket calls pass errors through", socket_calls_pass_errors_through},
  {NULL, NULL},
};
