/*
 * load-many CONNECTIONS PORT MILLISECONDS
 *
 * Many clients of an echo server on 127.0.0.1 at once: each sends 64 bytes, and
 * when they have come back the next 64. Prints the messages and the nanoseconds
 * that they took, the connecting not counted.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SIZE 64
#define EVENTS 256
/* A server that answers nobody for so long is taken for dead. */
#define PATIENCE 10000

struct client {
  int fd;
  uint64_t sequence;
  size_t received;
  uint8_t answer[SIZE];
};

static uint8_t message[SIZE];

static _Noreturn void fail(const char *what)
{
  fprintf(stderr, "load-many: %s: %s\n", what, errno == 0 ? "not what was sent" : strerror(errno));
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
  int on = 1;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0 ||
      connect(fd, (struct sockaddr *) &address, sizeof(address)) < 0)
    fail("connect");
  return fd;
}

/* Each message differs from every other, its connection's and its turn's. */
static const uint8_t *compose(const struct client *client)
{
  memcpy(message, &client->sequence, sizeof(client->sequence));
  memcpy(message + SIZE - sizeof(client->fd), &client->fd, sizeof(client->fd));
  return message;
}

static void ask(struct client *client)
{
  client->sequence++;
  client->received = 0;
  if (send(client->fd, compose(client), SIZE, MSG_NOSIGNAL) != SIZE)
    fail("send");
}

/* Returns whether an answer is complete. */
static int hear(struct client *client)
{
  ssize_t count = recv(client->fd, client->answer + client->received, SIZE - client->received, MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN)
    return 0;
  if (count == 0)
    errno = ECONNRESET;
  if (count <= 0)
    fail("recv");
  client->received += (size_t) count;
  if (client->received < SIZE)
    return 0;
  errno = 0;
  if (memcmp(client->answer, compose(client), SIZE) != 0)
    fail("the answer");
  return 1;
}

int main(int argc, char **argv)
{
  if (argc != 4)
    return 2;
  size_t count = (size_t) atoi(argv[1]);
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);

  struct client *clients = calloc(count, sizeof(*clients));
  int set = epoll_create1(0);
  if (clients == NULL || set < 0)
    fail("epoll_create1");
  for (size_t i = 0; i < count; i++) {
    clients[i].fd = dial((uint16_t) atoi(argv[2]));
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &clients[i]};
    if (epoll_ctl(set, EPOLL_CTL_ADD, clients[i].fd, &event) < 0)
      fail("epoll_ctl");
  }

  uint64_t messages = 0;
  int64_t start = now();
  int64_t end = start + atoi(argv[3]) * INT64_C(1000000);
  for (size_t i = 0; i < count; i++)
    ask(&clients[i]);
  do {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(set, events, EVENTS, PATIENCE);
    if (ready <= 0) {
      errno = ready == 0 ? ETIMEDOUT : errno;
      fail("epoll_wait");
    }
    for (int i = 0; i < ready; i++) {
      if (hear(events[i].data.ptr)) {
        messages++;
        ask(events[i].data.ptr);
      }
    }
  } while (now() < end);
  printf("%llu %lld\n", (unsigned long long) messages, (long long) (now() - start));

  /* Resets, as an orderly end would hold the ports in TIME_WAIT. */
  struct linger linger = {.l_onoff = 1, .l_linger = 0};
  for (size_t i = 0; i < count; i++) {
    setsockopt(clients[i].fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    close(clients[i].fd);
  }
  free(clients);
  return 0;
}
