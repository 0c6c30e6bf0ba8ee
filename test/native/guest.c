#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "../../host/native/kernel_memory.h"
#include "check.h"

void guest_open(struct guest *guest)
{
  memset(guest, 0, sizeof(*guest));
  guest->context.memory = calloc(1, MEMORY_SIZE);
  guest->context.memory_size = MEMORY_SIZE;
  guest->context.mailbox = &guest->mailbox;
  guest->context.cancel_fd = kernel_create_cancel();
  TRUE(guest->context.cancel_fd >= 0);
  EQUAL(kernel_watch_cancel(guest->context.cancel_fd), 0);
}

void guest_close(struct guest *guest)
{
  EQUAL(kernel_close(guest->context.cancel_fd), 0);
  free(guest->context.destinations);
  free(guest->context.memory);
}

void guest_store_iovec(struct guest *guest, uint32_t at, uint32_t pointer, uint32_t size)
{
  const uint32_t fields[2] = {pointer, size};
  memcpy(guest->context.memory + at, fields, sizeof(fields));
}

void guest_store_msghdr(struct guest *guest, uint32_t at, struct guest_msghdr header)
{
  memcpy(guest->context.memory + at, &header, sizeof(header));
}

uint32_t hostile_number(uint32_t *state)
{
  static const uint32_t edges[] = {0, MEMORY_SIZE, INT32_MAX, UINT32_MAX, (uint32_t) INT32_MIN, KERNEL_MAX_COUNT};
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  uint32_t edge = edges[*state % (sizeof(edges) / sizeof(edges[0]))];
  switch (*state >> 29) {
  case 0:
    return *state;
  case 1:
  case 2:
    return *state % MEMORY_SIZE;
  default:
    return edge + (*state >> 8) % 17 - 8;
  }
}

void guest_loopback(struct guest *guest, uint16_t port)
{
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  memcpy(guest->mailbox.address, &address, sizeof(address));
  guest->mailbox.address_length = sizeof(address);
}

void guest_name_of(struct guest *guest, int fd)
{
  /* A bind to the family alone asks for an abstract name (unix(7), autobind). */
  const sa_family_t family = AF_UNIX;
  memcpy(guest->mailbox.address, &family, sizeof(family));
  guest->mailbox.address_length = sizeof(family);
  EQUAL(kernel_bind(&guest->context, fd), 0);
  EQUAL(kernel_getsockname(&guest->context, fd), 0);
}

int guest_listen(struct guest *guest)
{
  int fd = kernel_socket(AF_INET, SOCK_STREAM, 0);
  guest_loopback(guest, 0);
  EQUAL(kernel_bind(&guest->context, fd), 0);
  EQUAL(kernel_listen(fd, 8), 0);
  EQUAL(kernel_getsockname(&guest->context, fd), 0);
  return fd;
}

void guest_tcp_pair(struct guest *guest, int pair[2])
{
  int listener = guest_listen(guest);
  pair[0] = kernel_socket(AF_INET, SOCK_STREAM, 0);
  EQUAL(kernel_connect(&guest->context, pair[0]), 0);
  pair[1] = kernel_accept4(&guest->context, listener, 0);
  TRUE(pair[1] >= 0);
  EQUAL(kernel_close(listener), 0);
}

void set_timeout(int fd, int option, int milliseconds)
{
  const struct timeval time = {.tv_usec = milliseconds * 1000};
  EQUAL(kernel_setsockopt(fd, SOL_SOCKET, option, &time, sizeof(time)), 0);
}

size_t fill(int fd)
{
  static const char block[4096];
  size_t total = 0;
  int flags = fcntl(fd, F_GETFL);
  fcntl(fd, F_SETFL, flags | O_NONBLOCK);
  for (;;) {
    ssize_t count = write(fd, block, sizeof(block));
    if (count > 0)
      total += (size_t) count;
    else if (errno == EAGAIN)
      break;
  }
  fcntl(fd, F_SETFL, flags);
  return total;
}

void drain(int fd, size_t size)
{
  static char block[65536];
  while (size > 0) {
    ssize_t count = read(fd, block, size < sizeof(block) ? size : sizeof(block));
    if (count <= 0)
      break;
    size -= (size_t) count;
  }
  EQUAL(size, 0);
}

void later_cancel(void *guest)
{
  const struct timespec pause = {.tv_nsec = 1000000};
  atomic_bool *done = &((struct guest *) guest)->done;
  while (!atomic_load(done)) {
    EQUAL(kernel_fire_cancel(((struct guest *) guest)->context.cancel_fd), 0);
    nanosleep(&pause, NULL);
  }
}
