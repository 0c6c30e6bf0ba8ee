/* Which sockets a filter of system calls lets a process make. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "kernel_filter.h"

/* include/linux/net.h, which is not for programs */
#define SOCK_TYPE_MASK 0xfu
#define SOCK_MAX (SOCK_PACKET + 1)
/* The greatest protocol, IPPROTO_MPTCP; whatever is beyond is EINVAL to the kernel (net/ipv4/af_inet.c). */
#define PROTOCOL_LAST 262

static void judge_protocol(struct kernel_filter *filter, uint32_t type, uint32_t protocol, bool has_ping)
{
  unsigned short begin = begin_case(filter, type);
  load_argument(filter, 2);
  finish_if_equal(filter, IPPROTO_IP, PASS);
  finish_if_equal(filter, protocol, PASS);
  if (has_ping) {
    finish_if_equal(filter, IPPROTO_ICMP, PASS);
    finish_if_equal(filter, IPPROTO_ICMPV6, PASS);
  }
  finish_if(filter, BPF_JGT, PROTOCOL_LAST, PASS);
  finish(filter, FAIL(EPROTONOSUPPORT));
  end_case(filter, begin);
}

/* Of IPv4 and IPv6: TCP and UDP, and what is granted besides. */
static void judge_type(struct kernel_filter *filter, uint32_t granted)
{
  load_argument(filter, 1);
  emit(filter, BPF_ALU | BPF_AND | BPF_K, 0, 0, SOCK_TYPE_MASK);
  judge_protocol(filter, SOCK_STREAM, IPPROTO_TCP, false);
  judge_protocol(filter, SOCK_DGRAM, IPPROTO_UDP, (granted & KERNEL_GRANT_ICMP) != 0);
  if ((granted & KERNEL_GRANT_RAW) != 0)
    finish_if_equal(filter, SOCK_RAW, PASS);
  if ((granted & KERNEL_GRANT_PACKET) != 0)
    finish_if_equal(filter, SOCK_PACKET, PASS);
  finish_if_equal(filter, SOCK_RAW, FAIL(ESOCKTNOSUPPORT));
  finish_if_equal(filter, SOCK_PACKET, FAIL(ESOCKTNOSUPPORT));
  load_argument(filter, 2);
  finish_if(filter, BPF_JGT, PROTOCOL_LAST, PASS);
  finish(filter, FAIL(ESOCKTNOSUPPORT));
}

/* Of no family: the kernel has EINVAL for them, which comes before most of what is wrong besides (net/socket.c). */
static void pass_types_that_are_none(struct kernel_filter *filter)
{
  load_argument(filter, 1);
  emit(filter, BPF_ALU | BPF_AND | BPF_K, 0, 0, ~(SOCK_TYPE_MASK | SOCK_CLOEXEC | SOCK_NONBLOCK));
  finish_if(filter, BPF_JGT, 0, PASS);
  load_argument(filter, 1);
  emit(filter, BPF_ALU | BPF_AND | BPF_K, 0, 0, SOCK_TYPE_MASK);
  finish_if(filter, BPF_JGE, SOCK_MAX, PASS);
}

/* A refusal has the errno that core/socket.ts has, which comes after the kernel's. */
static void judge_socket(struct kernel_filter *filter, uint32_t granted)
{
  unsigned short begin = begin_case(filter, SYS_socket);
  pass_types_that_are_none(filter);
  load_argument(filter, 0);
  finish_if_equal(filter, AF_UNIX, PASS);
  if ((granted & KERNEL_GRANT_PACKET) != 0)
    finish_if_equal(filter, AF_PACKET, PASS);
  if ((granted & KERNEL_GRANT_NETLINK) != 0)
    finish_if_equal(filter, AF_NETLINK, PASS);
  if ((granted & KERNEL_GRANT_ROUTES) != 0) {
    unsigned short netlink = begin_case(filter, AF_NETLINK);
    load_argument(filter, 2);
    finish_if_equal(filter, 0 /* NETLINK_ROUTE */, PASS);
    finish(filter, FAIL(EAFNOSUPPORT));
    end_case(filter, netlink);
  }
  emit(filter, BPF_JMP | BPF_JEQ | BPF_K, 2, 0, AF_INET);
  emit(filter, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, AF_INET6);
  finish(filter, FAIL(EAFNOSUPPORT));
  judge_type(filter, granted);
  end_case(filter, begin);
}

/* Pairs of other families than these are either not there (EOPNOTSUPP) or nothing that rules know. */
static void judge_socketpair(struct kernel_filter *filter)
{
  unsigned short begin = begin_case(filter, SYS_socketpair);
  pass_types_that_are_none(filter);
  load_argument(filter, 0);
  finish_if_equal(filter, AF_UNIX, PASS);
  finish_if_equal(filter, AF_INET, PASS);
  finish_if_equal(filter, AF_INET6, PASS);
  finish(filter, FAIL(EAFNOSUPPORT));
  end_case(filter, begin);
}

void kernel_judge_sockets(struct kernel_filter *filter, uint32_t granted)
{
  judge_socket(filter, granted);
  judge_socketpair(filter);
}
