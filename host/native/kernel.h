/*
 * System calls for one guest: plain C, nothing of Node.
 *
 * Every function returns a result >= 0 or -errno. `pointer` is an offset into
 * the guest's linear memory and is checked here, on every call. A call that is
 * blocked when the guest is cancelled answers -ECANCELED (kernel_cancel.c).
 */
#ifndef SOCKYARD_KERNEL_H
#define SOCKYARD_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* SCM_MAX_FD (include/net/scm.h): the most that one message carries. */
#define KERNEL_MAX_DESCRIPTORS 253

/* Bytes of linear memory, which were checked. */
struct room {
  uint32_t pointer;
  uint32_t size;
};

/*
 * What JavaScript and C exchange beside arguments and result.
 *
 *   offset  type         field
 *        0  uint8_t[128] address         struct sockaddr_storage
 *      128  uint32_t     address_length  socklen_t; may exceed 128 after a call
 *      132  int32_t      message_flags   msg_flags of the last recvv
 *      136  int32_t[7]   arguments       of a transfer: host descriptor, pointer, count, flags, and what it takes beside
 *      164  int32_t      result          of a transfer
 *      168  uint32_t     descriptor_count
 *      172  int32_t[253] descriptors     host descriptors that a message carries, or the two of a new pair
 *     1184  uint32_t     control_length
 *     1188  uint8_t[512] control         a message's other control data (kernel_control.h)
 *     1700  struct room  name_room       where the guest wants a message's name; its pointer is 0 for none
 *     1708  struct room  control_room    where it wants what came beside the data
 *     1716  uint32_t     tcp_count       how many of the first descriptors are known to be sockets of TCP
 */
struct mailbox {
  uint8_t address[128];
  uint32_t address_length;
  int32_t message_flags;
  int32_t arguments[7];
  int32_t result;
  uint32_t descriptor_count;
  int32_t descriptors[KERNEL_MAX_DESCRIPTORS];
  uint32_t control_length;
  uint8_t control[512];
  struct room name_room;
  struct room control_room;
  uint32_t tcp_count;
};

/* One guest. `memory` is never NULL, so that NULL can mean "outside". */
struct context {
  uint8_t *memory;
  size_t memory_size;
  struct mailbox *mailbox;
  /* From malloc(3), or NULL as long as there are none (kernel_destination.h). */
  struct destination *destinations;
  /* From kernel_create_cancel; -1 if nobody can cancel this guest. */
  int cancel_fd;
};

/* Ignores SIGPIPE if nobody has decided about it: one that a pipe or socket of a guest raises would end the host. */
void kernel_ignore_sigpipe(void);

/* A new descriptor through which other threads can cancel a guest. */
int kernel_create_cancel(void);
/* Makes the calling thread the one that is interrupted when `fd` is fired. */
int kernel_watch_cancel(int fd);
/* Interrupts the guest's thread if it is blocked. One that is about to block may miss it: fire again until it has ended. */
int kernel_fire_cancel(int fd);
/* Milliseconds of processor time that the thread that watches `fd` has used; -ESRCH if there is none. */
int kernel_cpu_time(int fd);

int kernel_socket(int domain, int type, int protocol);
/* SO_DOMAIN, SO_TYPE and SO_PROTOCOL of any descriptor into the first arguments; -ENOTSOCK if it is no socket. */
int kernel_describe(struct context *context, int fd);
/* 1 for a socket of TCP over IP, 0 for another, or -errno: -ENOTSOCK if it is none. */
int kernel_is_tcp(int fd);
/* The same by two questions: what is done where one does not tell. */
int kernel_has_tcp_option(int fd);
int kernel_listen(int fd, int backlog);
int kernel_shutdown(int fd, int how);
int kernel_getsockname(struct context *context, int fd);
int kernel_getpeername(struct context *context, int fd);

/*
 * The value must be plain bytes of the given size: options whose values hold
 * addresses or count something other than bytes (SO_ATTACH_FILTER,
 * SO_GET_FILTER, TCP_ZEROCOPY_RECEIVE, TCP_AO_GET_KEYS) must not come this far.
 */
int kernel_getsockopt(int fd, int level, int name, void *value, size_t size);
int kernel_setsockopt(int fd, int level, int name, const void *value, size_t size);

int kernel_bind(const struct context *context, int fd);
int kernel_bind_at(int fd, int directory_fd, const uint8_t *name, size_t size);
int kernel_accept4(struct context *context, int fd, int flags);
int kernel_connect(const struct context *context, int fd);
int kernel_connect_file(const struct context *context, int fd, int path_fd);

/* In readv, writev, recvv and sendv `pointer` is an array of `count` wasm32 iovecs. */
int kernel_read(struct context *context, int fd, uint32_t pointer, uint32_t count);
int kernel_write(struct context *context, int fd, uint32_t pointer, uint32_t count);
int kernel_readv(struct context *context, int fd, uint32_t pointer, uint32_t count);
int kernel_writev(struct context *context, int fd, uint32_t pointer, uint32_t count);
int kernel_recv(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags);
/*
 * The sender's address goes to the mailbox, and to `address` unless that is 0: cut to the socklen_t at `length`, which
 * then tells how long it is. Both are checked before anything is received.
 */
int kernel_recvfrom(
  struct context *context,
  int fd,
  uint32_t pointer,
  uint32_t count,
  int flags,
  uint32_t address,
  uint32_t length);
int kernel_recvv(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags);
int kernel_send(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags);
int kernel_sendto(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags);

/* No errno. */
#define KERNEL_UNKNOWN_DESTINATION (-4096)

/* Remembers the address in the mailbox as one that datagrams may go to in this generation. */
int kernel_allow_destination(struct context *context, uint32_t generation);
/* Whether the address in the mailbox is remembered: 1 or 0. */
int kernel_allows_destination(const struct context *context, uint32_t generation);
/* As kernel_sendto, to the address in the guest's memory if that is remembered, else KERNEL_UNKNOWN_DESTINATION. */
int kernel_sendto_allowed(
  struct context *context,
  int fd,
  uint32_t pointer,
  uint32_t count,
  int flags,
  uint32_t address,
  uint32_t length,
  uint32_t generation);
int kernel_sendv(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags);

/*
 * Writes all of `bytes` to a stream of the host's own, within `timeout` nanoseconds (negative: whatever it takes).
 * Returns 0, -ETIMEDOUT or -errno.
 */
int kernel_write_all(const struct context *context, int fd, const uint8_t *bytes, size_t size, double timeout);
/* Both put the two descriptors in the mailbox, or make none. */
int kernel_socketpair(struct context *context, int domain, int type, int protocol);
int kernel_pipe2(struct context *context, int flags);

/* `count` wasm32 iovecs at `pointer`; name, descriptors and control data in the mailbox. A name of 0 bytes is none. */
int kernel_sendmsg(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags);
/*
 * As the wasm32 struct msghdr at `pointer` says, which is checked before anything is received, with all that it refers
 * to. What came beside the data goes to the mailbox, with where the guest wants it; nothing of that is written. The
 * descriptors are the caller's to close. If it `asks`, the mailbox tells how many of them, up to the first that is
 * something else, are sockets of TCP.
 */
int kernel_recvmsg(struct context *context, int fd, uint32_t pointer, int flags, bool asks);

/* 0, or -EPERM unless these are this process's own: what unix(7) asks of SCM_CREDENTIALS without privileges. */
int kernel_check_credentials(int32_t pid, uint32_t uid, uint32_t gid);

/* _exit(2). */
_Noreturn void kernel_exit_now(int code);

/* Throws away what was typed at the terminal and not read yet (tcflush(3)). */
int kernel_flush_input(int fd);
/* 1 or 0. */
int kernel_is_terminal(int fd);

/* RLIMIT_NOFILE: descriptors of this process are smaller. */
int kernel_descriptor_limit(void);
/* Gives the calling thread a copy of the table of descriptors, which threads that it starts share and no others do. */
int kernel_unshare_descriptors(void);
int kernel_close(int fd);
int kernel_dup(int fd);
int kernel_get_status_flags(int fd);
/* How many bytes can be read now (FIONREAD). */
int kernel_available(int fd);
/* Closes without the wait that SO_LINGER asks for, as the end of a process does: the kernel goes on sending alone. */
int kernel_release(int fd);
int kernel_set_status_flags(int fd, int flags);
/* `pollfds` holds `size` bytes; `timeout` is in nanoseconds, negative for none. */
int kernel_poll(const struct context *context, void *pollfds, size_t size, uint32_t count, double timeout);

int kernel_epoll_create(int flags);
/* `pointer` is a wasm32 struct epoll_event of 16 bytes, or an array of `count`; `timeout` is in milliseconds. */
int kernel_epoll_ctl(struct context *context, int epoll_fd, uint32_t pointer, uint32_t fd, int operation);
int kernel_epoll_wait(struct context *context, int fd, uint32_t pointer, uint32_t count, int timeout);

/* dev, ino, mode, nlink, uid, gid, rdev, size, blksize, blocks, atim, mtim, ctim */
#define KERNEL_STATUS_FIELDS 13

int kernel_open_path(const uint8_t *path, size_t size, int flags);
/* Opens the very file of an O_PATH descriptor, without waiting for the other end of a FIFO. */
int kernel_open_file(int path_fd, int flags);
/* Opens `name` in a directory, creating it if it does not exist, and following no symbolic link. */
int kernel_create_at(int directory_fd, const uint8_t *name, size_t size, int flags, int mode);
/* The text of the symbolic link that an O_PATH | O_NOFOLLOW descriptor refers to. */
int kernel_readlink(int link_fd, uint8_t *text, size_t size);
int kernel_path_of(int fd, uint8_t *path, size_t size);

enum kernel_origin { KERNEL_ORIGIN_MEDIUM, KERNEL_ORIGIN_KERNEL, KERNEL_ORIGIN_HOST };

/* Where the contents of an open file come from: one of the above, or -errno. */
int kernel_origin_of(int fd);
int kernel_fstat(int fd, uint64_t status[KERNEL_STATUS_FIELDS]);
int kernel_fstatat(int directory_fd, const uint8_t *name, size_t size, uint64_t status[KERNEL_STATUS_FIELDS]);

/*
 * Opens `path` with O_PATH and `flags`, beginning in a directory and never leaving it: -EXDEV then. Magic links are not
 * followed (-ELOOP, or -EXDEV by a walk).
 */
int kernel_open_beneath(int directory_fd, const uint8_t *path, size_t size, int flags);
/* 0 if the kernel has openat2(2), or -errno. */
int kernel_try_openat2(void);
/* The same, name by name: what is done where the kernel has no openat2(2). */
int kernel_walk_beneath(int directory_fd, const uint8_t *path, size_t size, int flags);

/* Of `name` in a directory, as it is: a symbolic link is not followed. The flags of unlinkat may hold AT_REMOVEDIR. */
int kernel_mkdirat(int directory_fd, const uint8_t *name, size_t size, int mode);
int kernel_unlinkat(int directory_fd, const uint8_t *name, size_t size, int flags);
int kernel_symlinkat(const uint8_t *text, size_t text_size, int directory_fd, const uint8_t *name, size_t size);
int kernel_renameat(
  int directory_fd, const uint8_t *name, size_t size, int new_fd, const uint8_t *new_name, size_t new_size);
int kernel_linkat(
  int directory_fd, const uint8_t *name, size_t size, int new_fd, const uint8_t *new_name, size_t new_size);

#define KERNEL_TIME_NOW (-1)
#define KERNEL_TIME_OMIT (-2)
/* Sets the times of a file's last access and modification, in nanoseconds since the epoch or one of the above. */
int kernel_set_times(int fd, int64_t access, int64_t modification);

/* `pointer` is an array of `count` wasm32 iovecs. */
int kernel_preadv(struct context *context, int fd, uint32_t pointer, uint32_t count, uint64_t offset);
int kernel_pwritev(struct context *context, int fd, uint32_t pointer, uint32_t count, uint64_t offset);
int64_t kernel_seek(int fd, int64_t offset, int whence);
int kernel_truncate(int fd, uint64_t size);
int kernel_allocate(int fd, uint64_t offset, uint64_t size);
int kernel_advise(int fd, uint64_t offset, uint64_t size, int advice);
int kernel_sync(int fd);
int kernel_datasync(int fd);
/* Fills `entries` with struct linux_dirent64 from `cookie` on, 0 or a d_off. Returns the bytes, 0 at the end. */
int kernel_read_entries(int directory_fd, uint64_t cookie, uint8_t *entries, size_t size);

/*
 * getaddrinfo(3) of a complete host name in lower case, by a thread of its own: nobody could end the wait otherwise.
 * Returns a descriptor that can be read once there is an answer. To close it is to give up; the thread goes on alone.
 * -EAGAIN if too many are running.
 */
int kernel_start_getaddrinfo(const uint8_t *name, size_t size, int family);
/*
 * Takes the answer, once: fills `room` bytes with entries of 20 bytes (kernel_resolve.c) and returns how many there
 * are, at most 256, or -errno; -EINPROGRESS if there is none yet.
 */
int kernel_finish_getaddrinfo(int fd, uint8_t *entries, size_t room);

/* A timer of CLOCK_MONOTONIC: its descriptor can be read from `nanoseconds` after it was set on. */
int kernel_timerfd_create(void);
int kernel_timerfd_settime(int fd, double nanoseconds);

int kernel_clock_gettime(const struct context *context, int clock, uint32_t pointer);
int kernel_clock_getres(const struct context *context, int clock, uint32_t pointer);
int kernel_getrandom(const struct context *context, uint32_t pointer, uint32_t count);

/* Has a descriptor outlive exec. */
int kernel_keep_on_exec(int fd);
/* execv(3) of words that each end with NUL, the first being the program's path. Returns only -errno. */
int kernel_execute(const uint8_t *words, size_t size);
/* SIGTERM for this process when `parent` ends; -ESRCH if it has. */
int kernel_end_with_parent(int parent);

/* The version of Landlock's interface, and the bits of what is mended in it; -errno if the kernel has none. */
int kernel_landlock_version(void);
int kernel_landlock_errata(void);
/* A set of Landlock's rules: what it handles (LANDLOCK_ACCESS_FS_*, _NET_*, LANDLOCK_SCOPE_*) no rule of it permits yet. */
int kernel_create_ruleset(uint32_t files, uint32_t ports, uint32_t scopes);
/* For a file, or a directory and all below it; of a file, the accesses that files have. */
int kernel_permit_path(int ruleset_fd, const uint8_t *path, size_t size, uint32_t access);
int kernel_permit_port(int ruleset_fd, uint32_t port, uint32_t access);
/* Holds every thread of the process to the rules, for good; as kernel_call_everywhere. */
int kernel_restrict(int ruleset_fd);

#define KERNEL_GRANT_NETLINK 1
#define KERNEL_GRANT_PACKET 2
#define KERNEL_GRANT_ICMP 4
#define KERNEL_GRANT_RAW 8
/* Netlink, but for NETLINK_ROUTE alone. */
#define KERNEL_GRANT_ROUTES 16

/* Takes system calls from every thread of the process, for good, but for what is granted. -ENOTSUP: not on this machine. */
int kernel_filter_calls(uint32_t granted);
/* 0 if that can be done, or -errno. */
int kernel_filter_available(void);

#endif
