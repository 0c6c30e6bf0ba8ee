#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../host/native/kernel_everywhere.h"
#include "check.h"

/* What is taken from a process stays taken, and a sanitizer wants it at the end: so a child of its own is asked. */
static void in_child(int (*count_wrong)(void))
{
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    int wrong = count_wrong();
    fflush(stdout);
    _exit(wrong);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EQUAL(status, 0);
}

static bool is_missing(void)
{
  return kernel_filter_available() < 0;
}

static int wrong;

static void refused(const char *what, long result, int expected)
{
  int error = result == -1 ? errno : 0;
  if (error == expected)
    return;
  printf("  %s answers %d, expected %d\n", what, error, expected);
  wrong++;
}

#define REFUSED(call, expected) refused(#call, call, expected)

static int refuse_calls(void)
{
  char *const none[] = {NULL};
  EQUAL(kernel_filter_calls(0), 0);
  REFUSED(execve("/bin/true", none, none), EPERM);
  REFUSED(fork(), EPERM);
  REFUSED(syscall(SYS_clone3, NULL, 0), ENOSYS);
  REFUSED(ptrace(PTRACE_TRACEME, 0, NULL, NULL), EPERM);
  REFUSED(mount("none", "/", "tmpfs", 0, NULL), EPERM);
  REFUSED(chroot("/"), EPERM);
  REFUSED(unshare(CLONE_NEWUSER), EPERM);
  REFUSED(unshare(CLONE_FS | CLONE_NEWNET), EPERM);
  REFUSED(unshare(CLONE_FS), 0);
  REFUSED(setns(0, 0), EPERM);
  REFUSED(setuid(getuid()), EPERM);
  REFUSED(kill(getppid(), 0), EPERM);
  REFUSED(kill(0, 0), EPERM);
  REFUSED(kill(-1, 0), EPERM);
  REFUSED(kill(getpid(), 0), 0);
  REFUSED(syscall(SYS_tgkill, getppid(), getppid(), 0), EPERM);
  REFUSED(syscall(SYS_tgkill, getpid(), gettid(), 0), 0);
  REFUSED(syscall(SYS_bpf, 0, NULL, 0), EPERM);
  REFUSED(syscall(SYS_perf_event_open, NULL, 0, 0, 0, 0), EPERM);
  REFUSED(syscall(425 /* io_uring_setup */, 0, NULL), EPERM);
  REFUSED(syscall(434 /* pidfd_open */, getpid(), 0), EPERM);
  REFUSED(syscall(SYS_open_by_handle_at, 0, NULL, 0), EPERM);
  REFUSED(syscall(SYS_personality, 0xffffffff), EPERM);
  REFUSED(ioctl(0, TIOCSTI, ""), EPERM);
#ifdef __x86_64__
  REFUSED(syscall(SYS_getpid | 0x40000000), EPERM);
#endif
  return wrong > 0 || check_failed();
}

static void refuses_calls(void)
{
  if (!is_missing())
    in_child(refuse_calls);
}

#define SOCKET(domain, type, protocol, expected) \
  do { \
    int fd = socket(domain, type, protocol); \
    refused("socket(" #domain ", " #type ", " #protocol ")", fd, expected); \
    if (fd != -1) \
      close(fd); \
  } while (0)

static int refuse_sockets(void)
{
  int pair[2];
  EQUAL(kernel_filter_calls(KERNEL_GRANT_ROUTES), 0);
  SOCKET(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, 0);
  SOCKET(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0, 0);
  SOCKET(AF_INET6, SOCK_STREAM, IPPROTO_TCP, 0);
  SOCKET(AF_INET, SOCK_DGRAM, IPPROTO_UDP, 0);
  SOCKET(AF_NETLINK, SOCK_RAW, 0, 0);
  SOCKET(AF_NETLINK, SOCK_RAW, 9, EAFNOSUPPORT);
  SOCKET(AF_PACKET, SOCK_RAW, 0, EAFNOSUPPORT);
  SOCKET(AF_VSOCK, SOCK_STREAM, 0, EAFNOSUPPORT);
  SOCKET(AF_ALG, SOCK_SEQPACKET, 0, EAFNOSUPPORT);
  SOCKET(-1, SOCK_STREAM, 0, EAFNOSUPPORT);
  SOCKET(AF_INET, SOCK_RAW, IPPROTO_ICMP, ESOCKTNOSUPPORT);
  SOCKET(AF_INET, SOCK_SEQPACKET, 0, ESOCKTNOSUPPORT);
  SOCKET(AF_INET, SOCK_DGRAM, IPPROTO_ICMP, EPROTONOSUPPORT);
  SOCKET(AF_INET, SOCK_STREAM, 262 /* IPPROTO_MPTCP */, EPROTONOSUPPORT);
  /* The kernel's own answers. */
  SOCKET(AF_INET, 15, 0, EINVAL);
  SOCKET(AF_INET, SOCK_STREAM, 1000, EINVAL);
  REFUSED(socketpair(AF_TIPC, SOCK_STREAM, 0, pair), EAFNOSUPPORT);
  REFUSED(socketpair(AF_INET, SOCK_STREAM, 0, pair), EOPNOTSUPP);
  return wrong > 0 || check_failed();
}

static void refuses_sockets(void)
{
  if (!is_missing())
    in_child(refuse_sockets);
}

static sem_t started;
static sem_t released;
static int opened[3];

/* As Node's thread that waits for a debugger: with every signal blocked that can be. */
static void *open_later(void *argument)
{
  int *result = argument;
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, NULL);
  sem_post(&started);
  while (sem_wait(&released) == -1)
    continue;
  int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
  *result = fd == -1 ? -errno : 0;
  if (fd != -1)
    close(fd);
  return NULL;
}

static int restrict_threads(void)
{
  pthread_t threads[3];
  sem_init(&started, 0, 0);
  sem_init(&released, 0, 0);
  for (int i = 0; i < 2; i++)
    pthread_create(&threads[i], NULL, open_later, &opened[i]);
  for (int i = 0; i < 2; i++)
    sem_wait(&started);
  int ruleset_fd = kernel_create_ruleset(1 << 2 /* READ_FILE */, 0, 0);
  EQUAL(kernel_permit_path(ruleset_fd, (const uint8_t *) "/usr", 4, 1 << 2), 0);
  EQUAL(kernel_permit_path(ruleset_fd, (const uint8_t *) "/nowhere", 8, 1 << 2), -ENOENT);
  EQUAL(kernel_restrict(ruleset_fd), 0);
  EQUAL(kernel_restrict(-1), -EBADF);
  /* A thread begins with what its maker has. */
  pthread_create(&threads[2], NULL, open_later, &opened[2]);
  for (int i = 0; i < 3; i++)
    sem_post(&released);
  for (int i = 0; i < 3; i++) {
    pthread_join(threads[i], NULL);
    EQUAL(opened[i], -EACCES);
  }
  EQUAL(open("/etc/passwd", O_RDONLY), -1);
  EQUAL(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
  close(ruleset_fd);
  return check_failed();
}

static void restricts_every_thread(void)
{
  if (kernel_landlock_version() >= 1)
    in_child(restrict_threads);
}

static atomic_int calls;

static int count_call(int argument)
{
  atomic_fetch_add(&calls, argument);
  return 0;
}

static void keeps_the_signal_of_libc(void)
{
  EQUAL(kernel_call_everywhere(count_call, 5), 0);
  EQUAL(atomic_load(&calls), 5);
  /* libc sends the same signal for this, and would wait for ever. */
  EQUAL(setuid(getuid()), 0);
}

const struct test wall_tests[] = {
  {"the filter refuses what nothing here calls", refuses_calls},
  {"the filter refuses sockets that no rule is about", refuses_sockets},
  {"Landlock's rules hold in every thread", restricts_every_thread},
  {"the signal that reaches every thread is libc's again", keeps_the_signal_of_libc},
  {NULL, NULL},
};
