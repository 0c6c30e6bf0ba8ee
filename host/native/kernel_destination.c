#include "kernel_destination.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_memory.h"

/* A power of two. One that takes the place of another makes that one be judged again, nothing worse. */
#define PLACES 4096

/* Filled with zeros to the end; false for an address that is not remembered. */
static bool make_destination(struct destination *made, uint32_t generation, const uint8_t *address, uint32_t length)
{
  if (length == 0 || length > KERNEL_DESTINATION_SIZE)
    return false;
  *made = (struct destination) {.generation = generation, .length = length};
  memcpy(made->address, address, length);
  return true;
}

/* Any mix of the address's bits will do: what is found there is compared. */
static size_t place_of(const struct destination *destination)
{
  uint64_t mixed = 0;
  for (size_t at = 0; at < KERNEL_DESTINATION_SIZE; at += 4) {
    uint32_t word;
    memcpy(&word, destination->address + at, sizeof(word));
    mixed = (mixed ^ word) * UINT64_C(0x9e3779b97f4a7c15);
  }
  return (size_t) (mixed >> 32) % PLACES;
}

static const struct destination *find(const struct context *context, const struct destination *wanted)
{
  if (context->destinations == NULL)
    return NULL;
  const struct destination *there = &context->destinations[place_of(wanted)];
  return memcmp(there, wanted, sizeof(*wanted)) == 0 ? there : NULL;
}

int kernel_allow_destination(struct context *context, uint32_t generation)
{
  struct destination allowed;
  if (!make_destination(&allowed, generation, context->mailbox->address, context->mailbox->address_length))
    return 0;
  if (context->destinations == NULL)
    context->destinations = calloc(PLACES, sizeof(*context->destinations));
  if (context->destinations == NULL)
    return -ENOMEM;
  context->destinations[place_of(&allowed)] = allowed;
  return 0;
}

int kernel_allows_destination(const struct context *context, uint32_t generation)
{
  struct destination asked;
  return make_destination(&asked, generation, context->mailbox->address, context->mailbox->address_length) &&
    find(context, &asked) != NULL;
}

int kernel_sendto_allowed(
  struct context *context,
  int fd,
  uint32_t pointer,
  uint32_t count,
  int flags,
  uint32_t address,
  uint32_t length,
  uint32_t generation)
{
  struct destination asked;
  const uint8_t *bytes = kernel_at(context, address, length);
  if (bytes == NULL || !make_destination(&asked, generation, bytes, length) || find(context, &asked) == NULL)
    return KERNEL_UNKNOWN_DESTINATION;
  /* What was compared is what is sent to. */
  memcpy(context->mailbox->address, asked.address, length);
  context->mailbox->address_length = length;
  return kernel_sendto(context, fd, pointer, count, flags);
}
