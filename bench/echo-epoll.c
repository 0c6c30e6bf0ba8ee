/* The reference of the case `many`: an echo server for any number of clients, with epoll, level-triggered. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 256

static int set;

static int fail(const char *what)
{
  perror(what);
  return 1;
}

static int watch(int fd)
{
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  return epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
}

static void serve(int client)
{
  static _Alignas(64) char buffer[65536];
  ssize_t size = read(client, buffer, sizeof(buffer));
  if (size < 0 && errno == EAGAIN)
    return;
  /* A message of this benchmark fits into any socket's buffer. */
  if (size <= 0 || write(client, buffer, (size_t) size) != size)
    close(client);
}

int main(void)
{
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof(address);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (listener < 0)
    return fail("socket");
  if (bind(listener, (struct sockaddr *) &address, length) < 0)
    return fail("bind");
  if (listen(listener, 4096) < 0)
    return fail("listen");
  if (getsockname(listener, (struct sockaddr *) &address, &length) < 0)
    return fail("getsockname");
  set = epoll_create1(EPOLL_CLOEXEC);
  if (set < 0 || watch(listener) < 0)
    return fail("epoll");
  fprintf(stderr, "listening on 127.0.0.1:%d\n", ntohs(address.sin_port));

  struct epoll_event events[EVENTS];
  for (;;) {
    int ready = epoll_wait(set, events, EVENTS, -1);
    if (ready < 0)
      return fail("epoll_wait");
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (fd != listener) {
        serve(fd);
        continue;
      }
      int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
      if (client >= 0 && watch(client) < 0)
        return fail("epoll_ctl");
    }
  }
}
