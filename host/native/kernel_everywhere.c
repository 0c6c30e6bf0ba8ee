/*
 * What the kernel does to one thread only, done to all of them.
 *
 * Each thread gets a signal whose handler makes the call. Node's threads block
 * what signals they can, so it is the one that libc keeps for the same purpose,
 * setuid(2) and its kin in all threads, and lets nobody block: nptl(7),
 * SIGSETXID; of musl, SIGSYNCCALL. Threads begin with what their parent has, so
 * none is missed once a look at /proc/self/task finds no new one.
 */
#define _GNU_SOURCE
#include "kernel_everywhere.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifdef __GLIBC__
#define INNER_SIGNAL 33
#else
#define INNER_SIGNAL 34
#endif

#define THREADS_MAX 1024
/* How often threads are looked for, and how long they then have to answer, in nanoseconds. */
#define ROUNDS 100
#define PATIENCE 10000000

/* More than the kernel's own struct sigaction takes, on every architecture. */
struct raw_action {
  uint64_t words[32];
};

struct thread {
  int id;
  int round;
  atomic_bool is_done;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct thread threads[THREADS_MAX];
static atomic_int thread_count;
static int (*current_action)(int);
static int current_argument;
static atomic_int failure;
static sem_t answers;

static void act(void)
{
  int none = 0;
  int status = current_action(current_argument);
  if (status < 0)
    atomic_compare_exchange_strong(&failure, &none, status);
}

static void handle(int signal)
{
  int saved = errno;
  int id = gettid();
  (void) signal;
  for (int i = 0; i < atomic_load(&thread_count); i++) {
    if (threads[i].id != id || atomic_load(&threads[i].is_done))
      continue;
    act();
    atomic_store(&threads[i].is_done, true);
    sem_post(&answers);
  }
  errno = saved;
}

static int raw_sigaction(int signal, const struct raw_action *action, struct raw_action *old)
{
  return syscall(SYS_rt_sigaction, signal, action, old, _NSIG / 8) == -1 ? -errno : 0;
}

/* libc refuses its own signal, so the action is made for another one, return path and all, and then handed over. */
static int install(struct raw_action *old)
{
  const struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART | SA_ONSTACK};
  struct sigaction borrowed;
  struct raw_action made;
  if (sigaction(SIGRTMAX, &action, &borrowed) == -1)
    return -errno;
  int status = raw_sigaction(SIGRTMAX, NULL, &made);
  sigaction(SIGRTMAX, &borrowed, NULL);
  return status < 0 ? status : raw_sigaction(INNER_SIGNAL, &made, old);
}

static struct thread *find(int id)
{
  int count = atomic_load(&thread_count);
  for (int i = 0; i < count; i++) {
    if (threads[i].id == id)
      return &threads[i];
  }
  if (count == THREADS_MAX)
    return NULL;
  threads[count].id = id;
  threads[count].round = 0;
  atomic_init(&threads[count].is_done, id == gettid());
  atomic_store(&thread_count, count + 1);
  return &threads[count];
}

/* Signals the threads that are new. Returns how many they are, or -errno. */
static int signal_new(DIR *tasks, int round)
{
  int count = 0;
  struct dirent *entry;
  rewinddir(tasks);
  while ((entry = readdir(tasks)) != NULL) {
    int id = atoi(entry->d_name);
    struct thread *thread = id > 0 ? find(id) : NULL;
    if (id > 0 && thread == NULL)
      return -EAGAIN;
    if (thread == NULL)
      continue;
    bool is_new = thread->round == 0;
    thread->round = round;
    if (is_new && !atomic_load(&thread->is_done) && syscall(SYS_tgkill, getpid(), id, INNER_SIGNAL) == 0)
      count++;
  }
  return count;
}

static void wait_for_answers(int count)
{
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_nsec += PATIENCE;
  if (until.tv_nsec >= 1000000000) {
    until.tv_sec++;
    until.tv_nsec -= 1000000000;
  }
  while (count > 0) {
    if (sem_timedwait(&answers, &until) == 0)
      count--;
    else if (errno != EINTR)
      return;
  }
}

/* How many threads were there in this round, and have not answered. */
static int missing(int round)
{
  int count = 0;
  for (int i = 0; i < atomic_load(&thread_count); i++)
    count += threads[i].round == round && !atomic_load(&threads[i].is_done);
  return count;
}

static int reach_all(DIR *tasks)
{
  for (int round = 1; round <= ROUNDS; round++) {
    int fresh = signal_new(tasks, round);
    int left = missing(round);
    if (fresh < 0 || (fresh == 0 && left == 0))
      return fresh;
    wait_for_answers(left);
  }
  return -ETIMEDOUT;
}

/* With the mutex held. */
static int call_everywhere(DIR *tasks)
{
  struct raw_action old;
  int status = install(&old);
  if (status < 0)
    return status;
  act();
  status = reach_all(tasks);
  /* Whoever answers late must still find the handler: without one the signal ends the process. */
  if (status == 0)
    status = raw_sigaction(INNER_SIGNAL, &old, NULL);
  return status < 0 ? status : atomic_load(&failure);
}

int kernel_call_everywhere(int (*action)(int), int argument)
{
  DIR *tasks = opendir("/proc/self/task");
  if (tasks == NULL) {
    int error = errno;
    int status = action(argument);
    return status < 0 ? status : -error;
  }
  pthread_mutex_lock(&mutex);
  current_action = action;
  current_argument = argument;
  atomic_store(&failure, 0);
  atomic_store(&thread_count, 0);
  int status = sem_init(&answers, 0, 0) == -1 ? -errno : call_everywhere(tasks);
  pthread_mutex_unlock(&mutex);
  closedir(tasks);
  return status;
}
