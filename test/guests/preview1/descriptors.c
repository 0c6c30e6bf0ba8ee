/* Descriptors: their rights, their numbers and their readiness; and the calls that need none. */
#include "suite.h"

#define READ_WRITE (RIGHT(FD_READ) | RIGHT(FD_WRITE))

static void fd_fdstat_set_rights(int root)
{
  int dir = scratch(root);
  char buf[4] = "";
  int fd = OPEN(dir, "file", .oflags = CREAT, .rights = READ_WRITE | RIGHT(FD_SEEK) | RIGHT(FD_TELL));
  IS(write_fd(fd, "\0\1\2\3", 4), 4);
  IS(seek(fd, 0, SET), 0);
  IS(read_fd(fd, buf, 4), 4);
  HOLDS(memcmp(buf, "\0\1\2\3", 4) == 0);
  __wasi_fdstat_t held = fdstat_of(fd);
  IS(__wasi_fd_fdstat_set_rights(fd, held.fs_rights_base & ~READ_WRITE, held.fs_rights_inheriting), 0);
  __wasi_fdstat_t left = fdstat_of(fd);
  IS(left.fs_rights_base & READ_WRITE, 0);
  HOLDS(left.fs_rights_base & RIGHT(FD_SEEK));
  IS(read_fd(fd, buf, 4), -ERRNO(BADF));
  IS(write_fd(fd, buf, 4), -ERRNO(BADF));
  IS(__wasi_fd_fdstat_set_rights(fd, held.fs_rights_base, held.fs_rights_inheriting), ERRNO(NOTCAPABLE));
  IS(__wasi_fd_fdstat_set_rights(fd, left.fs_rights_base, left.fs_rights_inheriting | READ_WRITE), ERRNO(NOTCAPABLE));
  IS(fdstat_of(fd).fs_rights_base, left.fs_rights_base);
  close_fd(fd);
  unlink_file(dir, "file");
  scratch_ends(root, dir);
}

static void truncation_rights(int root)
{
  int dir = scratch(root);
  create(dir, "file");
  __wasi_fdstat_t held = fdstat_of(dir);
  IS(held.fs_filetype, __WASI_FILETYPE_DIRECTORY);
  IS(held.fs_flags, 0);
  IS(held.fs_rights_base & RIGHT(FD_FILESTAT_SET_SIZE), 0);
  HOLDS(held.fs_rights_base & RIGHT(PATH_FILESTAT_SET_SIZE));
  HOLDS(held.fs_rights_inheriting & RIGHT(FD_FILESTAT_SET_SIZE));
  close_fd(OPEN(dir, "file", .oflags = TRUNC));
  __wasi_rights_t base = held.fs_rights_base, inheriting = held.fs_rights_inheriting & ~RIGHT(FD_FILESTAT_SET_SIZE);
  IS(__wasi_fd_fdstat_set_rights(dir, base, inheriting), 0);
  close_fd(OPEN(dir, "file", .oflags = TRUNC));
  IS(__wasi_fd_fdstat_set_rights(dir, base & ~RIGHT(PATH_FILESTAT_SET_SIZE), inheriting), 0);
  IS(fdstat_of(dir).fs_rights_base & RIGHT(PATH_FILESTAT_SET_SIZE), 0);
  IS(OPEN(dir, "file", .oflags = TRUNC), -ERRNO(PERM));
  unlink_file(dir, "file");
  scratch_ends(root, dir);
}

static void renumber(int root)
{
  HOLDS(root > PREOPEN);
  int dir = scratch(root);
  int from = OPEN(dir, "one", .oflags = CREAT, .rights = READ_WRITE);
  __wasi_fdstat_t before = fdstat_of(from);
  int to = OPEN(dir, "two", .oflags = CREAT, .rights = READ_WRITE);
  IS(__wasi_fd_renumber(from, to), 0);
  IS(__wasi_fd_close(from), ERRNO(BADF));
  __wasi_fdstat_t after = fdstat_of(to);
  HOLDS(memcmp(&before, &after, sizeof(before)) == 0);
  IS(__wasi_fd_renumber(to, from), ERRNO(BADF));
  close_fd(to);
  unlink_file(dir, "one");
  unlink_file(dir, "two");
  scratch_ends(root, dir);
}

/* Standard input, output and error take other numbers; what fails then shows in the exit code alone. */
static void stdio(int root)
{
  int dir = scratch(root);
  for (int stream = 0; stream < 3; stream++) {
    __wasi_fd_t fd = -1;
    IS(__wasi_path_open(dir, 0, "file", CREAT, 0, 0, 0, &fd), 0);
    IS(__wasi_fd_renumber(stream, fd), 0);
    __wasi_fdstat_t fdstat = fdstat_of(fd);
    IS(__wasi_fd_fdstat_get(stream, &fdstat), ERRNO(BADF));
    unlink_file(dir, "file");
  }
  scratch_ends(root, dir);
}

enum { CLOCK_ID = 0x01234567, FD_ID = 0x76543210 };

static const __wasi_subscription_t timeout = {
  .userdata = CLOCK_ID,
  .u = {.tag = __WASI_EVENTTYPE_CLOCK, .u.clock = {.id = __WASI_CLOCKID_MONOTONIC, .timeout = 200000000}},
};

static void poll_stdin(void)
{
  const __wasi_subscription_t subscriptions[] = {
    timeout, {.userdata = FD_ID, .u = {.tag = __WASI_EVENTTYPE_FD_READ, .u.fd_read = {.file_descriptor = 0}}}};
  __wasi_event_t events[2] = {0};
  __wasi_size_t count = 0;
  IS(__wasi_poll_oneoff(subscriptions, events, 2, &count), 0);
  HOLDS(count >= 1);
  for (__wasi_size_t i = 0; i < count; i++) {
    IS(events[i].error, 0);
    IS(events[i].userdata, events[i].type == __WASI_EVENTTYPE_CLOCK ? CLOCK_ID : FD_ID);
    HOLDS(events[i].type == __WASI_EVENTTYPE_CLOCK || events[i].type == __WASI_EVENTTYPE_FD_READ);
  }
}

/* Both can be written to: whichever is not told of at once is so the next time, and the time is never up. */
static void poll_output(void)
{
  for (int ready = 0, round = 0; ready != 3 && round < 3; round++) {
    __wasi_subscription_t subscriptions[3] = {timeout};
    for (int i = 1; i <= 2; i++) {
      subscriptions[i] = (__wasi_subscription_t){
        .userdata = i, .u = {.tag = __WASI_EVENTTYPE_FD_WRITE, .u.fd_write = {.file_descriptor = i}}};
    }
    __wasi_event_t events[3] = {0};
    __wasi_size_t count = 0;
    IS(__wasi_poll_oneoff(subscriptions, events, 3, &count), 0);
    HOLDS(count >= 1);
    for (__wasi_size_t i = 0; i < count; i++) {
      IS(events[i].type, __WASI_EVENTTYPE_FD_WRITE);
      IS(events[i].error, 0);
      ready |= (int) events[i].userdata;
    }
    HOLDS(ready == 3 || round < 2);
  }
}

static void poll_oneoff_stdio(int root)
{
  (void) root;
  poll_stdin();
  poll_output();
}

static void big_random_buf(int root)
{
  (void) root;
  uint8_t buf[1024] = {0};
  IS(__wasi_random_get(buf, sizeof(buf)), 0);
  int different = 0;
  for (size_t i = 0; i < sizeof(buf); i++)
    different |= buf[i];
  HOLDS(different);
}

static void clock_time_get(int root)
{
  (void) root;
  __wasi_timestamp_t coarse, first, second;
  IS(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &coarse), 0);
  IS(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 0, &first), 0);
  IS(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 0, &second), 0);
  HOLDS(first <= second);
}

static void sched_yield(int root)
{
  (void) root;
  IS(__wasi_sched_yield(), 0);
}

CASES({"fd_fdstat_set_rights", fd_fdstat_set_rights}, {"truncation_rights", truncation_rights},
      {"renumber", renumber}, {"stdio", stdio}, {"poll_oneoff_stdio", poll_oneoff_stdio},
      {"big_random_buf", big_random_buf}, {"clock_time_get", clock_time_get}, {"sched_yield", sched_yield})
