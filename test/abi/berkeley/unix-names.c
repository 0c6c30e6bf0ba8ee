/*
 * Binds a Unix socket as its arguments say, and prints the errno and the length
 * that getsockname(2) tells, then the errno of a connect(2) to the same address.
 *
 *   TYPE LENGTH PATH     the path is repeated into sun_path, `@` first for NUL
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(int argc, char **argv) {
  char bytes[256] = {0};
  struct sockaddr_storage name;
  socklen_t size = sizeof(name);
  if (argc != 4)
    return 2;
  int type = atoi(argv[1]);
  socklen_t length = (socklen_t) atoi(argv[2]);
  bytes[0] = AF_UNIX;
  memcpy(bytes + 2, argv[3], strlen(argv[3]));
  if (bytes[2] == '@')
    bytes[2] = 0;

  int fd = socket(AF_UNIX, type, 0);
  int bound = bind(fd, (struct sockaddr *) bytes, length) == -1 ? errno : 0;
  int named = getsockname(fd, (struct sockaddr *) &name, &size) == -1 ? errno : 0;
  if (type != SOCK_DGRAM)
    listen(fd, 1);
  int peer = socket(AF_UNIX, type, 0);
  int connected = connect(peer, (struct sockaddr *) bytes, length) == -1 ? errno : 0;
  printf("%d %d %u %d\n", bound, named, size, connected);
  return 0;
}
