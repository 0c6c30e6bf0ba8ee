/*
 * load-pass @NAME MILLISECONDS
 *
 * Passes a TCP socket to a server under an abstract name, waits for the server's
 * answer that it has it, and so on. Prints the passes and the nanoseconds that
 * they took.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>

/* A server that does not answer for so long is taken for dead. */
#define PATIENCE 10

static _Noreturn void fail(const char *what)
{
  fprintf(stderr, "load-pass: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int64_t now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int dial(const char *name)
{
  struct timeval patience = {.tv_sec = PATIENCE};
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t size = strlen(name + 1);
  if (size > sizeof(address.sun_path) - 1)
    size = sizeof(address.sun_path) - 1;
  memcpy(address.sun_path + 1, name + 1, size);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0 ||
      connect(fd, (struct sockaddr *) &address, (socklen_t) (offsetof(struct sockaddr_un, sun_path) + 1 + size)) < 0)
    fail("connect");
  return fd;
}

static void pass(int server, int fd, uint8_t byte)
{
  uint8_t answer;
  struct iovec iovec = {.iov_base = &byte, .iov_len = 1};
  _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  struct msghdr message = {
    .msg_iov = &iovec, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
  struct cmsghdr *header = (struct cmsghdr *) control;
  *header = (struct cmsghdr) {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  memcpy(CMSG_DATA(header), &fd, sizeof(fd));
  if (sendmsg(server, &message, MSG_NOSIGNAL) != 1)
    fail("sendmsg");
  if (recv(server, &answer, 1, 0) != 1 || answer != byte)
    fail("recv");
}

int main(int argc, char **argv)
{
  if (argc != 3)
    return 2;
  int server = dial(argv[1]);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0)
    fail("socket");
  uint64_t count = 0;
  int64_t start = now();
  int64_t end = start + atoi(argv[2]) * INT64_C(1000000);
  int64_t time;
  do {
    pass(server, fd, (uint8_t) count++);
    time = now();
  } while (time < end);
  printf("%llu %lld\n", (unsigned long long) count, (long long) (time - start));
  return 0;
}
