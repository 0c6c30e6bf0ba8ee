/* The reference of the case `unix`: echo.c on a Unix stream socket, under an abstract name that the kernel chooses. */
#define _GNU_SOURCE
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
    serve(client);
    close(client);
  }
}
