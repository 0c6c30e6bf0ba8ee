/* The reference of the case `udp`: sends each datagram back to where it came from. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

static int fail(const char *what)
{
  perror(what);
  return 1;
}

int main(void)
{
  static _Alignas(64) char buffer[65536];
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof(address);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0)
    return fail("socket");
  if (bind(fd, (struct sockaddr *) &address, length) < 0)
    return fail("bind");
  if (getsockname(fd, (struct sockaddr *) &address, &length) < 0)
    return fail("getsockname");
  fprintf(stderr, "listening on 127.0.0.1:%d\n", ntohs(address.sin_port));

  for (;;) {
    length = sizeof(address);
    ssize_t size = recvfrom(fd, buffer, sizeof(buffer), 0, (struct sockaddr *) &address, &length);
    if (size < 0)
      return fail("recvfrom");
    if (sendto(fd, buffer, (size_t) size, 0, (struct sockaddr *) &address, length) < 0)
      return fail("sendto");
  }
}
