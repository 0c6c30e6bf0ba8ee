/* Answers what glibc's <netdb.h> says, one line per line of input: a function and its arguments.
 * Text is `x` and its bytes in hexadecimal digits, or `-` for NULL. */
#define _GNU_SOURCE
#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static unsigned char *from_hex(const char *argument, unsigned char *bytes, size_t capacity, size_t *size) {
  unsigned int byte;
  *size = 0;
  if (argument[0] == '-')
    return NULL;
  while (*size < capacity && sscanf(argument + 1 + 2 * *size, "%2x", &byte) == 1)
    bytes[(*size)++] = (unsigned char) byte;
  bytes[*size] = 0;
  return bytes;
}

static void print_aliases(char **aliases) {
  for (size_t i = 0; aliases[i] != NULL; i++)
    printf(" %s", aliases[i]);
  printf("\n");
}

static void print_service(const struct servent *entry) {
  if (entry == NULL) {
    printf("none\n");
    return;
  }
  printf("%s %d %s", entry->s_name, entry->s_port, entry->s_proto);
  print_aliases(entry->s_aliases);
}

static void print_protocol(const struct protoent *entry) {
  if (entry == NULL) {
    printf("none\n");
    return;
  }
  printf("%s %d", entry->p_name, entry->p_proto);
  print_aliases(entry->p_aliases);
}

static void print_addresses(int status, const struct addrinfo *info) {
  printf("%d", status);
  for (; status == 0 && info != NULL; info = info->ai_next) {
    printf(" %d/%d/%d/%d/", info->ai_flags, info->ai_family, info->ai_socktype, info->ai_protocol);
    for (size_t i = 0; i < info->ai_addrlen; i++)
      printf("%02x", ((const unsigned char *) info->ai_addr)[i]);
    printf("/%s", info->ai_canonname == NULL ? "-" : info->ai_canonname);
  }
  printf("\n");
}

static void answer(const char *function, char arguments[6][1100]) {
  unsigned char one[600], two[600];
  size_t size;

  if (strcmp(function, "gai") == 0) {
    struct addrinfo hints = {.ai_flags = atoi(arguments[0]),
                             .ai_family = atoi(arguments[1]),
                             .ai_socktype = atoi(arguments[2]),
                             .ai_protocol = atoi(arguments[3])};
    struct addrinfo *list = NULL;
    char *node = (char *) from_hex(arguments[4], one, sizeof(one) - 1, &size);
    char *service = (char *) from_hex(arguments[5], two, sizeof(two) - 1, &size);
    int status = getaddrinfo(node, service, &hints, &list);
    print_addresses(status, list);
    if (status == 0)
      freeaddrinfo(list);
  } else if (strcmp(function, "gni") == 0) {
    char host[1025] = "", service[1025] = "";
    from_hex(arguments[1], one, sizeof(one) - 1, &size);
    int status = getnameinfo((struct sockaddr *) one, (socklen_t) size, host, sizeof(host), service, sizeof(service),
                             atoi(arguments[0]));
    printf("%d %s %s\n", status, host, service);
  } else if (strcmp(function, "servname") == 0) {
    char *name = (char *) from_hex(arguments[0], one, sizeof(one) - 1, &size);
    print_service(getservbyname(name, (char *) from_hex(arguments[1], two, sizeof(two) - 1, &size)));
  } else if (strcmp(function, "servport") == 0) {
    print_service(getservbyport(atoi(arguments[0]), (char *) from_hex(arguments[1], two, sizeof(two) - 1, &size)));
  } else if (strcmp(function, "protoname") == 0) {
    print_protocol(getprotobyname((char *) from_hex(arguments[0], one, sizeof(one) - 1, &size)));
  } else if (strcmp(function, "protonumber") == 0) {
    print_protocol(getprotobynumber(atoi(arguments[0])));
  } else if (strcmp(function, "hstrerror") == 0) {
    printf("%s\n", hstrerror(atoi(arguments[0])));
  } else if (strcmp(function, "gai_strerror") == 0) {
    printf("%s\n", gai_strerror(atoi(arguments[0])));
  }
}

int main(void) {
  char line[8000];
  char function[16];
  char arguments[6][1100];
  while (fgets(line, sizeof(line), stdin) != NULL) {
    if (sscanf(line, "%15s %1099s %1099s %1099s %1099s %1099s %1099s", function, arguments[0], arguments[1],
               arguments[2], arguments[3], arguments[4], arguments[5]) >= 1)
      answer(function, arguments);
  }
  return 0;
}
