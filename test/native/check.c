#define _GNU_SOURCE
#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TIME_LIMIT 20

static int failures;

void check_equal(const char *file, int line, const char *text, long long actual, long long expected)
{
  if (actual == expected)
    return;
  failures++;
  printf("  %s:%d: %s is %lld, expected %lld\n", file, line, text, actual, expected);
}

int check_failed(void)
{
  return failures > 0;
}

static int count_descriptors(void)
{
  DIR *directory = opendir("/proc/self/fd");
  int count = 0;
  while (readdir(directory) != NULL)
    count++;
  closedir(directory);
  return count;
}

static int run_child(const struct test *test)
{
  alarm(TIME_LIMIT);
  int before = count_descriptors();
  test->run();
  EQUAL(count_descriptors(), before);
  fflush(stdout);
  return failures > 0;
}

/* Returns whether the test passed. A sanitizer's report ends the child with a status of its own. */
static bool run_test(const struct test *test)
{
  fflush(stdout);
  pid_t child = fork();
  if (child == 0)
    exit(run_child(test));
  int status = 0;
  waitpid(child, &status, 0);
  if (status == 0)
    return true;
  if (WIFSIGNALED(status))
    printf("  ended by signal %d (%s)\n", WTERMSIG(status), strsignal(WTERMSIG(status)));
  printf("not ok: %s\n", test->name);
  return false;
}

int main(void)
{
  const struct test *const lists[] = {
    memory_tests, transfer_tests, destination_tests, receive_tests, waiting_tests,
    file_tests, connection_tests, path_tests, beneath_tests, content_tests, message_tests, epoll_tests, resolve_tests,
    wall_tests,
  };
  int passed = 0;
  int failed = 0;
  kernel_ignore_sigpipe();
  for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
    for (const struct test *test = lists[i]; test->name != NULL; test++) {
      if (run_test(test))
        passed++;
      else
        failed++;
    }
  }
  printf("%d passed, %d failed\n", passed, failed);
  return failed > 0;
}

static char blocked_state(pid_t thread)
{
  char path[64];
  char text[512];
  snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int) thread);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t size = read(fd, text, sizeof(text) - 1);
  close(fd);
  text[size > 0 ? size : 0] = '\0';
  char *end = strrchr(text, ')');
  return end != NULL && end[1] == ' ' ? end[2] : '?';
}

static void *run_later(void *argument)
{
  struct later *later = argument;
  while (blocked_state(later->watched) != 'S')
    sched_yield();
  later->act(later->argument);
  return NULL;
}

void later_start(struct later *later, void (*act)(void *argument), void *argument)
{
  *later = (struct later) {.watched = gettid(), .act = act, .argument = argument};
  EQUAL(pthread_create(&later->thread, NULL, run_later, later), 0);
}

void later_join(struct later *later)
{
  EQUAL(pthread_join(later->thread, NULL), 0);
}

void later_done(struct later *later, struct guest *guest)
{
  atomic_store(&guest->done, true);
  later_join(later);
}

int64_t milliseconds(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t) time.tv_sec * 1000 + time.tv_nsec / 1000000;
}
