/*
 * load ping|bulk|connect|udp|udp-many PORT MILLISECONDS
 * load unix @NAME MILLISECONDS
 *
 * One client of an echo server on 127.0.0.1 or under an abstract name, the same for every server: sends a
 * message, waits for the whole answer, compares it, and so on until the time is
 * over. In udp-many it is a hundred clients, which take turns. Prints the messages and the nanoseconds that they took.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define LARGEST 65536
#define CLIENTS 100

/* A server that does not answer for so long is taken for dead. */
#define PATIENCE 10

static _Alignas(64) uint8_t message[LARGEST];
static _Alignas(64) uint8_t answer[LARGEST];

static _Noreturn void fail(const char *what)
{
  fprintf(stderr, "load: %s: %s\n", what, errno == 0 ? "not what was sent" : strerror(errno));
  exit(1);
}

static int64_t now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int open_socket(int domain, int type)
{
  struct timeval patience = {.tv_sec = PATIENCE};
  int fd = socket(domain, type, 0);
  if (fd < 0)
    fail("socket");
  if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0 ||
      setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) < 0)
    fail("setsockopt");
  return fd;
}

static int dial_inet(int type, uint16_t port)
{
  int on = 1;
  int fd = open_socket(AF_INET, type);
  if (type == SOCK_STREAM && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0)
    fail("setsockopt");
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  if (connect(fd, (struct sockaddr *) &address, sizeof(address)) < 0)
    fail("connect");
  return fd;
}

static int dial_unix(const char *name)
{
  int fd = open_socket(AF_UNIX, SOCK_STREAM);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t size = strlen(name + 1);
  if (size > sizeof(address.sun_path) - 1)
    size = sizeof(address.sun_path) - 1;
  memcpy(address.sun_path + 1, name + 1, size);
  if (connect(fd, (struct sockaddr *) &address, (socklen_t) (offsetof(struct sockaddr_un, sun_path) + 1 + size)) < 0)
    fail("connect");
  return fd;
}

static int dial(const char *how, const char *where)
{
  if (strcmp(how, "unix") == 0)
    return dial_unix(where);
  return dial_inet(strncmp(how, "udp", 3) == 0 ? SOCK_DGRAM : SOCK_STREAM, (uint16_t) atoi(where));
}

/* Resets the connection: an orderly end would hold the client's port in TIME_WAIT, and soon all ports. */
static void hang_up(int fd)
{
  struct linger linger = {.l_onoff = 1, .l_linger = 0};
  if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)) < 0 || close(fd) < 0)
    fail("close");
}

/* Every message differs from the one before at both ends, so an old answer cannot pass for a new one. */
static void exchange(int fd, size_t size, uint64_t sequence)
{
  memcpy(message, &sequence, sizeof(sequence));
  memcpy(message + size - sizeof(sequence), &sequence, sizeof(sequence));
  for (size_t sent = 0; sent < size;) {
    ssize_t count = send(fd, message + sent, size - sent, MSG_NOSIGNAL);
    if (count < 0)
      fail("send");
    sent += (size_t) count;
  }
  for (size_t received = 0; received < size;) {
    ssize_t count = recv(fd, answer + received, size - received, 0);
    if (count < 0)
      fail("recv");
    if (count == 0) {
      errno = ECONNRESET;
      fail("recv");
    }
    received += (size_t) count;
  }
  errno = 0;
  if (memcmp(message, answer, size) != 0)
    fail("the answer");
}

int main(int argc, char **argv)
{
  if (argc != 4)
    return 2;
  size_t size = strcmp(argv[1], "bulk") == 0 ? LARGEST : 64;
  int reconnect = strcmp(argv[1], "connect") == 0;
  for (size_t i = 0; i < LARGEST; i++)
    message[i] = (uint8_t) (i * 31 + i / 251);

  int fds[CLIENTS];
  size_t clients = strcmp(argv[1], "udp-many") == 0 ? CLIENTS : 1;
  for (size_t i = 0; !reconnect && i < clients; i++)
    fds[i] = dial(argv[1], argv[2]);
  uint64_t count = 0;
  int64_t start = now();
  int64_t end = start + atoi(argv[3]) * INT64_C(1000000);
  int64_t time;
  do {
    if (reconnect)
      fds[0] = dial(argv[1], argv[2]);
    exchange(fds[count % clients], size, count);
    count++;
    if (reconnect)
      hang_up(fds[0]);
    time = now();
  } while (time < end);

  printf("%llu %lld\n", (unsigned long long) count, (long long) (time - start));
  return 0;
}
