/*
 * The reference of the case `pass`: takes a descriptor with each byte, closes it, and answers with the byte.
 *
 * With an argument it first asks what the descriptor is, as whoever judges it has to.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int fail(const char *what)
{
  perror(what);
  return 1;
}

#ifndef SO_TXREHASH
#define SO_TXREHASH 74
#endif

static int option(int fd, int level, int name)
{
  int answer;
  socklen_t length = sizeof(answer);
  return getsockopt(fd, level, name, &answer, &length) < 0 ? -1 : answer;
}

/* As kernel_is_tcp in host/native/kernel_socket.c. */
static bool is_tcp(int fd, bool only_tcp_rehashes)
{
  if (only_tcp_rehashes)
    return option(fd, SOL_SOCKET, SO_TXREHASH) >= 0;
  return option(fd, SOL_SOCKET, SO_PROTOCOL) == IPPROTO_TCP && option(fd, IPPROTO_TCP, 43 /* TCP_IS_MPTCP */) == 0;
}

static void serve(int client, bool asks)
{
  char byte;
  struct iovec iovec = {.iov_base = &byte, .iov_len = 1};
  _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  struct msghdr message = {.msg_iov = &iovec, .msg_iovlen = 1, .msg_control = control};
  bool only_tcp_rehashes = option(client, SOL_SOCKET, SO_TXREHASH) < 0;
  for (;;) {
    message.msg_controllen = sizeof(control);
    if (recvmsg(client, &message, 0) != 1)
      return;
    int received = -1;
    if (message.msg_controllen > 0)
      memcpy(&received, CMSG_DATA((struct cmsghdr *) control), sizeof(received));
    if (asks && !is_tcp(received, only_tcp_rehashes))
      return;
    if (close(received) < 0 || write(client, &byte, 1) != 1)
      return;
  }
}

int main(int argc, char *argv[])
{
  (void) argv;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  socklen_t length = sizeof(address);
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (listener < 0)
    return fail("socket");
  if (bind(listener, (struct sockaddr *) &address, sizeof(address.sun_family)) < 0)
    return fail("bind");
  if (listen(listener, 64) < 0)
    return fail("listen");
  if (getsockname(listener, (struct sockaddr *) &address, &length) < 0)
    return fail("getsockname");
  fprintf(stderr, "listening on @%.*s\n", (int) (length - sizeof(address.sun_family) - 1), address.sun_path + 1);

  for (;;) {
    int client = accept(listener, NULL, NULL);
    if (client < 0)
      return fail("accept");
    serve(client, argc > 1);
    close(client);
  }
}
