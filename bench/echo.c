/* The reference of the echo cases: a server in C that makes the same blocking calls as echo.ts. */
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

static void serve(int client)
{
  static _Alignas(64) char buffer[65536];
  ssize_t size;
  while ((size = read(client, buffer, sizeof(buffer))) > 0) {
    for (ssize_t sent = 0; sent < size;) {
      ssize_t written = write(client, buffer + sent, (size_t) (size - sent));
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
    length = sizeof(address);
    int client = accept(listener, (struct sockaddr *) &address, &length);
    if (client < 0)
      return fail("accept");
    serve(client);
    close(client);
  }
}
