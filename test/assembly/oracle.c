/* Answers what C says, one line per line of input: a function and its argument. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

static size_t from_hex(const char *hex, unsigned char *bytes, size_t capacity) {
  size_t size = 0;
  unsigned int byte;
  while (size < capacity && sscanf(hex + 2 * size, "%2x", &byte) == 1)
    bytes[size++] = (unsigned char) byte;
  return size;
}

static void print_parsed(int status, const unsigned char *address, size_t size) {
  printf("%d ", status);
  for (size_t i = 0; status == 1 && i < size; i++)
    printf("%02x", address[i]);
  printf("\n");
}

static void answer(const char *function, const char *argument) {
  unsigned char bytes[4096] = {0};
  unsigned char address[16] = {0};
  char text[INET6_ADDRSTRLEN];

  if (strcmp(function, "strerror") == 0) {
    printf("%s\n", strerror(atoi(argument)));
    return;
  }
  bytes[from_hex(argument, bytes, sizeof(bytes) - 1)] = 0;
  if (strcmp(function, "pton4") == 0)
    print_parsed(inet_pton(AF_INET, (char *) bytes, address), address, 4);
  else if (strcmp(function, "pton6") == 0)
    print_parsed(inet_pton(AF_INET6, (char *) bytes, address), address, 16);
  else if (strcmp(function, "aton") == 0)
    print_parsed(inet_aton((char *) bytes, (struct in_addr *) address), address, 4);
  else if (strcmp(function, "addr") == 0)
    printf("%u\n", inet_addr((char *) bytes));
  else if (strcmp(function, "ntop4") == 0)
    printf("%s\n", inet_ntop(AF_INET, bytes, text, sizeof(text)));
  else if (strcmp(function, "ntop6") == 0)
    printf("%s\n", inet_ntop(AF_INET6, bytes, text, sizeof(text)));
}

#define OFFSET(type, field) printf("%s.%s %zu\n", #type, #field, offsetof(struct type, field))

static void print_layouts(void) {
  OFFSET(sockaddr_in, sin_family);
  OFFSET(sockaddr_in, sin_port);
  OFFSET(sockaddr_in, sin_addr);
  printf("sockaddr_in %zu\n", sizeof(struct sockaddr_in));
  OFFSET(sockaddr_in6, sin6_family);
  OFFSET(sockaddr_in6, sin6_port);
  OFFSET(sockaddr_in6, sin6_flowinfo);
  OFFSET(sockaddr_in6, sin6_addr);
  OFFSET(sockaddr_in6, sin6_scope_id);
  printf("sockaddr_in6 %zu\n", sizeof(struct sockaddr_in6));
  OFFSET(sockaddr_un, sun_family);
  OFFSET(sockaddr_un, sun_path);
  printf("sockaddr_un %zu\n", sizeof(struct sockaddr_un));
}

int main(void) {
  char line[9000];
  char function[16];
  char argument[8200];
  while (fgets(line, sizeof(line), stdin) != NULL) {
    argument[0] = '\0';
    if (sscanf(line, "%15s %8199s", function, argument) < 1)
      continue;
    if (strcmp(function, "layouts") == 0)
      print_layouts();
    else
      answer(function, argument);
  }
  return 0;
}
