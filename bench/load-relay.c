/*
 * load-relay PORT MEBIBYTES
 *
 * Both ends of a relay on 127.0.0.1: the first connection sends, the second
 * receives and compares, until the relay has passed on all of it and the end.
 * Prints the bytes and the nanoseconds that they took.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Byte n of the stream is byte n % PERIOD of the pattern: no power of two, so that nothing shifted passes. */
#define PERIOD 65521
#define CHUNK 65536

/* In milliseconds: a relay that moves nothing for so long is taken for dead. */
#define PATIENCE 10000

static _Alignas(64) uint8_t pattern[PERIOD + CHUNK];
static _Alignas(64) uint8_t answer[CHUNK];

static _Noreturn void fail(const char *what)
{
  fprintf(stderr, "load-relay: %s: %s\n", what, errno == 0 ? "not what was sent" : strerror(errno));
  exit(1);
}

static int64_t now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int dial(uint16_t port)
{
  struct sockaddr_in address = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}, {0}};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0)
    fail("socket");
  if (connect(fd, (struct sockaddr *) &address, sizeof(address)) < 0)
    fail("connect");
  return fd;
}

static int64_t send_some(int fd, int64_t sent, int64_t total)
{
  size_t size = total - sent < CHUNK ? (size_t) (total - sent) : CHUNK;
  ssize_t written = send(fd, pattern + sent % PERIOD, size, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (written < 0 && errno != EAGAIN)
    fail("send");
  if (written > 0 && sent + written == total)
    shutdown(fd, SHUT_WR);
  return written < 0 ? sent : sent + written;
}

static int64_t receive_some(int fd, int64_t received)
{
  ssize_t size = recv(fd, answer, CHUNK, MSG_DONTWAIT);
  if (size < 0 && errno == EAGAIN)
    return received;
  errno = size < 0 ? errno : 0;
  if (size <= 0 || memcmp(answer, pattern + received % PERIOD, (size_t) size) != 0)
    fail("recv");
  return received + size;
}

int main(int argc, char **argv)
{
  if (argc != 3)
    return 2;
  for (size_t i = 0; i < sizeof(pattern); i++)
    pattern[i] = (uint8_t) ((i % PERIOD) * 31 >> 3);
  int64_t total = strtoll(argv[2], NULL, 10) << 20;
  int source = dial((uint16_t) strtoul(argv[1], NULL, 10));
  int target = dial((uint16_t) strtoul(argv[1], NULL, 10));

  int64_t begin = now();
  int64_t sent = 0;
  for (int64_t received = 0; received < total;) {
    struct pollfd fds[] = {{target, POLLIN, 0}, {source, sent < total ? POLLOUT : 0, 0}};
    if (poll(fds, 2, PATIENCE) <= 0)
      fail("poll");
    if (fds[1].revents & POLLOUT)
      sent = send_some(source, sent, total);
    if (fds[0].revents != 0)
      received = receive_some(target, received);
  }
  int64_t end = now();
  if (recv(target, answer, 1, 0) != 0)
    fail("end");
  printf("%lld %lld\n", (long long) total, (long long) (end - begin));
  return 0;
}
