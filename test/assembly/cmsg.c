/* The C library's own macros for control messages, to be compiled for wasm32. */
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/socket.h>

#define EXPORT(name) __attribute__((export_name(#name)))

EXPORT(sizes) int sizes(void)
{
  return (int) (sizeof(struct msghdr) * 100 + sizeof(struct cmsghdr));
}

EXPORT(space) unsigned int space(unsigned int length)
{
  return CMSG_SPACE(length);
}

EXPORT(length) unsigned int length(unsigned int data)
{
  return CMSG_LEN(data);
}

/* Stores the offset of each message that a walk finds; returns their number. */
EXPORT(walk) int walk(unsigned char *control, unsigned int size, int *offsets)
{
  struct msghdr message = {.msg_control = control, .msg_controllen = size};
  int count = 0;
  for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head != NULL; head = CMSG_NXTHDR(&message, head))
    offsets[count++] = (int) ((unsigned char *) head - control);
  return count;
}
