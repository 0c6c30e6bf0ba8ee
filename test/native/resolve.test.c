#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

#define NAME(text) (const uint8_t *) (text), strlen(text)
#define ENTRY_SIZE 20
#define RUNNING_MAX 16

/* A file of the test's own in the place of one in /etc. */
static void replace(const char *path, const char *text)
{
  char own[] = "/tmp/sockyard-native-XXXXXX";
  int fd = mkstemp(own);
  TRUE(fd >= 0);
  EQUAL(write(fd, text, strlen(text)), strlen(text));
  close(fd);
  EQUAL(mount(own, path, NULL, MS_BIND, NULL), 0);
  unlink(own);
}

/* A network with nothing but loopback, and a resolver that asks there; false where the machine forbids it. */
static bool enter_network(void)
{
  struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  if (unshare(CLONE_NEWNET | CLONE_NEWNS) == -1 && unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) == -1)
    return false;
  EQUAL(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  EQUAL(ioctl(fd, SIOCSIFFLAGS, &loopback), 0);
  close(fd);
  replace("/etc/resolv.conf", "nameserver 127.0.0.1\nsearch evil.test\noptions timeout:1 attempts:1\n");
  replace("/etc/hosts", "127.0.0.1 localhost\n");
  replace("/etc/nsswitch.conf", "hosts: files dns\n");
  return true;
}

/* A server: 192.0.2.1 for names that begin with 'h', silence for 's', no such name for all others. */
static void *serve(void *argument)
{
  int fd = *(int *) argument;
  for (;;) {
    uint8_t message[600];
    struct sockaddr_in from;
    socklen_t size = sizeof(from);
    ssize_t length = recvfrom(fd, message, 512, 0, (void *) &from, &size);
    if (length < 17)
      return NULL;
    static const uint8_t record[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1};
    if (message[13] == 's')
      continue;
    message[2] |= 0x80;
    message[3] = message[13] == 'h' ? 0x80 : 0x83;
    /* The OPT record, if there was one, is dropped. */
    message[11] = 0;
    size_t end = 12 + strlen((const char *) message + 12) + 5;
    if (message[13] == 'h' && message[end - 3] == 1) {
      message[7] = 1;
      memcpy(message + end, record, sizeof(record));
      end += sizeof(record);
    }
    sendto(fd, message, end, 0, (void *) &from, size);
  }
}

static int server_start(pthread_t *thread, int *fd)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons(53), .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
  *fd = socket(AF_INET, SOCK_DGRAM, 0);
  EQUAL(bind(*fd, (void *) &address, sizeof(address)), 0);
  return pthread_create(thread, NULL, serve, fd);
}

/* Ends the server, and waits for look-ups that nobody waits for any more. */
static void server_stop(pthread_t thread, int fd)
{
  int threads;
  /* That it is not connected is no news; it wakes the server all the same. */
  shutdown(fd, SHUT_RD);
  pthread_join(thread, NULL);
  close(fd);
  do {
    DIR *tasks = opendir("/proc/self/task");
    TRUE(tasks != NULL);
    for (threads = -2; readdir(tasks) != NULL; threads++)
      continue;
    closedir(tasks);
    sched_yield();
  } while (threads > 1);
}

/* What a guest does that waits for nothing else. */
static int look_up(const struct context *context, const uint8_t *name, size_t size, int family, void *entries, size_t room)
{
  int fd = kernel_start_getaddrinfo(name, size, family);
  if (fd < 0)
    return fd;
  struct pollfd pollfd = {.fd = fd, .events = POLLIN};
  int ready = kernel_poll(context, &pollfd, sizeof(pollfd), 1, -1);
  int result = ready < 0 ? ready : kernel_finish_getaddrinfo(fd, entries, room);
  close(fd);
  return result;
}

static void addresses_are_the_systems(void)
{
  struct guest guest;
  pthread_t server;
  int fd;
  if (!enter_network())
    return;
  EQUAL(server_start(&server, &fd), 0);
  guest_open(&guest);
  uint8_t entries[3 * ENTRY_SIZE];
  static const uint8_t wanted[ENTRY_SIZE] = {AF_INET, 0, 0, 0, 192, 0, 2, 1};
  memset(entries, 0xaa, sizeof(entries));
  EQUAL(look_up(&guest.context, NAME("host.test."), AF_INET, entries, sizeof(entries)), 1);
  SAME_BYTES(entries, wanted, ENTRY_SIZE);
  EQUAL(entries[ENTRY_SIZE], 0xaa);
  EQUAL(look_up(&guest.context, NAME("host.test."), AF_UNSPEC, entries, sizeof(entries)), 1);
  /* No room is no fault: the count is the answer. */
  EQUAL(look_up(&guest.context, NAME("host.test."), AF_INET, entries, 0), 1);
  EQUAL(look_up(&guest.context, NAME("none.test."), AF_INET, entries, sizeof(entries)), -ENOENT);
  EQUAL(look_up(&guest.context, NAME("host.test."), AF_INET6, entries, sizeof(entries)), -ENOENT);
  EQUAL(look_up(&guest.context, NAME("silent.test."), AF_INET, entries, sizeof(entries)), -EAGAIN);
  EQUAL(look_up(&guest.context, NAME("host.test."), 99, entries, sizeof(entries)), -EIO);
  guest_close(&guest);
  server_stop(server, fd);
}

static void names_that_are_none_do_not_reach_the_system(void)
{
  struct guest guest;
  char overlong[256];
  guest_open(&guest);
  memset(overlong, 'a', sizeof(overlong));
  EQUAL(look_up(&guest.context, NAME(""), AF_INET, NULL, 0), -EINVAL);
  EQUAL(look_up(&guest.context, NAME("Host"), AF_INET, NULL, 0), -EINVAL);
  EQUAL(look_up(&guest.context, NAME("a b"), AF_INET, NULL, 0), -EINVAL);
  EQUAL(look_up(&guest.context, NAME("::1"), AF_INET, NULL, 0), -EINVAL);
  EQUAL(look_up(&guest.context, NAME("a%lo"), AF_INET, NULL, 0), -EINVAL);
  EQUAL(look_up(&guest.context, (const uint8_t *) "a\0b", 3, AF_INET, NULL, 0), -EINVAL);
  EQUAL(look_up(&guest.context, (const uint8_t *) overlong, 255, AF_INET, NULL, 0), -EINVAL);
  guest_close(&guest);
}

static void a_cancelled_guest_does_not_wait_for_the_system(void)
{
  struct guest guest;
  struct later later;
  pthread_t server;
  int fd;
  uint8_t entries[ENTRY_SIZE];
  if (!enter_network())
    return;
  EQUAL(server_start(&server, &fd), 0);
  guest_open(&guest);
  later_start(&later, later_cancel, &guest);
  int64_t start = milliseconds();
  EQUAL(look_up(&guest.context, NAME("silent.test."), AF_INET, entries, sizeof(entries)), -ECANCELED);
  TRUE(milliseconds() - start < 900);
  later_done(&later, &guest);
  guest_close(&guest);
  server_stop(server, fd);
}

static void an_answer_comes_once_and_not_too_early(void)
{
  struct guest guest;
  pthread_t server;
  int fd;
  uint8_t entries[ENTRY_SIZE];
  if (!enter_network())
    return;
  EQUAL(server_start(&server, &fd), 0);
  guest_open(&guest);
  int silent = kernel_start_getaddrinfo(NAME("silent.test."), AF_INET);
  int known = kernel_start_getaddrinfo(NAME("host.test."), AF_INET);
  EQUAL(kernel_finish_getaddrinfo(silent, entries, sizeof(entries)), -EINPROGRESS);
  struct pollfd pollfd = {.fd = known, .events = POLLIN};
  EQUAL(kernel_poll(&guest.context, &pollfd, sizeof(pollfd), 1, -1), 1);
  EQUAL(kernel_finish_getaddrinfo(known, entries, sizeof(entries)), 1);
  while (kernel_finish_getaddrinfo(known, entries, sizeof(entries)) == -EINPROGRESS)
    sched_yield();
  EQUAL(kernel_finish_getaddrinfo(known, entries, sizeof(entries)), -EIO);
  EQUAL(kernel_finish_getaddrinfo(silent, entries, sizeof(entries)), -EINPROGRESS);
  close(known);
  close(silent);
  guest_close(&guest);
  server_stop(server, fd);
}

static void look_ups_are_bounded(void)
{
  struct guest guest;
  pthread_t server;
  int fds[RUNNING_MAX];
  uint8_t entries[ENTRY_SIZE];
  int fd;
  if (!enter_network())
    return;
  EQUAL(server_start(&server, &fd), 0);
  guest_open(&guest);
  for (int i = 0; i < RUNNING_MAX; i++)
    TRUE((fds[i] = kernel_start_getaddrinfo(NAME("silent.test."), AF_INET)) >= 0);
  EQUAL(kernel_start_getaddrinfo(NAME("host.test."), AF_INET), -EAGAIN);
  /* Their threads go on until the system gives up, whoever has gone. */
  for (int i = 0; i < RUNNING_MAX; i++)
    close(fds[i]);
  EQUAL(kernel_start_getaddrinfo(NAME("host.test."), AF_INET), -EAGAIN);
  int result;
  while ((result = look_up(&guest.context, NAME("host.test."), AF_INET, entries, sizeof(entries))) != 1) {
    EQUAL(result, -EAGAIN);
    sched_yield();
  }
  guest_close(&guest);
  server_stop(server, fd);
}

const struct test resolve_tests[] = {
  {"addresses are the system's", addresses_are_the_systems},
  {"names that are none do not reach the system", names_that_are_none_do_not_reach_the_system},
  {"a cancelled guest does not wait for the system", a_cancelled_guest_does_not_wait_for_the_system},
  {"an answer comes once, and not too early", an_answer_comes_once_and_not_too_early},
  {"look-ups are bounded", look_ups_are_bounded},
  {NULL, NULL},
};
