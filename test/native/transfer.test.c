#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

static void stream_bytes_pass_through_memory(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  int pair[2];
  guest_open(&guest);
  guest_tcp_pair(&guest, pair);
  memcpy(context->memory, "hello, world", 12);
  EQUAL(kernel_send(context, pair[0], 0, 5, 0), 5);
  EQUAL(kernel_write(context, pair[0], 5, 7), 7);
  EQUAL(kernel_recv(context, pair[1], 100, 12, MSG_WAITALL), 12);
  SAME_BYTES(context->memory + 100, "hello, world", 12);

  guest_store_iovec(&guest, 1000, 0, 6);
  guest_store_iovec(&guest, 1008, 7, 5);
  EQUAL(kernel_writev(context, pair[0], 1000, 2), 11);
  guest_store_iovec(&guest, 1000, 200, 3);
  guest_store_iovec(&guest, 1008, 300, 100);
  EQUAL(kernel_readv(context, pair[1], 1000, 2), 11);
  SAME_BYTES(context->memory + 200, "hel", 3);
  SAME_BYTES(context->memory + 300, "lo,world", 8);

  EQUAL(kernel_shutdown(pair[0], SHUT_WR), 0);
  EQUAL(kernel_read(context, pair[1], 0, 10), 0);
  EQUAL(kernel_send(context, pair[0], 0, 1, 0), -EPIPE);
  EQUAL(kernel_write(context, pair[0], 0, 1), -EPIPE);
  kernel_close(pair[0]);
  kernel_close(pair[1]);
  guest_close(&guest);
}

static void datagrams_keep_their_bounds_and_senders(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  guest_open(&guest);
  int receiver = kernel_socket(AF_INET, SOCK_DGRAM, 0);
  int sender = kernel_socket(AF_INET, SOCK_DGRAM, 0);
  guest_loopback(&guest, 0);
  EQUAL(kernel_bind(context, sender), 0);
  EQUAL(kernel_getsockname(context, sender), 0);
  struct mailbox name = guest.mailbox;
  guest_loopback(&guest, 0);
  EQUAL(kernel_bind(context, receiver), 0);
  EQUAL(kernel_getsockname(context, receiver), 0);

  memcpy(context->memory, "datagram", 8);
  EQUAL(kernel_sendto(context, sender, 0, 8, 0), 8);
  EQUAL(kernel_sendto(context, sender, 0, 0, 0), 0);
  EQUAL(kernel_sendto(context, sender, 0, 8, 0), 8);
  guest.mailbox.address_length = 99;
  EQUAL(kernel_recvfrom(context, receiver, 100, 4, MSG_TRUNC, 0, 0), 8);
  EQUAL(guest.mailbox.address_length, sizeof(struct sockaddr_in));
  SAME_BYTES(guest.mailbox.address, name.address, sizeof(struct sockaddr_in));
  EQUAL(kernel_recv(context, receiver, 100, 4, 0), 0);
  guest_store_iovec(&guest, 1000, 100, 3);
  EQUAL(kernel_recvv(context, receiver, 1000, 1, MSG_WAITALL), 3);
  EQUAL(guest.mailbox.message_flags & MSG_TRUNC, MSG_TRUNC);
  EQUAL(kernel_recv(context, receiver, 100, 4, MSG_DONTWAIT), -EAGAIN);
  kernel_close(receiver);
  kernel_close(sender);
  guest_close(&guest);
}

static void an_address_has_linux_limits(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  guest_open(&guest);
  int fd = kernel_socket(AF_INET, SOCK_DGRAM, 0);
  guest_loopback(&guest, 9);
  guest.mailbox.address_length = 129;
  EQUAL(kernel_sendto(context, fd, 0, 1, 0), -EINVAL);
  EQUAL(kernel_bind(context, fd), -EINVAL);
  EQUAL(kernel_connect(context, fd), -EINVAL);
  guest.mailbox.address_length = 0;
  EQUAL(kernel_sendto(context, fd, 0, 1, 0), -EINVAL);
  EQUAL(kernel_send(context, fd, 0, 1, 0), -EDESTADDRREQ);
  kernel_close(fd);
  guest_close(&guest);
}

static void reading_nothing_takes_no_datagram(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  int pair[2];
  guest_open(&guest);
  EQUAL(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
  EQUAL(kernel_read(context, pair[1], MEMORY_SIZE, 0), 0);
  EQUAL(kernel_readv(context, pair[1], 0, 0), 0);
  /* write(2) of nothing is an empty datagram; writev(2) of nothing is none. */
  EQUAL(kernel_write(context, pair[0], 0, 0), 0);
  EQUAL(kernel_writev(context, pair[0], 0, 0), 0);
  EQUAL(kernel_recv(context, pair[1], 0, 10, MSG_DONTWAIT), 0);
  EQUAL(kernel_recv(context, pair[1], 0, 10, MSG_DONTWAIT), -EAGAIN);
  kernel_close(pair[0]);
  kernel_close(pair[1]);
  guest_close(&guest);
}

static void o_nonblock_and_msg_dontwait_never_wait(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  int pair[2];
  guest_open(&guest);
  EQUAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  EQUAL(kernel_recv(context, pair[0], 0, 1, MSG_DONTWAIT), -EAGAIN);
  fill(pair[0]);
  EQUAL(kernel_send(context, pair[0], 0, 1, MSG_DONTWAIT), -EAGAIN);
  EQUAL(kernel_set_status_flags(pair[0], O_NONBLOCK), 0);
  EQUAL(kernel_get_status_flags(pair[0]) & O_NONBLOCK, O_NONBLOCK);
  EQUAL(kernel_recv(context, pair[0], 0, 1, 0), -EAGAIN);
  EQUAL(kernel_read(context, pair[0], 0, 1), -EAGAIN);
  EQUAL(kernel_send(context, pair[0], 0, 1, 0), -EAGAIN);
  EQUAL(kernel_write(context, pair[0], 0, 1), -EAGAIN);
  kernel_close(pair[0]);
  kernel_close(pair[1]);
  guest_close(&guest);
}

static void a_non_blocking_send_may_be_partial(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  int pair[2];
  guest_open(&guest);
  EQUAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  EQUAL(kernel_set_status_flags(pair[0], O_NONBLOCK), 0);
  int sent = 0;
  int total = 0;
  while ((sent = kernel_send(context, pair[0], 0, MEMORY_SIZE, 0)) == MEMORY_SIZE)
    total += sent;
  TRUE(sent == -EAGAIN || (sent > 0 && sent < MEMORY_SIZE));
  drain(pair[1], (size_t) (total + (sent > 0 ? sent : 0)));
  kernel_close(pair[0]);
  kernel_close(pair[1]);
  guest_close(&guest);
}

static void drain_three(void *fd)
{
  drain(*(int *) fd, 3 * MEMORY_SIZE);
}

static void check_blocking_send(struct guest *guest, int pair[2])
{
  struct context *context = &guest->context;
  struct later later;
  size_t filled = fill(pair[0]);
  for (size_t i = 0; i < MEMORY_SIZE; i++)
    context->memory[i] = (uint8_t) (i * 31);
  guest_store_iovec(guest, 0, 0, MEMORY_SIZE);
  guest_store_iovec(guest, 8, 0, MEMORY_SIZE);
  guest_store_iovec(guest, 16, 0, MEMORY_SIZE);
  /* The reader takes what was there, then just what is being sent. */
  drain(pair[1], filled / 2);
  later_start(&later, drain_three, &pair[1]);
  int sent = kernel_writev(context, pair[0], 0, 3);
  later_join(&later);
  if (sent == 3 * MEMORY_SIZE)
    drain(pair[1], filled - filled / 2);
  EQUAL(sent, 3 * MEMORY_SIZE);
}

static void a_blocking_send_sends_all(void)
{
  struct guest guest;
  int pair[2];
  guest_open(&guest);
  EQUAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  check_blocking_send(&guest, pair);
  kernel_close(pair[0]);
  kernel_close(pair[1]);
  guest_close(&guest);
}

static void a_blocking_write_to_a_pipe_writes_all(void)
{
  struct guest guest;
  int ends[2];
  guest_open(&guest);
  EQUAL(pipe2(ends, O_CLOEXEC), 0);
  int pair[2] = {ends[1], ends[0]};
  check_blocking_send(&guest, pair);
  kernel_close(ends[0]);
  kernel_close(ends[1]);
  guest_close(&guest);
}

static void close_it(void *fd)
{
  kernel_close(*(int *) fd);
}

static void an_error_after_a_partial_send_waits_for_the_next_call(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  struct later later;
  int pair[2];
  guest_open(&guest);
  guest_tcp_pair(&guest, pair);
  later_start(&later, close_it, &pair[1]);
  guest_store_iovec(&guest, 0, 0, MEMORY_SIZE);
  for (uint32_t i = 1; i < 256; i++)
    guest_store_iovec(&guest, i * 8, 0, MEMORY_SIZE);
  int sent = kernel_sendv(context, pair[0], 0, 256, 0);
  later_join(&later);
  TRUE(sent > 0 && sent < 256 * MEMORY_SIZE);
  /* The peer closed with bytes unread: Linux reports that once, then EPIPE. */
  EQUAL(kernel_send(context, pair[0], 0, 1, 0), -ECONNRESET);
  EQUAL(kernel_send(context, pair[0], 0, 1, 0), -EPIPE);
  kernel_close(pair[0]);
  guest_close(&guest);
}

static void handle(int number)
{
  (void) number;
}

static void a_broken_pipe_raises_no_signal(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  int pair[2];
  guest_open(&guest);
  TRUE(signal(SIGPIPE, SIG_DFL) == SIG_IGN);
  EQUAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  kernel_close(pair[1]);
  EQUAL(kernel_send(context, pair[0], 0, 1, 0), -EPIPE);
  EQUAL(kernel_write(context, pair[0], 0, 1), -EPIPE);
  guest_store_iovec(&guest, 0, 0, 1);
  EQUAL(kernel_writev(context, pair[0], 0, 1), -EPIPE);
  EQUAL(kernel_sendv(context, pair[0], 0, 1, 0), -EPIPE);

  /* A pipe has no MSG_NOSIGNAL, so the addon ignores the signal, but never overrides a handler. */
  kernel_ignore_sigpipe();
  TRUE(signal(SIGPIPE, handle) == SIG_IGN);
  kernel_ignore_sigpipe();
  TRUE(signal(SIGPIPE, SIG_IGN) == handle);
  kernel_close(pair[0]);
  guest_close(&guest);
}

const struct test transfer_tests[] = {
  {"stream bytes pass through memory", stream_bytes_pass_through_memory},
  {"datagrams keep their bounds and senders", datagrams_keep_their_bounds_and_senders},
  {"an address has Linux's limits", an_address_has_linux_limits},
  {"reading nothing takes no datagram", reading_nothing_takes_no_datagram},
  {"O_NONBLOCK and MSG_DONTWAIT never wait", o_nonblock_and_msg_dontwait_never_wait},
  {"a non-blocking send may be partial", a_non_blocking_send_may_be_partial},
  {"a blocking send sends all", a_blocking_send_sends_all},
  {"a blocking write to a pipe writes all", a_blocking_write_to_a_pipe_writes_all},
  {"an error after a partial send waits for the next call", an_error_after_a_partial_send_waits_for_the_next_call},
  {"a broken pipe raises no signal", a_broken_pipe_raises_no_signal},
  {NULL, NULL},
};
