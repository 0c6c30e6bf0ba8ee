#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

/* How a call is cancelled: the one that is blocked, and the next one too. */
#define CANCELLED(guest, call)                  \
  do {                                          \
    struct later later;                         \
    later_start(&later, later_cancel, (guest)); \
    EQUAL((call), -ECANCELED);                  \
    EQUAL((call), -ECANCELED);                  \
    later_done(&later, (guest));                \
  } while (0)

static void every_socket_wait_can_be_cancelled(void)
{
  int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
  for (size_t i = 0; i < 3; i++) {
    struct guest guest;
    int pair[2];
    guest_open(&guest);
    EQUAL(socketpair(AF_UNIX, types[i], 0, pair), 0);
    CANCELLED(&guest, kernel_recv(&guest.context, pair[0], 0, 10, 0));
    guest_close(&guest);

    guest_open(&guest);
    fill(pair[0]);
    CANCELLED(&guest, kernel_send(&guest.context, pair[0], 0, 10, 0));
    guest_close(&guest);
    kernel_close(pair[0]);
    kernel_close(pair[1]);
  }
}

static void a_wait_for_the_rest_can_be_cancelled(void)
{
  struct guest guest;
  struct later later;
  int pair[2];
  guest_open(&guest);
  guest_tcp_pair(&guest, pair);
  EQUAL(send(pair[1], "ab", 2, 0), 2);
  later_start(&later, later_cancel, &guest);
  EQUAL(kernel_recv(&guest.context, pair[0], 0, 10, MSG_PEEK | MSG_WAITALL), 2);
  EQUAL(kernel_recv(&guest.context, pair[0], 0, 10, MSG_WAITALL), 2);
  EQUAL(kernel_recv(&guest.context, pair[0], 0, 10, MSG_WAITALL), -ECANCELED);
  later_done(&later, &guest);
  kernel_close(pair[0]);
  kernel_close(pair[1]);
  guest_close(&guest);
}

static void pipe_waits_can_be_cancelled(void)
{
  struct guest guest;
  int ends[2];
  EQUAL(pipe2(ends, O_CLOEXEC), 0);
  guest_open(&guest);
  CANCELLED(&guest, kernel_read(&guest.context, ends[0], 0, 10));
  guest_close(&guest);

  guest_open(&guest);
  fill(ends[1]);
  CANCELLED(&guest, kernel_write(&guest.context, ends[1], 0, 10));
  guest_close(&guest);
  kernel_close(ends[0]);
  kernel_close(ends[1]);
}

static void a_cancelled_write_tells_what_it_wrote(void)
{
  struct guest guest;
  struct later later;
  int ends[2];
  guest_open(&guest);
  EQUAL(pipe2(ends, O_CLOEXEC), 0);
  EQUAL(fcntl(ends[1], F_SETPIPE_SZ, 16384), 16384);
  later_start(&later, later_cancel, &guest);
  EQUAL(kernel_write(&guest.context, ends[1], 0, MEMORY_SIZE), 16384);
  later_done(&later, &guest);
  kernel_close(ends[0]);
  kernel_close(ends[1]);
  guest_close(&guest);
}

static void accept_and_poll_can_be_cancelled(void)
{
  struct guest guest;
  guest_open(&guest);
  int listener = guest_listen(&guest);
  CANCELLED(&guest, kernel_accept4(&guest.context, listener, 0));
  guest_close(&guest);

  guest_open(&guest);
  struct pollfd pollfd = {.fd = listener, .events = POLLIN};
  CANCELLED(&guest, kernel_poll(&guest.context, &pollfd, sizeof(pollfd), 1, -1));
  guest_close(&guest);
  kernel_close(listener);
}

static void so_rcvtimeo_and_so_sndtimeo_are_kept(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  int pair[2];
  guest_open(&guest);
  guest_tcp_pair(&guest, pair);
  int listener = guest_listen(&guest);
  set_timeout(pair[0], SO_RCVTIMEO, 30);
  set_timeout(listener, SO_RCVTIMEO, 30);
  TIMES_OUT(kernel_recv(context, pair[0], 0, 1, 0), -EAGAIN);
  TIMES_OUT(kernel_read(context, pair[0], 0, 1), -EAGAIN);
  EQUAL(send(pair[1], "ab", 2, 0), 2);
  TIMES_OUT(kernel_recv(context, pair[0], 0, 3, MSG_WAITALL | MSG_PEEK), 2);
  TIMES_OUT(kernel_recv(context, pair[0], 0, 3, MSG_WAITALL), 2);
  TIMES_OUT(kernel_accept4(context, listener, 0), -EAGAIN);
  kernel_close(listener);
  kernel_close(pair[0]);
  kernel_close(pair[1]);

  /* What fills a TCP socket moves on to its peer a moment later. */
  EQUAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  set_timeout(pair[0], SO_SNDTIMEO, 30);
  fill(pair[0]);
  TIMES_OUT(kernel_send(context, pair[0], 0, MEMORY_SIZE, 0), -EAGAIN);
  kernel_close(pair[0]);
  kernel_close(pair[1]);
  guest_close(&guest);
}

static void poll_counts_and_times_out(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  struct pollfd pollfds[100];
  int pair[2];
  guest_open(&guest);
  EQUAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  for (int i = 0; i < 100; i++)
    pollfds[i] = (struct pollfd) {.fd = pair[i % 2], .events = POLLIN};
  EQUAL(kernel_poll(context, pollfds, sizeof(pollfds), 100, 0), 0);
  TIMES_OUT(kernel_poll(context, pollfds, sizeof(pollfds), 1, 30e6), 0);
  EQUAL(write(pair[0], "x", 1), 1);
  pollfds[3].fd = -1;
  pollfds[98].fd = 1 << 20;
  EQUAL(kernel_poll(context, pollfds, sizeof(pollfds), 100, -1), 50);
  EQUAL(pollfds[0].revents, 0);
  EQUAL(pollfds[1].revents, POLLIN);
  EQUAL(pollfds[3].revents, 0);
  EQUAL(pollfds[98].revents, POLLNVAL);
  EQUAL(kernel_poll(context, pollfds, sizeof(pollfds), 101, 0), -EINVAL);
  EQUAL(kernel_poll(context, pollfds, sizeof(pollfds) - 1, 100, 0), -EINVAL);
  EQUAL(kernel_poll(context, pollfds, sizeof(pollfds), UINT32_MAX, 0), -EINVAL);
  TIMES_OUT(kernel_poll(context, NULL, 0, 0, 30e6), 0);
  kernel_close(pair[0]);
  kernel_close(pair[1]);
  guest_close(&guest);
}

static void ignore(int signal)
{
  (void) signal;
}

static void interrupt(void *argument)
{
  struct guest *guest = ((void **) argument)[0];
  pthread_t *thread = ((void **) argument)[1];
  const struct timespec pause = {.tv_nsec = 1000000};
  for (int i = 0; i < 20; i++) {
    pthread_kill(*thread, SIGUSR1);
    nanosleep(&pause, NULL);
  }
  later_cancel(guest);
}

static void a_signal_does_not_end_a_wait(void)
{
  struct guest guest;
  struct later later;
  struct sigaction action = {.sa_handler = ignore};
  pthread_t self = pthread_self();
  void *arguments[] = {&guest, &self};
  int pair[2];
  guest_open(&guest);
  sigaction(SIGUSR1, &action, NULL);
  EQUAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  later_start(&later, interrupt, arguments);
  EQUAL(kernel_recv(&guest.context, pair[0], 0, 1, 0), -ECANCELED);
  later_done(&later, &guest);
  kernel_close(pair[0]);
  kernel_close(pair[1]);
  guest_close(&guest);
}

static void interrupt_for_long(void *argument)
{
  struct guest *guest = ((void **) argument)[0];
  pthread_t *thread = ((void **) argument)[1];
  const struct timespec pause = {.tv_nsec = 1000000};
  while (!atomic_load(&guest->done)) {
    pthread_kill(*thread, SIGUSR1);
    nanosleep(&pause, NULL);
  }
}

/* As under a profiler: a call that begins anew at each signal would never end. */
static void time_outs_end_under_signals(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  struct later later;
  struct sigaction action = {.sa_handler = ignore};
  pthread_t self = pthread_self();
  void *arguments[] = {&guest, &self};
  int pair[2];
  guest_open(&guest);
  sigaction(SIGUSR1, &action, NULL);
  EQUAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  set_timeout(pair[0], SO_RCVTIMEO, 30);
  set_timeout(pair[0], SO_SNDTIMEO, 30);
  later_start(&later, interrupt_for_long, arguments);
  TIMES_OUT(kernel_recv(context, pair[0], 0, 1, 0), -EAGAIN);
  fill(pair[0]);
  TIMES_OUT(kernel_send(context, pair[0], 0, 1, 0), -EAGAIN);
  struct pollfd pollfd = {.fd = pair[0], .events = POLLIN};
  TIMES_OUT(kernel_poll(context, &pollfd, sizeof(pollfd), 1, 30e6), 0);
  later_done(&later, &guest);
  kernel_close(pair[0]);
  kernel_close(pair[1]);
  guest_close(&guest);
}

static void a_cancel_descriptor_is_one_of_ours(void)
{
  int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  EQUAL(kernel_watch_cancel(fd), -EINVAL);
  EQUAL(kernel_close(fd), 0);
  EQUAL(kernel_watch_cancel(fd), -EBADF);
}

static void randomness_can_be_cancelled(void)
{
  static uint8_t much[1 << 28];
  struct guest guest;
  struct later later;
  guest_open(&guest);
  struct context context = guest.context;
  context.memory = much;
  context.memory_size = sizeof(much);
  later_start(&later, later_cancel, &guest);
  /* Sleeps first, for the other thread to see. */
  EQUAL(kernel_poll(&context, NULL, 0, 0, -1), -ECANCELED);
  EQUAL(kernel_getrandom(&context, 0, sizeof(much)), -ECANCELED);
  later_done(&later, &guest);
  guest_close(&guest);
}

static void firing_twice_is_firing_once(void)
{
  int fd = kernel_create_cancel();
  EQUAL(kernel_fire_cancel(fd), 0);
  EQUAL(kernel_fire_cancel(fd), 0);
  uint64_t most = UINT64_MAX - 3;
  EQUAL(write(fd, &most, sizeof(most)), 8);
  EQUAL(kernel_fire_cancel(fd), 0);
  EQUAL(kernel_fire_cancel(-1), -EBADF);
  EQUAL(kernel_close(fd), 0);
}

static int milliseconds_of(clockid_t clock)
{
  struct timespec time;
  clock_gettime(clock, &time);
  return (int) (time.tv_sec * 1000 + time.tv_nsec / 1000000);
}

static void processor_time_is_that_of_the_thread_that_watches(void)
{
  struct guest guest;
  int unwatched = kernel_create_cancel();
  EQUAL(kernel_cpu_time(unwatched), -ESRCH);
  EQUAL(kernel_cpu_time(-1), -EBADF);
  EQUAL(kernel_close(unwatched), 0);

  guest_open(&guest);
  int before = milliseconds_of(CLOCK_THREAD_CPUTIME_ID);
  int used = kernel_cpu_time(guest.context.cancel_fd);
  TRUE(used >= before);
  while (milliseconds_of(CLOCK_THREAD_CPUTIME_ID) < before + 20) {
  }
  TRUE(kernel_cpu_time(guest.context.cancel_fd) >= before + 20);
  TRUE(kernel_cpu_time(guest.context.cancel_fd) <= milliseconds_of(CLOCK_THREAD_CPUTIME_ID));
  guest_close(&guest);
}

const struct test waiting_tests[] = {
  {"every socket wait can be cancelled", every_socket_wait_can_be_cancelled},
  {"a wait for the rest can be cancelled", a_wait_for_the_rest_can_be_cancelled},
  {"pipe waits can be cancelled", pipe_waits_can_be_cancelled},
  {"a cancelled write tells what it wrote", a_cancelled_write_tells_what_it_wrote},
  {"accept and poll can be cancelled", accept_and_poll_can_be_cancelled},
  {"SO_RCVTIMEO and SO_SNDTIMEO are kept", so_rcvtimeo_and_so_sndtimeo_are_kept},
  {"poll counts and times out", poll_counts_and_times_out},
  {"a signal does not end a wait", a_signal_does_not_end_a_wait},
  {"time-outs end under signals", time_outs_end_under_signals},
  {"a cancel descriptor is one of ours", a_cancel_descriptor_is_one_of_ours},
  {"randomness can be cancelled", randomness_can_be_cancelled},
  {"firing twice is firing once", firing_twice_is_firing_once},
  {"processor time is that of the thread that watches", processor_time_is_that_of_the_thread_that_watches},
  {NULL, NULL},
};
