/*
 * A filter of system calls (seccomp(2)) against what neither the addon nor Node
 * calls once a guest runs. Everything else passes.
 *
 * A call whose arguments matter to no rule here is one that the kernel remembers
 * to let through without running the filter: so are all that carry data.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel_filter.h"

#if defined(__x86_64__) && !defined(__ILP32__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && defined(__LP64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef NATIVE_ARCHITECTURE

#ifndef SECCOMP_FILTER_FLAG_SPEC_ALLOW
#define SECCOMP_FILTER_FLAG_SPEC_ALLOW (1u << 2)
#endif
/* Calls of x32 are x86-64's with this bit (seccomp(2)). */
#define X32_BIT 0x40000000u
/* Linux's <linux/tty.h> and <asm/ioctls.h>: they type for whoever sits at the terminal. */
#ifndef TIOCLINUX
#define TIOCLINUX 0x541c
#endif

/*
 * Other programs, other processes, other roots, other users, the machine itself, and large parts of the kernel.
 *
 * Not capset(2): a host that is root puts two of its capabilities aside while it passes descriptors (kernel_message.c).
 */
static const int never[] = {
  SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp,
  SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_setns, SYS_swapon, SYS_swapoff, SYS_quotactl, SYS_acct,
  SYS_mknodat, SYS_open_by_handle_at, SYS_fanotify_init,
  SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_bpf, SYS_perf_event_open,
  SYS_userfaultfd, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_personality, SYS_move_pages, SYS_migrate_pages,
  SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid, SYS_setresgid, SYS_setfsuid, SYS_setfsgid,
  SYS_setgroups,
  SYS_reboot, SYS_sethostname, SYS_setdomainname, SYS_settimeofday, SYS_clock_settime, SYS_clock_adjtime,
  SYS_adjtimex, SYS_syslog, SYS_vhangup,
#ifdef SYS_kexec_file_load
  SYS_kexec_file_load,
#endif
#ifdef __x86_64__
  SYS_fork, SYS_vfork, SYS_mknod, SYS_uselib, SYS_iopl, SYS_ioperm, SYS_modify_ldt,
#endif
  /*
   * Since 5.1 numbers are the same on all architectures; <sys/syscall.h> may be older. io_uring_enter(2) is not here:
   * a ring that Node has made before must go on, and there will be no other.
   */
  424 /* pidfd_send_signal */, 425 /* io_uring_setup */, 427 /* io_uring_register */,
  428 /* open_tree */, 429 /* move_mount */, 430 /* fsopen */, 431 /* fsconfig */, 432 /* fsmount */, 433 /* fspick */,
  434 /* pidfd_open */, 438 /* pidfd_getfd */, 440 /* process_madvise */, 442 /* mount_setattr */,
  443 /* quotactl_fd */, 448 /* process_mrelease */, 467 /* open_tree_attr */,
};

static void judge_first_argument(struct kernel_filter *filter, int call, uint32_t wanted)
{
  unsigned short begin = begin_case(filter, (uint32_t) call);
  load_argument(filter, 0);
  finish_if_equal(filter, wanted, PASS);
  finish(filter, FAIL(EPERM));
  end_case(filter, begin);
}

/* Threads, but no processes. What a pointer leads to cannot be seen: libc takes clone(2) where there is no clone3(2). */
static void judge_clone(struct kernel_filter *filter)
{
  unsigned short begin = begin_case(filter, SYS_clone);
  load_argument(filter, 0);
  finish_if(filter, BPF_JSET, CLONE_THREAD, PASS);
  finish(filter, FAIL(EPERM));
  end_case(filter, begin);
  begin = begin_case(filter, 435 /* clone3 */);
  finish(filter, FAIL(ENOSYS));
  end_case(filter, begin);
}

static void judge_ioctl(struct kernel_filter *filter)
{
  unsigned short begin = begin_case(filter, SYS_ioctl);
  load_argument(filter, 1);
  finish_if_equal(filter, TIOCSTI, FAIL(EPERM));
  finish_if_equal(filter, TIOCLINUX, FAIL(EPERM));
  finish(filter, PASS);
  end_case(filter, begin);
}

/* Signals go to the process itself. musl sends them by a thread's number alone, which says nothing of the process. */
static void judge_signals(struct kernel_filter *filter)
{
  uint32_t own = (uint32_t) getpid();
  judge_first_argument(filter, SYS_kill, own);
  judge_first_argument(filter, SYS_tgkill, own);
  judge_first_argument(filter, SYS_rt_sigqueueinfo, own);
  judge_first_argument(filter, SYS_rt_tgsigqueueinfo, own);
#ifdef __GLIBC__
  unsigned short begin = begin_case(filter, SYS_tkill);
  finish(filter, FAIL(EPERM));
  end_case(filter, begin);
#endif
}

static int compare(const void *one, const void *other)
{
  return *(const int *) one - *(const int *) other;
}

/*
 * A tree, for before it takes a filter the kernel runs it for each call that
 * there is, to see which ones always pass: a chain makes that half a millisecond.
 */
static void refuse_all(struct kernel_filter *filter, const int *calls, size_t count)
{
  if (count > 4) {
    size_t half = count / 2;
    emit(filter, BPF_JMP | BPF_JGE | BPF_K, 0, 1, (uint32_t) calls[half]);
    unsigned short jump = filter->length;
    emit(filter, BPF_JMP | BPF_JA, 0, 0, 0);
    refuse_all(filter, calls, half);
    filter->code[jump].k = filter->length - jump - 1u;
    refuse_all(filter, calls + half, count - half);
    return;
  }
  for (size_t i = 0; i < count; i++)
    finish_if_equal(filter, (uint32_t) calls[i], FAIL(EPERM));
  finish(filter, PASS);
}

static void write_filter(struct kernel_filter *filter, uint32_t granted)
{
  emit(filter, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, arch));
  emit(filter, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, NATIVE_ARCHITECTURE);
  finish(filter, FAIL(EPERM));
  emit(filter, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
  finish_if(filter, BPF_JGE, X32_BIT, FAIL(EPERM));
  kernel_judge_sockets(filter, granted);
  judge_clone(filter);
  judge_first_argument(filter, SYS_unshare, CLONE_FS);
  judge_signals(filter);
  judge_ioctl(filter);
  int calls[sizeof(never) / sizeof(never[0])];
  memcpy(calls, never, sizeof(never));
  qsort(calls, sizeof(calls) / sizeof(calls[0]), sizeof(calls[0]), compare);
  refuse_all(filter, calls, sizeof(calls) / sizeof(calls[0]));
}

int kernel_filter_calls(uint32_t granted)
{
  struct kernel_filter filter = {.length = 0};
  write_filter(&filter, granted);
  const struct sock_fprog program = {filter.length, filter.code};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
    return -errno;
  const unsigned int flags = SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
  long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
  if (result == -1)
    return -errno;
  /* The thread that has another filter of its own, and kept it. */
  return result > 0 ? -EAGAIN : 0;
}

int kernel_filter_available(void)
{
  const uint32_t action = SECCOMP_RET_ERRNO;
  return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == -1 ? -errno : 0;
}

#else

int kernel_filter_calls(uint32_t granted)
{
  (void) granted;
  return -ENOTSUP;
}

int kernel_filter_available(void)
{
  return -ENOTSUP;
}

#endif
