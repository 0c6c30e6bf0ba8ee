#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../../host/native/kernel_destination.h"
#include "check.h"

#define AT 256
#define UNKNOWN KERNEL_UNKNOWN_DESTINATION

static int udp(struct guest *guest)
{
  int fd = kernel_socket(AF_INET, SOCK_DGRAM, 0);
  guest_loopback(guest, 0);
  EQUAL(kernel_bind(&guest->context, fd), 0);
  EQUAL(kernel_getsockname(&guest->context, fd), 0);
  return fd;
}

/* Where the guest has it as well as the mailbox. */
static void store_address(struct guest *guest)
{
  memcpy(guest->context.memory + AT, guest->mailbox.address, sizeof(guest->mailbox.address));
}

static void what_was_allowed_is_sent_to(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  const uint32_t size = sizeof(struct sockaddr_in);
  guest_open(&guest);
  int sender = kernel_socket(AF_INET, SOCK_DGRAM, 0);
  int receiver = udp(&guest);
  store_address(&guest);
  memcpy(context->memory, "hello", 5);

  EQUAL(kernel_sendto_allowed(context, sender, 0, 5, 0, AT, size, 7), UNKNOWN);
  EQUAL(kernel_allows_destination(context, 7), 0);
  EQUAL(kernel_allow_destination(context, 7), 0);
  EQUAL(kernel_allows_destination(context, 7), 1);
  guest_loopback(&guest, 1);
  EQUAL(kernel_allows_destination(context, 7), 0);
  EQUAL(kernel_sendto_allowed(context, sender, 0, 5, 0, AT, size, 7), 5);
  EQUAL(guest.mailbox.address_length, size);
  SAME_BYTES(guest.mailbox.address, context->memory + AT, size);
  EQUAL(kernel_recv(context, receiver, 100, 8, MSG_DONTWAIT), 5);
  SAME_BYTES(context->memory + 100, "hello", 5);

  /* Another generation, another length, another byte: nothing is sent. */
  EQUAL(kernel_sendto_allowed(context, sender, 0, 5, 0, AT, size, 8), UNKNOWN);
  EQUAL(kernel_sendto_allowed(context, sender, 0, 5, 0, AT, size - 1, 7), UNKNOWN);
  EQUAL(kernel_sendto_allowed(context, sender, 0, 5, 0, AT, size + 1, 7), UNKNOWN);
  context->memory[AT + 4] ^= 1;
  EQUAL(kernel_sendto_allowed(context, sender, 0, 5, 0, AT, size, 7), UNKNOWN);
  context->memory[AT + 4] ^= 1;
  EQUAL(kernel_recv(context, receiver, 100, 8, MSG_DONTWAIT), -EAGAIN);
  EQUAL(kernel_sendto_allowed(context, sender, MEMORY_SIZE, 1, 0, AT, size, 7), -EFAULT);
  EQUAL(kernel_sendto_allowed(context, -1, 0, 5, 0, AT, size, 7), -EBADF);
  kernel_close(sender);
  kernel_close(receiver);
  guest_close(&guest);
}

static void no_pointer_leads_out_of_memory(void)
{
  static const uint32_t hostile[] = {MEMORY_SIZE - 15, MEMORY_SIZE, MEMORY_SIZE + 1, UINT32_MAX, 1u << 31};
  struct guest guest;
  guest_open(&guest);
  guest_loopback(&guest, 9);
  EQUAL(kernel_allow_destination(&guest.context, 1), 0);
  store_address(&guest);
  for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
    EQUAL(kernel_sendto_allowed(&guest.context, -1, 0, 1, 0, hostile[i], 16, 1), UNKNOWN);
    EQUAL(kernel_sendto_allowed(&guest.context, -1, 0, 1, 0, AT, hostile[i], 1), UNKNOWN);
  }
  guest_close(&guest);
}

static void addresses_of_other_lengths_are_not_remembered(void)
{
  static const uint32_t lengths[] = {0, KERNEL_DESTINATION_SIZE + 1, 128, 129, UINT32_MAX};
  struct guest guest;
  guest_open(&guest);
  for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
    guest.mailbox.address_length = lengths[i];
    EQUAL(kernel_allow_destination(&guest.context, 1), 0);
    EQUAL(kernel_allows_destination(&guest.context, 1), 0);
  }
  guest.mailbox.address_length = KERNEL_DESTINATION_SIZE;
  EQUAL(kernel_allow_destination(&guest.context, 1), 0);
  EQUAL(kernel_allows_destination(&guest.context, 1), 1);
  guest_close(&guest);
}

/* More than there is room for: each is either known as it was allowed, or unknown. */
static void those_without_room_are_forgotten(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  int known = 0;
  guest_open(&guest);
  for (int port = 1; port < 20000; port++) {
    guest_loopback(&guest, (uint16_t) port);
    EQUAL(kernel_allow_destination(context, 1), 0);
    EQUAL(kernel_allows_destination(context, 1), 1);
  }
  for (int port = 1; port < 40000; port++) {
    guest_loopback(&guest, (uint16_t) port);
    int allowed = kernel_allows_destination(context, 1);
    known += allowed;
    TRUE(port < 20000 || !allowed);
  }
  TRUE(known > 2000 && known <= 4096);
  guest_close(&guest);
}

static void an_address_is_written_where_the_guest_wants_it(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  const uint32_t length_at = 128;
  guest_open(&guest);
  int fd = udp(&guest);
  struct sockaddr_in name;
  memcpy(&name, guest.mailbox.address, sizeof(name));
  for (uint32_t room = 0; room < 20; room++) {
    uint32_t told;
    memcpy(guest.mailbox.address, &name, sizeof(name));
    guest.mailbox.address_length = sizeof(name);
    EQUAL(kernel_sendto(context, fd, 0, 1, 0), 1);
    memset(context->memory + AT, 0xaa, 32);
    memcpy(context->memory + length_at, &room, sizeof(room));
    EQUAL(kernel_recvfrom(context, fd, 0, 1, 0, AT, length_at), 1);
    uint32_t written = room < sizeof(name) ? room : (uint32_t) sizeof(name);
    SAME_BYTES(context->memory + AT, &name, written);
    EQUAL(context->memory[AT + written], 0xaa);
    memcpy(&told, context->memory + length_at, sizeof(told));
    EQUAL(told, sizeof(name));
  }
  kernel_close(fd);
  guest_close(&guest);
}

/* A datagram waits, and is still there in the end. */
static void a_bad_place_for_an_address_takes_nothing(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  const uint32_t large = INT32_MAX;
  const int32_t negative = -1;
  guest_open(&guest);
  int fd = udp(&guest);
  EQUAL(kernel_sendto(context, fd, 0, 1, 0), 1);
  memcpy(context->memory + 128, &large, sizeof(large));
  memcpy(context->memory + 132, &negative, sizeof(negative));
  EQUAL(kernel_recvfrom(context, fd, 0, 1, 0, AT, 0), -EFAULT);
  EQUAL(kernel_recvfrom(context, fd, 0, 1, 0, AT, MEMORY_SIZE - 3), -EFAULT);
  EQUAL(kernel_recvfrom(context, fd, 0, 1, 0, AT, UINT32_MAX), -EFAULT);
  EQUAL(kernel_recvfrom(context, fd, 0, 1, 0, AT, 132), -EINVAL);
  EQUAL(kernel_recvfrom(context, fd, 0, 1, 0, MEMORY_SIZE - 127, 128), -EFAULT);
  EQUAL(kernel_recvfrom(context, fd, 0, 1, 0, UINT32_MAX, 128), -EFAULT);
  EQUAL(kernel_recvfrom(context, -1, 0, 1, 0, AT, 0), -EBADF);
  EQUAL(kernel_recvfrom(context, context->cancel_fd, 0, 1, 0, AT, 132), -ENOTSOCK);
  EQUAL(kernel_recvfrom(context, fd, 0, 1, MSG_DONTWAIT, MEMORY_SIZE - 128, 128), 1);
  kernel_close(fd);
  guest_close(&guest);
}

const struct test destination_tests[] = {
  {"what was allowed is sent to, and nothing else", what_was_allowed_is_sent_to},
  {"no pointer to a destination leads out of memory", no_pointer_leads_out_of_memory},
  {"destinations of other lengths are not remembered", addresses_of_other_lengths_are_not_remembered},
  {"destinations without room are forgotten", those_without_room_are_forgotten},
  {"a sender's address is written where the guest wants it", an_address_is_written_where_the_guest_wants_it},
  {"a bad place for a sender's address takes nothing", a_bad_place_for_an_address_takes_nothing},
  {NULL, NULL},
};
