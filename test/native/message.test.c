#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../host/native/kernel_control.h"
#include "check.h"

#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76
#endif

#define HEADER_AT 16
#define NAME_AT 128
#define CONTROL_AT 512

/* A guest, a pair of Unix sockets, one iovec of 8 bytes at offset 0, and a msghdr of just that. */
struct rig {
  struct guest guest;
  int pair[2];
};

static void rig_open(struct rig *rig, int type)
{
  guest_open(&rig->guest);
  EQUAL(kernel_socketpair(&rig->guest.context, AF_UNIX, type, 0), 0);
  memcpy(rig->pair, rig->guest.mailbox.descriptors, sizeof(rig->pair));
  guest_store_iovec(&rig->guest, 0, 64, 8);
  guest_store_msghdr(&rig->guest, HEADER_AT, (struct guest_msghdr) {.count = 1});
  rig->guest.mailbox.descriptor_count = 0;
}

static void rig_close(struct rig *rig)
{
  kernel_close(rig->pair[0]);
  kernel_close(rig->pair[1]);
  guest_close(&rig->guest);
}

/* Sends what the mailbox's first `count` descriptors are. */
static int send_mailbox(struct rig *rig, uint32_t count)
{
  struct mailbox *mailbox = &rig->guest.mailbox;
  mailbox->descriptor_count = count;
  mailbox->control_length = 0;
  mailbox->address_length = 0;
  return kernel_sendmsg(&rig->guest.context, rig->pair[0], 0, 1, 0);
}

static int send_descriptors(struct rig *rig, int fd, uint32_t count)
{
  for (uint32_t i = 0; i < count; i++)
    rig->guest.mailbox.descriptors[i] = fd;
  return send_mailbox(rig, count);
}

static int receive(struct rig *rig, int flags)
{
  return kernel_recvmsg(&rig->guest.context, rig->pair[1], HEADER_AT, flags, false);
}

static void close_received(struct rig *rig)
{
  struct mailbox *mailbox = &rig->guest.mailbox;
  for (uint32_t i = 0; i < mailbox->descriptor_count; i++) {
    TRUE((fcntl(mailbox->descriptors[i], F_GETFD) & FD_CLOEXEC) != 0);
    EQUAL(kernel_close(mailbox->descriptors[i]), 0);
  }
  mailbox->descriptor_count = 0;
}

static void pairs_and_pipes_are_closed_on_exec(void)
{
  struct guest guest;
  const int32_t *made = guest.mailbox.descriptors;
  guest_open(&guest);
  EQUAL(kernel_socketpair(&guest.context, AF_INET, SOCK_STREAM, 0), -EOPNOTSUPP);
  EQUAL(kernel_pipe2(&guest.context, 1), -EINVAL);
  EQUAL(kernel_pipe2(&guest.context, O_NONBLOCK), 0);
  EQUAL(guest.mailbox.descriptor_count, 2);
  for (int i = 0; i < 2; i++) {
    EQUAL(fcntl(made[i], F_GETFD), FD_CLOEXEC);
    TRUE((fcntl(made[i], F_GETFL) & O_NONBLOCK) != 0);
    EQUAL(kernel_close(made[i]), 0);
  }
  guest_close(&guest);
}

static void descriptors_pass(void)
{
  const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
  const uint32_t counts[] = {1, 2, KERNEL_MAX_DESCRIPTORS};
  for (size_t i = 0; i < 3; i++) {
    struct rig rig;
    rig_open(&rig, types[i]);
    for (size_t j = 0; j < 3; j++) {
      EQUAL(send_descriptors(&rig, rig.pair[0], counts[j]), 8);
      EQUAL(receive(&rig, MSG_PEEK), 8);
      EQUAL(rig.guest.mailbox.descriptor_count, counts[j]);
      close_received(&rig);
      EQUAL(receive(&rig, 0), 8);
      EQUAL(rig.guest.mailbox.descriptor_count, counts[j]);
      EQUAL(rig.guest.mailbox.message_flags & MSG_CTRUNC, 0);
      close_received(&rig);
    }
    EQUAL(send_descriptors(&rig, -1, 1), -EBADF);
    EQUAL(send_descriptors(&rig, rig.pair[0], KERNEL_MAX_DESCRIPTORS), 8);
    rig.guest.mailbox.descriptor_count = KERNEL_MAX_DESCRIPTORS + 1;
    EQUAL(kernel_sendmsg(&rig.guest.context, rig.pair[0], 0, 1, 0), -EINVAL);
    rig_close(&rig);
  }
}

/* Nobody is to be exempt from the limit of what is on its way; only this process has such a low one. */
static void descriptors_on_their_way_are_limited(void)
{
  struct rig rig;
  struct rlimit before;
  int sent = 8;
  rig_open(&rig, SOCK_STREAM);
  TRUE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  const struct rlimit low = {.rlim_cur = 2 * KERNEL_MAX_DESCRIPTORS, .rlim_max = before.rlim_max};
  TRUE(setrlimit(RLIMIT_NOFILE, &low) == 0);
  for (int i = 0; i < 5 && sent == 8; i++)
    sent = send_descriptors(&rig, rig.pair[0], KERNEL_MAX_DESCRIPTORS);
  EQUAL(sent, -ETOOMANYREFS);
  TRUE(setrlimit(RLIMIT_NOFILE, &before) == 0);
  rig.guest.mailbox.descriptor_count = 0;
  rig_close(&rig);
}

static void memory_is_checked_before_the_kernel_is_asked(void)
{
  struct rig rig;
  rig_open(&rig, SOCK_STREAM);
  struct context *context = &rig.guest.context;
  EQUAL(kernel_sendmsg(context, rig.pair[0], MEMORY_SIZE - 7, 1, 0), -EFAULT);
  EQUAL(kernel_sendmsg(context, rig.pair[0], 0, 1025, 0), -EMSGSIZE);
  rig_close(&rig);
}

static void a_msghdr_is_checked_before_anything_is_received(void)
{
  struct rig rig;
  rig_open(&rig, SOCK_STREAM);
  struct context *context = &rig.guest.context;
  const struct {
    struct guest_msghdr header;
    int error;
  } cases[] = {
    {{.iovecs = MEMORY_SIZE - 7, .count = 1}, -EFAULT},
    {{.iovecs = UINT32_MAX, .count = 1}, -EFAULT},
    {{.count = 1025}, -EMSGSIZE},
    {{.count = UINT32_MAX}, -EMSGSIZE},
    {{.name = MEMORY_SIZE - 15, .name_length = 16, .count = 1}, -EFAULT},
    {{.name = MEMORY_SIZE - 127, .name_length = INT32_MAX, .count = 1}, -EFAULT},
    {{.name = NAME_AT, .name_length = UINT32_MAX, .count = 1}, -EINVAL},
    {{.name = MEMORY_SIZE + 1, .name_length = (uint32_t) INT32_MIN, .count = 1025}, -EINVAL},
    {{.name = MEMORY_SIZE + 1, .count = 1025}, -EMSGSIZE},
    {{.control = MEMORY_SIZE - 3, .control_length = 4, .count = 1}, -EFAULT},
    {{.control = CONTROL_AT, .control_length = UINT32_MAX, .count = 1}, -EFAULT},
  };
  EQUAL(send_descriptors(&rig, 1, 1), 8);
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    guest_store_msghdr(&rig.guest, HEADER_AT, cases[i].header);
    EQUAL(receive(&rig, 0), cases[i].error);
    EQUAL(kernel_recvmsg(context, -1, HEADER_AT, 0, true), -EBADF);
    EQUAL(kernel_recvmsg(context, context->cancel_fd, HEADER_AT, 0, true), -ENOTSOCK);
  }
  EQUAL(kernel_recvmsg(context, rig.pair[1], MEMORY_SIZE - 27, 0, true), -EFAULT);
  EQUAL(kernel_recvmsg(context, rig.pair[1], UINT32_MAX, 0, true), -EFAULT);
  /* Sizes of what is not there mean nothing. */
  const struct guest_msghdr bare = {.name_length = UINT32_MAX, .control_length = UINT32_MAX, .count = 1};
  guest_store_msghdr(&rig.guest, HEADER_AT, bare);
  EQUAL(receive(&rig, 0), 8);
  EQUAL(rig.guest.mailbox.name_room.pointer, 0);
  EQUAL(rig.guest.mailbox.control_room.size, 0);
  close_received(&rig);
  rig_close(&rig);
}

static void where_the_rest_goes_is_told(void)
{
  struct rig rig;
  struct mailbox *mailbox = &rig.guest.mailbox;
  rig_open(&rig, SOCK_DGRAM);
  guest_name_of(&rig.guest, rig.pair[0]);
  uint32_t length = mailbox->address_length;
  uint8_t name[sizeof(mailbox->address)];
  memcpy(name, mailbox->address, sizeof(name));
  const uint32_t sizes[] = {0, 1, 128, 129, INT32_MAX};
  for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
    const struct guest_msghdr header = {
      .name = NAME_AT, .name_length = sizes[i], .count = 1, .control = CONTROL_AT, .control_length = 40};
    guest_store_msghdr(&rig.guest, HEADER_AT, header);
    memset(mailbox->address, 0xee, sizeof(mailbox->address));
    EQUAL(send_descriptors(&rig, 1, 1), 8);
    EQUAL(receive(&rig, MSG_CMSG_CLOEXEC), 8);
    EQUAL(mailbox->address_length, length);
    SAME_BYTES(mailbox->address, name, length);
    EQUAL(mailbox->message_flags, MSG_CMSG_CLOEXEC);
    EQUAL(mailbox->name_room.pointer, NAME_AT);
    EQUAL(mailbox->name_room.size, sizes[i] < 128 ? sizes[i] : 128);
    EQUAL(mailbox->control_room.pointer, CONTROL_AT);
    EQUAL(mailbox->control_room.size, 40);
    SAME_BYTES(rig.guest.context.memory + HEADER_AT, &header, sizeof(header));
    close_received(&rig);
  }
  rig_close(&rig);
}

static bool is_inside(struct room room)
{
  return (uint64_t) room.pointer + room.size <= MEMORY_SIZE;
}

static void a_msghdr_of_any_kind_leads_nowhere_else(void)
{
  struct rig rig;
  uint32_t state = 3;
  int received = 0;
  rig_open(&rig, SOCK_DGRAM);
  guest_name_of(&rig.guest, rig.pair[0]);
  EQUAL(send_descriptors(&rig, -1, 0), 8);
  for (int i = 0; i < 250000; i++) {
    uint32_t words[] = {NAME_AT, 16, 0, 1, CONTROL_AT, 64, 0};
    uint32_t at = i % 7 == 0 ? hostile_number(&state) : HEADER_AT;
    struct guest_msghdr header;
    for (int hostile = i % 4; hostile > 0; hostile--)
      words[hostile_number(&state) % 7] = hostile_number(&state);
    memcpy(&header, words, sizeof(header));
    guest_store_iovec(&rig.guest, 0, 64, 8);
    if (at <= MEMORY_SIZE - sizeof(header))
      guest_store_msghdr(&rig.guest, at, header);
    int answer = kernel_recvmsg(&rig.guest.context, rig.pair[1], at, MSG_PEEK | MSG_DONTWAIT, true);
    TRUE(answer >= 0 || answer == -EFAULT || answer == -EINVAL || answer == -EMSGSIZE);
    if (answer >= 0) {
      received++;
      TRUE(is_inside(rig.guest.mailbox.name_room) && is_inside(rig.guest.mailbox.control_room));
    }
  }
  TRUE(received > 50000 && received < 200000);
  rig_close(&rig);
}

static void sockets_of_tcp_are_told(void)
{
  struct rig rig;
  struct mailbox *mailbox = &rig.guest.mailbox;
  rig_open(&rig, SOCK_STREAM);
  const int kinds[][3] = {
    {AF_INET, SOCK_STREAM, 0},
    {AF_INET6, SOCK_STREAM, IPPROTO_TCP},
    {AF_UNIX, SOCK_STREAM, 0},
    {AF_INET, SOCK_DGRAM, 0},
    {AF_NETLINK, SOCK_RAW, IPPROTO_TCP},
    {AF_INET, SOCK_RAW, IPPROTO_TCP},
    {AF_INET6, SOCK_RAW, IPPROTO_TCP},
    {AF_PACKET, SOCK_RAW, IPPROTO_TCP},
    {AF_INET, SOCK_DGRAM, IPPROTO_ICMP},
    {AF_INET, SOCK_STREAM, 262 /* IPPROTO_MPTCP */},
    {AF_INET6, SOCK_STREAM, 262},
    {AF_INET, SOCK_STREAM, 256 /* IPPROTO_SMC */},
    {43 /* AF_SMC */, SOCK_STREAM, 0},
  };
  for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
    int fd = socket(kinds[i][0], kinds[i][1], kinds[i][2]);
    /* Not every machine has or grants the last ones. */
    if (fd == -1 && i >= 5)
      continue;
    EQUAL(kernel_is_tcp(fd), i < 2);
    EQUAL(kernel_has_tcp_option(fd), i < 2);
    mailbox->arguments[0] = -1;
    EQUAL(kernel_describe(&rig.guest.context, fd), 0);
    EQUAL(mailbox->arguments[0], kinds[i][0]);
    EQUAL(mailbox->arguments[1], kinds[i][1]);
    close(fd);
  }
  EQUAL(kernel_is_tcp(1), -ENOTSOCK);
  EQUAL(kernel_has_tcp_option(1), -ENOTSOCK);
  EQUAL(kernel_is_tcp(-1), -EBADF);
  EQUAL(kernel_describe(&rig.guest.context, 1), -ENOTSOCK);

  int tcp = kernel_socket(AF_INET, SOCK_STREAM, 0);
  const int32_t sent[] = {tcp, tcp, 1, tcp};
  for (int asks = 1; asks >= 0; asks--) {
    memcpy(mailbox->descriptors, sent, sizeof(sent));
    EQUAL(send_mailbox(&rig, 4), 8);
    EQUAL(kernel_recvmsg(&rig.guest.context, rig.pair[1], HEADER_AT, 0, asks), 8);
    EQUAL(mailbox->descriptor_count, 4);
    EQUAL(mailbox->tcp_count, asks ? 2 : 0);
    close_received(&rig);
  }
  close(tcp);
  rig_close(&rig);
}

/* A message that holds `count` duplicates of `fd` in each of two messages, and something else between them. */
static void fill_control(union kernel_control *control, struct msghdr *message, int fd, int count)
{
  memset(control, 0, sizeof(*control));
  *message = (struct msghdr) {.msg_control = control, .msg_controllen = sizeof(*control)};
  struct cmsghdr *header = CMSG_FIRSTHDR(message);
  size_t size = 0;
  for (int part = 0; part < 3; part++) {
    size_t data = part == 1 ? 5 : (size_t) count * sizeof(int);
    *header = (struct cmsghdr) {
      .cmsg_len = CMSG_LEN(data),
      .cmsg_level = part == 1 ? IPPROTO_IP : SOL_SOCKET,
      .cmsg_type = part == 1 ? IP_TOS : SCM_RIGHTS,
    };
    for (int i = 0; part != 1 && i < count; i++) {
      int duplicate = dup(fd);
      memcpy(CMSG_DATA(header) + (size_t) i * sizeof(int), &duplicate, sizeof(int));
    }
    size += CMSG_SPACE(data);
    header = (void *) (control->bytes + size);
  }
  message->msg_controllen = size;
}

static void descriptors_are_taken_all_or_none(void)
{
  union kernel_control control;
  struct msghdr message;
  int32_t taken[6];
  fill_control(&control, &message, 1, 3);
  EQUAL(kernel_take_descriptors(&message, taken, 6), 6);
  for (int i = 0; i < 6; i++)
    EQUAL(close(taken[i]), 0);
  /* The test's frame counts what is open before and after. */
  for (size_t capacity = 0; capacity < 6; capacity++) {
    fill_control(&control, &message, 1, 3);
    EQUAL(kernel_take_descriptors(&message, taken, capacity), -EMSGSIZE);
  }
}

static void other_messages_keep_their_order(void)
{
  struct mailbox mailbox;
  union kernel_control control;
  struct msghdr message;
  uint32_t header[3];
  fill_control(&control, &message, 1, 1);
  kernel_take_control(&message, &mailbox);
  EQUAL(mailbox.descriptor_count, 2);
  EQUAL(close(mailbox.descriptors[0]) + close(mailbox.descriptors[1]), 0);
  EQUAL(mailbox.control_length, KERNEL_CONTROL_HEADER + 8);
  memcpy(header, mailbox.control, sizeof(header));
  EQUAL(header[0], KERNEL_CONTROL_HEADER + 5);
  EQUAL(header[1], IPPROTO_IP);
  EQUAL(header[2], IP_TOS);
  EQUAL(message.msg_flags, 0);
}

static void composing_survives_any_mailbox(void)
{
  struct mailbox mailbox;
  union kernel_control control;
  memset(&mailbox, 0, sizeof(mailbox));
  srand(1);
  for (int i = 0; i < 100000; i++) {
    mailbox.descriptor_count = (uint32_t) rand() % (KERNEL_MAX_DESCRIPTORS + 3);
    mailbox.control_length = (uint32_t) rand() % (sizeof(mailbox.control) + 3);
    /* Lengths that are likely, at places where they are read. */
    for (size_t at = 0; at + 12 <= sizeof(mailbox.control); at += 4) {
      uint32_t length = rand() % 4 == 0 ? (uint32_t) rand() : (uint32_t) rand() % 40;
      memcpy(mailbox.control + at, &length, sizeof(length));
    }
    int size = kernel_compose_control(&mailbox, &control);
    TRUE(size == -EINVAL || (size >= 0 && size <= KERNEL_CONTROL_SIZE));
  }
}

static void a_full_mailbox_fits(void)
{
  struct mailbox mailbox = {.descriptor_count = KERNEL_MAX_DESCRIPTORS, .control_length = sizeof(mailbox.control)};
  union kernel_control control;
  for (size_t at = 0; at + KERNEL_CONTROL_HEADER <= sizeof(mailbox.control); at += KERNEL_CONTROL_HEADER) {
    const uint32_t header[3] = {KERNEL_CONTROL_HEADER, SOL_SOCKET, SCM_CREDENTIALS};
    memcpy(mailbox.control + at, header, sizeof(header));
  }
  int size = kernel_compose_control(&mailbox, &control);
  TRUE(size > 0 && size <= KERNEL_CONTROL_SIZE);
}

static void a_pidfd_that_nobody_asked_for_is_closed(void)
{
  struct rig rig;
  const int on = 1;
  rig_open(&rig, SOCK_STREAM);
  /* Linux 6.5; without it there is nothing to see. */
  if (setsockopt(rig.pair[1], SOL_SOCKET, SO_PASSPIDFD, &on, sizeof(on)) == 0) {
    EQUAL(send_descriptors(&rig, 1, 1), 8);
    EQUAL(receive(&rig, 0), 8);
    EQUAL(rig.guest.mailbox.descriptor_count, 1);
    EQUAL(rig.guest.mailbox.control_length, 0);
    close_received(&rig);
  }
  rig_close(&rig);
}

static void credentials_are_ones_own(void)
{
  EQUAL(kernel_check_credentials(getpid(), getuid(), getgid()), 0);
  EQUAL(kernel_check_credentials(getpid() + 1, getuid(), getgid()), -EPERM);
  EQUAL(kernel_check_credentials(getpid(), getuid() + 1, getgid()), -EPERM);
  EQUAL(kernel_check_credentials(getpid(), getuid(), getgid() + 1), -EPERM);
}

static void an_extended_error_comes_with_its_offender(void)
{
  struct guest guest;
  struct context *context = &guest.context;
  const int on = 1;
  uint32_t header[4];
  guest_open(&guest);
  guest_store_iovec(&guest, 0, 64, 8);
  guest_store_msghdr(&guest, HEADER_AT, (struct guest_msghdr) {.count = 1});
  guest.mailbox.address_length = 0;
  guest.mailbox.control_length = 0;
  guest.mailbox.descriptor_count = 0;
  /* A port that was this test's a moment ago, and is nobody's now. */
  int other = kernel_socket(AF_INET, SOCK_DGRAM, 0);
  guest_loopback(&guest, 0);
  EQUAL(kernel_bind(context, other), 0);
  EQUAL(kernel_getsockname(context, other), 0);
  int fd = kernel_socket(AF_INET, SOCK_DGRAM, 0);
  EQUAL(kernel_connect(context, fd), 0);
  kernel_close(other);
  EQUAL(kernel_setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on)), 0);
  EQUAL(kernel_send(context, fd, 64, 8, 0), 8);
  struct pollfd pollfd = {.fd = fd};
  EQUAL(poll(&pollfd, 1, 5000), 1);

  EQUAL(kernel_recvmsg(context, fd, HEADER_AT, MSG_ERRQUEUE, true), 8);
  EQUAL(guest.mailbox.message_flags & MSG_ERRQUEUE, MSG_ERRQUEUE);
  EQUAL(guest.mailbox.control_length, KERNEL_CONTROL_HEADER + 16 + sizeof(struct sockaddr_in));
  memcpy(header, guest.mailbox.control, sizeof(header));
  EQUAL(header[1], IPPROTO_IP);
  EQUAL(header[2], IP_RECVERR);
  EQUAL(header[3], ECONNREFUSED);
  EQUAL(kernel_recvmsg(context, fd, HEADER_AT, MSG_ERRQUEUE, true), -EAGAIN);
  kernel_close(fd);
  guest_close(&guest);
}

static void a_waiting_recvmsg_can_be_cancelled(void)
{
  struct rig rig;
  struct later later;
  rig_open(&rig, SOCK_STREAM);
  later_start(&later, later_cancel, &rig.guest);
  EQUAL(receive(&rig, 0), -ECANCELED);
  later_done(&later, &rig.guest);
  rig_close(&rig);
}

const struct test message_tests[] = {
  {"pairs and pipes are closed on exec", pairs_and_pipes_are_closed_on_exec},
  {"descriptors pass", descriptors_pass},
  {"descriptors on their way are limited", descriptors_on_their_way_are_limited},
  {"memory is checked before the kernel is asked", memory_is_checked_before_the_kernel_is_asked},
  {"a msghdr is checked before anything is received", a_msghdr_is_checked_before_anything_is_received},
  {"where the rest goes is told", where_the_rest_goes_is_told},
  {"a msghdr of any kind leads nowhere else", a_msghdr_of_any_kind_leads_nowhere_else},
  {"sockets of TCP are told", sockets_of_tcp_are_told},
  {"descriptors are taken all or none", descriptors_are_taken_all_or_none},
  {"other messages keep their order", other_messages_keep_their_order},
  {"composing survives any mailbox", composing_survives_any_mailbox},
  {"a full mailbox fits", a_full_mailbox_fits},
  {"a pidfd that nobody asked for is closed", a_pidfd_that_nobody_asked_for_is_closed},
  {"credentials are one's own", credentials_are_ones_own},
  {"an extended error comes with its offender", an_extended_error_comes_with_its_offender},
  {"a waiting recvmsg can be cancelled", a_waiting_recvmsg_can_be_cancelled},
  {NULL, NULL},
};
