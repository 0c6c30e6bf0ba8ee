/*
 * Prints, as JSON, the Linux constants that guests are compiled against and the
 * errno table with glibc's texts. The compiler is asked, so that no number here
 * was typed by hand. Run by `npm run generate`.
 */
#define _GNU_SOURCE
#include <arpa/nameser.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/errqueue.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static const char *separator = "";

static void constant(const char *name, long long value) {
  printf("%s\n    [\"%s\", %lld]", separator, name, value);
  separator = ",";
}

#define C(name) constant(#name, name)

static void group(const char *name) {
  printf("%s\n  \"%s\": [", *separator ? "\n  ]," : "", name);
  separator = "";
}

static void families(void) {
  group("families");
  C(AF_UNSPEC);
  C(AF_UNIX);
  C(AF_INET);
  C(AF_AX25);
  C(AF_IPX);
  C(AF_APPLETALK);
  C(AF_INET6);
  C(AF_NETLINK);
  C(AF_PACKET);
  C(AF_VSOCK);
}

static void socket_types(void) {
  group("socket types");
  C(SOCK_STREAM);
  C(SOCK_DGRAM);
  C(SOCK_RAW);
  C(SOCK_RDM);
  C(SOCK_SEQPACKET);
  C(SOCK_DCCP);
  C(SOCK_PACKET);
  C(SOCK_NONBLOCK);
  C(SOCK_CLOEXEC);
}

static void protocols(void) {
  group("protocols");
  C(IPPROTO_IP);
  C(IPPROTO_ICMP);
  C(IPPROTO_TCP);
  C(IPPROTO_UDP);
  C(IPPROTO_DCCP);
  C(IPPROTO_IPV6);
  C(IPPROTO_ICMPV6);
  C(IPPROTO_SCTP);
  C(IPPROTO_UDPLITE);
  C(IPPROTO_RAW);
  C(IPPROTO_MPTCP);
}

static void options(void) {
  group("socket options");
  C(SOL_SOCKET);
  C(SO_REUSEADDR);
  C(SO_TYPE);
  C(SO_ERROR);
  C(SO_DONTROUTE);
  C(SO_BROADCAST);
  C(SO_SNDBUF);
  C(SO_RCVBUF);
  C(SO_KEEPALIVE);
  C(SO_OOBINLINE);
  C(SO_PRIORITY);
  C(SO_LINGER);
  C(SO_REUSEPORT);
  C(SO_PASSCRED);
  C(SO_PEERCRED);
  C(SO_RCVLOWAT);
  C(SO_SNDLOWAT);
  C(SO_RCVTIMEO);
  C(SO_SNDTIMEO);
  C(SO_BINDTODEVICE);
  C(SO_TIMESTAMP);
  C(SO_TIMESTAMPNS);
  C(SO_COOKIE);
  C(SO_ACCEPTCONN);
  C(SO_PROTOCOL);
  C(SO_DOMAIN);
  C(TCP_NODELAY);
  C(TCP_MAXSEG);
  C(TCP_CORK);
  C(TCP_KEEPIDLE);
  C(TCP_KEEPINTVL);
  C(TCP_KEEPCNT);
  C(TCP_SYNCNT);
  C(TCP_DEFER_ACCEPT);
  C(TCP_QUICKACK);
  C(TCP_USER_TIMEOUT);
  C(TCP_INFO);
  C(TCP_CONGESTION);
  C(TCP_FASTOPEN);
  C(IP_TOS);
  C(IP_TTL);
  C(IP_RECVTTL);
  C(IP_RECVTOS);
  C(IP_MULTICAST_IF);
  C(IP_MULTICAST_TTL);
  C(IP_MULTICAST_LOOP);
  C(IP_ADD_MEMBERSHIP);
  C(IP_DROP_MEMBERSHIP);
  C(IPV6_UNICAST_HOPS);
  C(IPV6_MULTICAST_IF);
  C(IPV6_MULTICAST_HOPS);
  C(IPV6_MULTICAST_LOOP);
  C(IPV6_JOIN_GROUP);
  C(IPV6_LEAVE_GROUP);
  C(IPV6_V6ONLY);
  C(IPV6_RECVHOPLIMIT);
  C(IPV6_RECVTCLASS);
  C(IPV6_TCLASS);
  C(MCAST_JOIN_GROUP);
  C(MCAST_LEAVE_GROUP);
  C(SOMAXCONN);
}

static void messages(void) {
  group("messages and shutdown");
  C(MSG_OOB);
  C(MSG_PEEK);
  C(MSG_DONTROUTE);
  C(MSG_CTRUNC);
  C(MSG_TRUNC);
  C(MSG_DONTWAIT);
  C(MSG_EOR);
  C(MSG_WAITALL);
  C(MSG_NOSIGNAL);
  C(MSG_MORE);
  C(MSG_FASTOPEN);
  C(MSG_CMSG_CLOEXEC);
  C(MSG_ERRQUEUE);
  C(SHUT_RD);
  C(SHUT_WR);
  C(SHUT_RDWR);
}

static void control_messages(void) {
  group("control messages");
  C(SCM_RIGHTS);
  C(SCM_CREDENTIALS);
  C(SCM_TIMESTAMP);
  C(SCM_TIMESTAMPNS);
  C(IP_RECVERR);
  C(IPV6_RECVERR);
  C(IPV6_HOPLIMIT);
  C(UDP_SEGMENT);
  C(UDP_GRO);
  C(SO_EE_ORIGIN_NONE);
  C(SO_EE_ORIGIN_LOCAL);
  C(SO_EE_ORIGIN_ICMP);
  C(SO_EE_ORIGIN_ICMP6);
  /* In no header for programs: include/net/scm.h. */
  constant("SCM_MAX_FD", 253);
}

static void descriptors(void) {
  group("descriptors");
  C(F_DUPFD);
  C(F_GETFD);
  C(F_SETFD);
  C(F_GETFL);
  C(F_SETFL);
  C(F_DUPFD_CLOEXEC);
  C(FD_CLOEXEC);
  C(O_RDONLY);
  C(O_WRONLY);
  C(O_RDWR);
  C(O_ACCMODE);
  C(O_CREAT);
  C(O_EXCL);
  C(O_NOCTTY);
  C(O_TRUNC);
  C(O_APPEND);
  C(O_NONBLOCK);
  C(O_DIRECT);
  C(O_DIRECTORY);
  C(O_NOFOLLOW);
  C(O_CLOEXEC);
  C(O_SYNC);
  C(O_DSYNC);
  C(O_PATH);
  C(AT_REMOVEDIR);
  C(SEEK_SET);
  C(SEEK_CUR);
  C(SEEK_END);
  C(POSIX_FADV_NORMAL);
  C(POSIX_FADV_RANDOM);
  C(POSIX_FADV_SEQUENTIAL);
  C(POSIX_FADV_WILLNEED);
  C(POSIX_FADV_DONTNEED);
  C(POSIX_FADV_NOREUSE);
  C(POLLIN);
  C(POLLPRI);
  C(POLLOUT);
  C(POLLERR);
  C(POLLHUP);
  C(POLLNVAL);
  C(POLLRDHUP);
  C(PIPE_BUF);
  C(EPOLL_CLOEXEC);
  C(EPOLL_CTL_ADD);
  C(EPOLL_CTL_DEL);
  C(EPOLL_CTL_MOD);
  C(EPOLLIN);
  C(EPOLLPRI);
  C(EPOLLOUT);
  C(EPOLLERR);
  C(EPOLLHUP);
  C(EPOLLRDNORM);
  C(EPOLLRDBAND);
  C(EPOLLWRNORM);
  C(EPOLLWRBAND);
  C(EPOLLMSG);
  C(EPOLLRDHUP);
  C(EPOLLEXCLUSIVE);
  C(EPOLLWAKEUP);
  C(EPOLLONESHOT);
  constant("EPOLLET", (unsigned) EPOLLET);
  C(S_IFMT);
  C(S_IFSOCK);
  C(S_IFLNK);
  C(S_IFREG);
  C(S_IFBLK);
  C(S_IFDIR);
  C(S_IFCHR);
  C(S_IFIFO);
  C(S_ISUID);
  C(S_ISGID);
}

static void addresses(void) {
  group("addresses");
  constant("SIZEOF_SOCKADDR_IN", sizeof(struct sockaddr_in));
  constant("SIZEOF_SOCKADDR_IN6", sizeof(struct sockaddr_in6));
  constant("SIZEOF_SOCKADDR_UN", sizeof(struct sockaddr_un));
  constant("SIZEOF_SOCKADDR_STORAGE", sizeof(struct sockaddr_storage));
  constant("UNIX_PATH_MAX", sizeof(((struct sockaddr_un *) 0)->sun_path));
  C(INET_ADDRSTRLEN);
  C(INET6_ADDRSTRLEN);
  C(INADDR_ANY);
  C(INADDR_LOOPBACK);
  C(INADDR_BROADCAST);
  C(INADDR_NONE);
}

static void domain_names(void) {
  group("domain names");
  C(T_A);
  C(T_NS);
  C(T_CNAME);
  C(T_SOA);
  C(T_PTR);
  C(T_MX);
  C(T_TXT);
  C(T_AAAA);
  C(T_SRV);
  C(T_OPT);
  C(C_IN);
  C(NOERROR);
  C(FORMERR);
  C(SERVFAIL);
  C(NXDOMAIN);
  C(NOTIMP);
  C(REFUSED);
}

static void look_ups(void) {
  group("look-ups");
  C(NETDB_INTERNAL);
  C(NETDB_SUCCESS);
  C(HOST_NOT_FOUND);
  C(TRY_AGAIN);
  C(NO_RECOVERY);
  C(NO_DATA);
  C(NO_ADDRESS);
  C(AI_PASSIVE);
  C(AI_CANONNAME);
  C(AI_NUMERICHOST);
  C(AI_V4MAPPED);
  C(AI_ALL);
  C(AI_ADDRCONFIG);
  C(AI_NUMERICSERV);
  C(EAI_BADFLAGS);
  C(EAI_NONAME);
  C(EAI_AGAIN);
  C(EAI_FAIL);
  C(EAI_NODATA);
  C(EAI_FAMILY);
  C(EAI_SOCKTYPE);
  C(EAI_SERVICE);
  C(EAI_ADDRFAMILY);
  C(EAI_MEMORY);
  C(EAI_SYSTEM);
  C(EAI_OVERFLOW);
  C(NI_NUMERICHOST);
  C(NI_NUMERICSERV);
  C(NI_NOFQDN);
  C(NI_NAMEREQD);
  C(NI_DGRAM);
}

static void raw_sockets(void) {
  group("netlink and packet sockets");
  constant("SIZEOF_SOCKADDR_NL", sizeof(struct sockaddr_nl));
  constant("SIZEOF_SOCKADDR_LL", sizeof(struct sockaddr_ll));
  C(NETLINK_ROUTE);
  C(NLM_F_REQUEST);
  C(NLM_F_ACK);
  C(NLM_F_DUMP);
  C(NLMSG_ERROR);
  C(NLMSG_DONE);
  C(RTM_NEWLINK);
  C(RTM_GETLINK);
  C(RTM_NEWADDR);
  C(RTM_GETADDR);
  C(IFLA_IFNAME);
  C(ETH_P_ALL);
  C(ETH_P_IP);
  C(ETH_P_ARP);
  C(ETH_P_IPV6);
  C(PACKET_HOST);
  C(PACKET_BROADCAST);
  C(PACKET_MULTICAST);
  C(PACKET_OTHERHOST);
  C(PACKET_OUTGOING);
}

static void clocks(void) {
  group("clocks");
  C(CLOCK_REALTIME);
  C(CLOCK_MONOTONIC);
  C(CLOCK_PROCESS_CPUTIME_ID);
  C(CLOCK_THREAD_CPUTIME_ID);
}

static void errnos(void) {
  printf("\n  ],\n  \"errno\": [");
  separator = "";
  for (int number = 1; number <= 133; number++) {
    const char *name = strerrorname_np(number);
    if (name == NULL)
      continue;
    printf("%s\n    [\"%s\", %d, \"%s\"]", separator, name, number, strerrordesc_np(number));
    separator = ",";
  }
  printf("\n  ]\n}\n");
}

int main(void) {
  printf("{");
  families();
  socket_types();
  protocols();
  options();
  messages();
  control_messages();
  descriptors();
  addresses();
  domain_names();
  look_ups();
  raw_sockets();
  clocks();
  errnos();
  return 0;
}
