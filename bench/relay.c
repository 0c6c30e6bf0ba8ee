/* The reference of the case `copy`: a loop of read() and write() from the first of two clients to the second. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int fail(const char *what)
{
  perror(what);
  return 1;
}

/* As large as io.copy's. */
static _Alignas(64) char buffer[32 * 1024];

static void relay(int source, int target)
{
  ssize_t size;
  while ((size = read(source, buffer, sizeof(buffer))) > 0) {
    for (ssize_t sent = 0; sent < size;) {
      ssize_t written = write(target, buffer + sent, (size_t) (size - sent));
      if (written < 0)
        return;
      sent += written;
    }
  }
}

int main(void)
{
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof(address);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0)
    return fail("socket");
  if (bind(listener, (struct sockaddr *) &address, length) < 0)
    return fail("bind");
  if (listen(listener, 64) < 0)
    return fail("listen");
  if (getsockname(listener, (struct sockaddr *) &address, &length) < 0)
    return fail("getsockname");
  fprintf(stderr, "listening on 127.0.0.1:%d\n", ntohs(address.sin_port));

  for (;;) {
    int source = accept(listener, NULL, NULL);
    int target = accept(listener, NULL, NULL);
    if (source < 0 || target < 0)
      return fail("accept");
    relay(source, target);
    close(source);
    close(target);
  }
}
