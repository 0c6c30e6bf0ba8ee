/*
 * Makes the calls that standard input lists, a row a line, and prints what each
 * of a row's calls answers: its result, or -errno. test/guests/calls.ts is the
 * same program for a guest; calls-table.ts writes their input.
 *
 *   row    = call { ";" call }
 *   call   = [ slot "=" ] name { value }       the result is kept in a slot of descriptors
 *   value  = number | "$" slot                 a number, a descriptor
 *          | "&" slot                          a buffer of 256 bytes, zero at first
 *          | "x" hex                           a pointer to these bytes
 *          | ( "i" | "q" | "w" ) "(" { value } ")"   a pointer to 32-bit, 64-bit, pointer-sized numbers
 *          | "e(" events data ")"              a pointer to a struct epoll_event
 *          | "c(" level type length data ")"   a pointer to a control message of a 32-bit number
 *          | "*" number                        CMSG_LEN
 *          | "^" number                        a pointer to so many bytes before the end of memory
 *          | "!"                               a pointer outside of it
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define SLOTS 32
#define BUFFER 256
#define ARENA 65536

static const char *cursor;
static int slots[SLOTS];
static char buffers[SLOTS][BUFFER] __attribute__((aligned(16)));
static char arena[ARENA] __attribute__((aligned(16)));
static size_t used;
static char *end_of_memory;

static void *allocate(size_t size)
{
  void *place = arena + used;
  used += (size + 15) & ~(size_t) 15;
  if (used > ARENA)
    abort();
  return place;
}

static long number(void)
{
  char *end;
  long value = strtol(cursor, &end, 10);
  cursor = end;
  return value;
}

static int nibble(char digit)
{
  return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

static void *bytes(void)
{
  size_t size = strspn(cursor, "0123456789abcdef") / 2;
  unsigned char *place = allocate(size);
  for (size_t i = 0; i < size; i++, cursor += 2)
    place[i] = (unsigned char) (nibble(cursor[0]) << 4 | nibble(cursor[1]));
  return place;
}

static long value(void);

static void *list(size_t width)
{
  char *place = arena + used;
  char values[ARENA / 16];
  size_t size = 0;
  for (cursor++; *cursor != ')'; size += width) {
    long item = value();
    memcpy(values + size, &item, width);
    cursor += strspn(cursor, " ");
  }
  cursor++;
  place = allocate(size);
  return memcpy(place, values, size);
}

static void *epoll_event(void)
{
  struct epoll_event *event = allocate(sizeof(*event));
  cursor++;
  event->events = (uint32_t) value();
  event->data.u64 = (uint64_t) value();
  cursor++;
  return event;
}

static struct cmsghdr *control_message(void)
{
  struct cmsghdr *message = allocate(CMSG_SPACE(sizeof(int)));
  cursor++;
  message->cmsg_level = (int) value();
  message->cmsg_type = (int) value();
  message->cmsg_len = (size_t) value();
  int data = (int) value();
  memcpy(CMSG_DATA(message), &data, sizeof(data));
  cursor++;
  return message;
}

static long value(void)
{
  cursor += strspn(cursor, " ");
  switch (*cursor++) {
  case '$':
    return slots[number()];
  case '&':
    return (long) buffers[number()];
  case 'x':
    return (long) bytes();
  case 'i':
    return (long) list(4);
  case 'q':
    return (long) list(8);
  case 'w':
    return (long) list(sizeof(void *));
  case 'e':
    return (long) epoll_event();
  case 'c':
    return (long) control_message();
  case '*':
    return (long) CMSG_LEN((size_t) number());
  case '^':
    return (long) (end_of_memory - number());
  case '!':
    return (long) end_of_memory;
  default:
    cursor--;
    return number();
  }
}

#define INT(i) ((int) a[i])
#define UINT(i) ((unsigned) a[i])
#define PTR(i) ((void *) a[i])
#define CALL(call, ...)           \
  if (strcmp(name, #call) == 0) \
    return call(__VA_ARGS__)

static long make_call(const char *name, const long a[6])
{
  CALL(socket, INT(0), INT(1), INT(2));
  CALL(bind, INT(0), PTR(1), UINT(2));
  CALL(listen, INT(0), INT(1));
  CALL(accept, INT(0), PTR(1), PTR(2));
  CALL(accept4, INT(0), PTR(1), PTR(2), INT(3));
  CALL(connect, INT(0), PTR(1), UINT(2));
  CALL(shutdown, INT(0), INT(1));
  CALL(getsockname, INT(0), PTR(1), PTR(2));
  CALL(getpeername, INT(0), PTR(1), PTR(2));
  CALL(getsockopt, INT(0), INT(1), INT(2), PTR(3), PTR(4));
  CALL(setsockopt, INT(0), INT(1), INT(2), PTR(3), UINT(4));
  CALL(read, INT(0), PTR(1), UINT(2));
  CALL(write, INT(0), PTR(1), UINT(2));
  CALL(readv, INT(0), PTR(1), INT(2));
  CALL(writev, INT(0), PTR(1), INT(2));
  CALL(recv, INT(0), PTR(1), UINT(2), INT(3));
  CALL(send, INT(0), PTR(1), UINT(2), INT(3));
  CALL(recvfrom, INT(0), PTR(1), UINT(2), INT(3), PTR(4), PTR(5));
  CALL(sendto, INT(0), PTR(1), UINT(2), INT(3), PTR(4), UINT(5));
  CALL(sendmsg, INT(0), PTR(1), INT(2));
  CALL(recvmsg, INT(0), PTR(1), INT(2));
  CALL(socketpair, INT(0), INT(1), INT(2), PTR(3));
  CALL(pipe2, PTR(0), INT(1));
  CALL(close, INT(0));
  CALL(dup, INT(0));
  CALL(dup2, INT(0), INT(1));
  CALL(dup3, INT(0), INT(1), INT(2));
  CALL(fcntl, INT(0), INT(1), INT(2));
  CALL(poll, PTR(0), UINT(1), INT(2));
  /* glibc's ppoll(3) reads the time itself, where a bad pointer ends the program. */
  if (strcmp(name, "ppoll") == 0)
    return syscall(SYS_ppoll, PTR(0), UINT(1), PTR(2), PTR(3), (size_t) _NSIG / 8);
  CALL(epoll_create1, INT(0));
  CALL(epoll_ctl, INT(0), INT(1), INT(2), PTR(3));
  CALL(epoll_wait, INT(0), PTR(1), INT(2), INT(3));
  CALL(open, PTR(0), INT(1), UINT(2));
  CALL(stat, PTR(0), PTR(1));
  CALL(fstat, INT(0), PTR(1));
  CALL(lstat, PTR(0), PTR(1));
  CALL(unlink, PTR(0));
  fprintf(stderr, "%s: no such call\n", name);
  exit(1);
}

static void run_call(void)
{
  char name[32];
  long arguments[6] = {0};
  int slot = -1;

  cursor += strspn(cursor, " ");
  if (*cursor >= '0' && *cursor <= '9') {
    slot = (int) number();
    cursor++;
  }
  size_t length = strcspn(cursor, " ;\n");
  snprintf(name, sizeof(name), "%.*s", (int) length, cursor);
  cursor += length;
  for (int i = 0; *cursor == ' '; i++)
    arguments[i] = value();

  long result = make_call(name, arguments);
  printf("%ld", result == -1 ? -(long) errno : result);
  if (slot >= 0)
    slots[slot] = (int) result;
}

static void run_row(void)
{
  used = 0;
  memset(slots, -1, sizeof(slots));
  memset(buffers, 0, sizeof(buffers));
  run_call();
  while (*cursor == ';') {
    cursor++;
    putchar(' ');
    run_call();
  }
  putchar('\n');
  for (int fd = 3; fd < 64; fd++)
    close(fd);
}

int main(void)
{
  static char text[1 << 20];
  size_t page = (size_t) sysconf(_SC_PAGESIZE);
  char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  signal(SIGPIPE, SIG_IGN);
  alarm(30); /* nothing here waits */
  if (pages == MAP_FAILED || mprotect(pages + page, page, PROT_NONE) == -1)
    return 1;
  end_of_memory = pages + page;
  size_t size = fread(text, 1, sizeof(text) - 1, stdin);
  text[size] = '\0';
  for (cursor = text; *cursor != '\0'; cursor++)
    run_row();
  return 0;
}
