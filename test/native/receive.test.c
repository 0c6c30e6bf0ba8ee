#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "check.h"

static void send_three(void *fd)
{
  EQUAL(send(*(int *) fd, "xyz", 3, MSG_NOSIGNAL), 3);
}

static void send_six(void *fd)
{
  EQUAL(send(*(int *) fd, "xyzxyz", 6, MSG_NOSIGNAL), 6);
}

static void half_close(void *fd)
{
  send_three(fd);
  EQUAL(shutdown(*(int *) fd, SHUT_WR), 0);
}

static void msg_waitall_waits_for_all(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  struct later later;
  int pair[2];
  guest_open(&guest);
  guest_tcp_pair(&guest, pair);
  send_three(&pair[0]);
  later_start(&later, send_three, &pair[0]);
  EQUAL(kernel_recv(context, pair[1], 10, 6, MSG_WAITALL), 6);
  later_join(&later);
  SAME_BYTES(context->memory + 10, "xyzxyz", 6);

  send_three(&pair[0]);
  later_start(&later, send_three, &pair[0]);
  EQUAL(kernel_recv(context, pair[1], 20, 6, MSG_WAITALL | MSG_PEEK), 6);
  later_join(&later);
  SAME_BYTES(context->memory + 20, "xyzxyz", 6);

  later_start(&later, half_close, &pair[0]);
  EQUAL(kernel_recv(context, pair[1], 30, 100, MSG_WAITALL | MSG_PEEK), 9);
  later_join(&later);
  EQUAL(kernel_recv(context, pair[1], 30, 100, MSG_WAITALL), 9);
  EQUAL(kernel_recv(context, pair[1], 30, 100, MSG_WAITALL), 0);
  kernel_close(pair[0]);
  kernel_close(pair[1]);
  guest_close(&guest);
}

static void a_unix_peek_does_not_wait_for_all(void)
{
  struct guest guest;
  int pair[2];
  guest_open(&guest);
  EQUAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  send_three(&pair[0]);
  EQUAL(kernel_recv(&guest.context, pair[1], 0, 6, MSG_WAITALL | MSG_PEEK), 3);
  kernel_close(pair[0]);
  kernel_close(pair[1]);
  guest_close(&guest);
}

static void check_low_water(struct guest *guest, int pair[2])
{
  const int low_water = 6;
  int value = 0;
  struct later later;
  EQUAL(kernel_setsockopt(pair[1], SOL_SOCKET, SO_RCVLOWAT, &low_water, sizeof(low_water)), 0);
  /* In one piece: having taken three, TCP is not woken by three more (tcp_data_ready looks at what is queued). */
  later_start(&later, send_six, &pair[0]);
  EQUAL(kernel_recv(&guest->context, pair[1], 0, 100, 0), 6);
  later_join(&later);
  send_three(&pair[0]);
  EQUAL(kernel_recv(&guest->context, pair[1], 0, 2, 0), 2);
  EQUAL(kernel_recv(&guest->context, pair[1], 0, 2, MSG_DONTWAIT), 1);
  EQUAL(kernel_getsockopt(pair[1], SOL_SOCKET, SO_RCVLOWAT, &value, sizeof(value)), sizeof(value));
  EQUAL(value, low_water);
}

static void so_rcvlowat_is_waited_for(void)
{
  struct guest guest;
  int pair[2];
  guest_open(&guest);
  guest_tcp_pair(&guest, pair);
  check_low_water(&guest, pair);
  kernel_close(pair[0]);
  kernel_close(pair[1]);
  EQUAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  check_low_water(&guest, pair);
  kernel_close(pair[0]);
  kernel_close(pair[1]);
  guest_close(&guest);
}

static void msg_oob_and_msg_errqueue_never_wait(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  int pair[2];
  guest_open(&guest);
  guest_tcp_pair(&guest, pair);
  EQUAL(kernel_recv(context, pair[1], 0, 1, MSG_OOB), -EINVAL);
  EQUAL(kernel_recv(context, pair[1], 0, 1, MSG_ERRQUEUE), -EAGAIN);
  kernel_close(pair[0]);
  kernel_close(pair[1]);
  guest_close(&guest);
}

static void a_datagram_is_all_there_is(void)
{
  struct guest guest;
  int types[] = {SOCK_DGRAM, SOCK_SEQPACKET};
  int pair[2];
  guest_open(&guest);
  for (size_t i = 0; i < 2; i++) {
    EQUAL(socketpair(AF_UNIX, types[i], 0, pair), 0);
    send_three(&pair[0]);
    EQUAL(kernel_recv(&guest.context, pair[1], 0, 100, MSG_WAITALL), 3);
    kernel_close(pair[0]);
    kernel_close(pair[1]);
  }
  guest_close(&guest);
}

static void reset(void *fd)
{
  const struct linger linger = {.l_onoff = 1};
  EQUAL(setsockopt(*(int *) fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)), 0);
  kernel_close(*(int *) fd);
}

static void an_error_after_some_bytes_waits_for_the_next_call(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  struct later later;
  int pair[2];
  guest_open(&guest);
  guest_tcp_pair(&guest, pair);
  send_three(&pair[0]);
  later_start(&later, reset, &pair[0]);
  EQUAL(kernel_recv(context, pair[1], 0, 100, MSG_WAITALL), 3);
  later_join(&later);
  EQUAL(kernel_recv(context, pair[1], 0, 100, MSG_WAITALL), -ECONNRESET);
  EQUAL(kernel_recv(context, pair[1], 0, 100, MSG_WAITALL), 0);
  kernel_close(pair[1]);
  guest_close(&guest);
}

const struct test receive_tests[] = {
  {"MSG_WAITALL waits for all", msg_waitall_waits_for_all},
  {"a Unix peek does not wait for all", a_unix_peek_does_not_wait_for_all},
  {"SO_RCVLOWAT is waited for", so_rcvlowat_is_waited_for},
  {"MSG_OOB and MSG_ERRQUEUE never wait", msg_oob_and_msg_errqueue_never_wait},
  {"a datagram is all there is", a_datagram_is_all_there_is},
  {"an error after some bytes waits for the next call", an_error_after_some_bytes_waits_for_the_next_call},
  {NULL, NULL},
};
