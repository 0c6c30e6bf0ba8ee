/* The frame of the addon's own tests: each test runs in a process of its own, under a time limit. */
#ifndef SOCKYARD_TEST_CHECK_H
#define SOCKYARD_TEST_CHECK_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#include "../../host/native/kernel.h"

struct test {
  const char *name;
  void (*run)(void);
};

/* Each list ends with an entry without a name. */
extern const struct test memory_tests[];
extern const struct test transfer_tests[];
extern const struct test destination_tests[];
extern const struct test receive_tests[];
extern const struct test waiting_tests[];
extern const struct test file_tests[];
extern const struct test connection_tests[];
extern const struct test path_tests[];
extern const struct test beneath_tests[];
extern const struct test content_tests[];
extern const struct test message_tests[];
extern const struct test epoll_tests[];
extern const struct test resolve_tests[];
extern const struct test wall_tests[];

#define EQUAL(actual, expected) \
  check_equal(__FILE__, __LINE__, #actual, (long long) (actual), (long long) (expected))
#define TRUE(condition) EQUAL((condition) != 0, 1)
#define SAME_BYTES(actual, expected, size) EQUAL(memcmp((actual), (expected), (size)), 0)

void check_equal(const char *file, int line, const char *text, long long actual, long long expected);
/* Whether any check of this process has failed. */
int check_failed(void);

#define MEMORY_SIZE 65536

/* A guest with `memory` of MEMORY_SIZE bytes on the heap, where the sanitizer sees every byte beyond. */
struct guest {
  struct context context;
  struct mailbox mailbox;
  /* Set once nothing is left to cancel. */
  atomic_bool done;
};

void guest_open(struct guest *guest);
void guest_close(struct guest *guest);
void guest_store_iovec(struct guest *guest, uint32_t at, uint32_t pointer, uint32_t size);

/* A wasm32 struct msghdr. */
struct guest_msghdr {
  uint32_t name, name_length, iovecs, count, control, control_length, flags;
};

void guest_store_msghdr(struct guest *guest, uint32_t at, struct guest_msghdr header);
/* The same numbers for the same `state`, most of them near where something may go wrong. */
uint32_t hostile_number(uint32_t *state);

/* Puts a loopback TCP or UDP address in the mailbox. */
void guest_loopback(struct guest *guest, uint16_t port);
/* Puts the abstract AF_UNIX address that the kernel chose for `fd` there. */
void guest_name_of(struct guest *guest, int fd);

/* A listening TCP socket on loopback; its address is in the mailbox. */
int guest_listen(struct guest *guest);

/* A connected TCP pair. */
void guest_tcp_pair(struct guest *guest, int pair[2]);

/* Sets SO_RCVTIMEO or SO_SNDTIMEO. */
void set_timeout(int fd, int option, int milliseconds);

/* Fills the send buffer of a socket or pipe. Returns the bytes that it took. */
size_t fill(int fd);

/* Reads exactly `size` bytes and drops them. */
void drain(int fd, size_t size);

/* A thread that calls `act` once the thread that started it is blocked in the kernel. */
struct later {
  pthread_t thread;
  pid_t watched;
  void (*act)(void *argument);
  void *argument;
};

void later_start(struct later *later, void (*act)(void *argument), void *argument);
void later_join(struct later *later);
/* Ends what `later_cancel` does to the guest. */
void later_done(struct later *later, struct guest *guest);
/* For `later_start`: cancels the guest until it is done. */
void later_cancel(void *guest);

int64_t milliseconds(void);

/* That a call answers `expected`, and not before a time-out of at least 30 ms. */
#define TIMES_OUT(call, expected)       \
  do {                                  \
    int64_t start = milliseconds();     \
    EQUAL((call), (expected));          \
    TRUE(milliseconds() - start >= 29); \
  } while (0)

#endif
