/*
 * The reference of the call cases: the loops of calls.ts. For each letter on
 * standard input it makes one round and prints how often it did it:
 * `e` for recv() of an empty socket, `p` for write() and read() of 64 bytes on
 * a connection with itself, `d` for passing it a descriptor.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define EMPTY_CALLS 100000
#define PAIRS 20000
#define PASSES 20000

static uint8_t buffer[64];
static int near;
static int far;

static void fail(const char *what)
{
  perror(what);
  exit(1);
}

static void open_pair(void)
{
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof(address);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  near = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *) &address, length) < 0 || listen(listener, 1) < 0)
    fail("listen");
  if (getsockname(listener, (struct sockaddr *) &address, &length) < 0)
    fail("getsockname");
  if (connect(near, (struct sockaddr *) &address, length) < 0)
    fail("connect");
  far = accept(listener, NULL, NULL);
  if (far < 0)
    fail("accept");
}

static int receive_nothing(void)
{
  for (int i = 0; i < EMPTY_CALLS; i++) {
    if (recv(near, buffer, sizeof(buffer), MSG_DONTWAIT) != -1 || errno != EAGAIN)
      fail("recv");
  }
  return EMPTY_CALLS;
}

static int pass_bytes(void)
{
  for (int i = 0; i < PAIRS; i++) {
    buffer[i % 64] = (uint8_t) i;
    if (write(near, buffer, sizeof(buffer)) != 64)
      fail("write");
    buffer[i % 64] = (uint8_t) ~i;
    if (read(far, buffer, sizeof(buffer)) != 64 || buffer[i % 64] != (uint8_t) i)
      fail("read");
  }
  return PAIRS;
}

/* One byte and one descriptor, through a pair of Unix sockets. */
static int pass_descriptors(void)
{
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
    fail("socketpair");
  struct iovec iovec = {.iov_base = buffer, .iov_len = 1};
  _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  struct msghdr message = {.msg_iov = &iovec, .msg_iovlen = 1, .msg_control = control};
  struct cmsghdr *header = (struct cmsghdr *) control;
  for (int i = 0; i < PASSES; i++) {
    message.msg_controllen = sizeof(control);
    *header = (struct cmsghdr) {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(header), &near, sizeof(near));
    if (sendmsg(pair[0], &message, 0) != 1)
      fail("sendmsg");
    int received = -1;
    if (recvmsg(pair[1], &message, 0) != 1 || header->cmsg_type != SCM_RIGHTS)
      fail("recvmsg");
    memcpy(&received, CMSG_DATA(header), sizeof(received));
    if (close(received) < 0)
      fail("close");
  }
  close(pair[0]);
  close(pair[1]);
  return PASSES;
}

static int run(char letter)
{
  switch (letter) {
  case 'e':
    return receive_nothing();
  case 'd':
    return pass_descriptors();
  default:
    return pass_bytes();
  }
}

static void *idle(void *nothing)
{
  pause();
  return nothing;
}

/* With an argument the process has a second thread, which does nothing. */
int main(int argc, char **argv)
{
  (void) argv;
  pthread_t thread;
  if (argc > 1 && pthread_create(&thread, NULL, idle, NULL) != 0)
    return 1;
  open_pair();
  char letter;
  while (read(STDIN_FILENO, &letter, 1) == 1) {
    printf("%d\n", run(letter));
    fflush(stdout);
  }
  return 0;
}
