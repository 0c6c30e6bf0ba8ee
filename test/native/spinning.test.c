#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "check.h"

static double cpu_seconds(void)
{
  struct rusage usage;
  getrusage(RUSAGE_THREAD, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
    (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* A full queue of a datagram socket that is named, not connected: poll(2) says POLLOUT all the time. */
static void sendto_waits_for_room_without_spinning(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  struct later later;
  guest_open(&guest);
  int receiver = kernel_socket(AF_UNIX, SOCK_DGRAM, 0);
  int sender = kernel_socket(AF_UNIX, SOCK_DGRAM, 0);
  guest_name_of(&guest, receiver);
  while (kernel_sendto(context, sender, 0, 1, MSG_DONTWAIT) == 1)
    continue;

  guest_set_timeout(&guest, sender, SO_SNDTIMEO, 200);
  double before = cpu_seconds();
  TIMES_OUT(kernel_sendto(context, sender, 0, 1, 0), -EAGAIN);
  TRUE(cpu_seconds() - before < 0.1);
  struct timeval left;
  EQUAL(kernel_getsockopt(sender, SOL_SOCKET, SO_SNDTIMEO, &left, sizeof(left)), sizeof(left));
  EQUAL(left.tv_usec, 200000);

  guest_set_timeout(&guest, sender, SO_SNDTIMEO, 0);
  later_start(&later, later_cancel, &guest);
  EQUAL(kernel_sendto(context, sender, 0, 1, 0), -ECANCELED);
  later_join(&later);
  kernel_close(receiver);
  kernel_close(sender);
  guest_close(&guest);
}

/* An error queue that nobody reads keeps POLLERR on. */
static void a_pending_error_queue_does_not_spin(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  const int on = 1;
  guest_open(&guest);
  int closed = kernel_socket(AF_INET, SOCK_DGRAM, 0);
  int fd = kernel_socket(AF_INET, SOCK_DGRAM, 0);
  guest_loopback(&guest, 0);
  EQUAL(kernel_bind(context, closed), 0);
  EQUAL(kernel_getsockname(context, closed), 0);
  kernel_close(closed);
  EQUAL(kernel_setsockopt(context, fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on)), 0);
  EQUAL(kernel_connect(context, fd), 0);
  EQUAL(kernel_send(context, fd, 0, 1, 0), 1);
  EQUAL(kernel_recv(context, fd, 0, 1, 0), -ECONNREFUSED);

  guest_set_timeout(&guest, fd, SO_RCVTIMEO, 200);
  double before = cpu_seconds();
  TIMES_OUT(kernel_recv(context, fd, 0, 1, 0), -EAGAIN);
  TRUE(cpu_seconds() - before < 0.1);
  kernel_close(fd);
  guest_close(&guest);
}

static void a_peek_for_more_does_not_spin(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  int pair[2];
  guest_open(&guest);
  guest_tcp_pair(&guest, pair);
  EQUAL(send(pair[1], "ab", 2, 0), 2);
  guest_set_timeout(&guest, pair[0], SO_RCVTIMEO, 200);
  double before = cpu_seconds();
  TIMES_OUT(kernel_recv(context, pair[0], 0, 3, MSG_WAITALL | MSG_PEEK), 2);
  TRUE(cpu_seconds() - before < 0.1);
  kernel_close(pair[0]);
  kernel_close(pair[1]);
  guest_close(&guest);
}

/* Waits for a level that stays on while the call cannot proceed: none may use the processor. */
const struct test spinning_tests[] = {
  {"sendto waits for room without spinning", sendto_waits_for_room_without_spinning},
  {"a pending error queue does not spin", a_pending_error_queue_does_not_spin},
  {"a peek for more does not spin", a_peek_for_more_does_not_spin},
  {NULL, NULL},
};
