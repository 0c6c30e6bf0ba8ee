/*
 * The system calls of the hot path, without libc between: results are -errno.
 *
 * Leaving the kernel empties the processor's return predictor on many machines, so every function that is returned
 * from after a system call costs tens of nanoseconds. libc's wrappers are such functions, and in a process of several
 * threads they also switch thread cancellation on and off, which nobody here uses.
 */
#ifndef SOCKYARD_KERNEL_SYSCALL_H
#define SOCKYARD_KERNEL_SYSCALL_H

#include <errno.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Under a sanitizer libc's functions are called: it looks into their buffers. */
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)

static inline long kernel_syscall(long number, long a, long b, long c, long d, long e, long f)
{
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

#elif defined(__aarch64__) && !defined(__SANITIZE_ADDRESS__)

static inline long kernel_syscall(long number, long a, long b, long c, long d, long e, long f)
{
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory", "cc");
  return x0;
}

#else
#define KERNEL_USES_LIBC
#endif

static inline ssize_t kernel_sys_recvfrom(
  int fd, void *buffer, size_t size, int flags, void *address, socklen_t *length)
{
#ifdef KERNEL_USES_LIBC
  ssize_t received = recvfrom(fd, buffer, size, flags, address, length);
  return received == -1 ? -errno : received;
#else
  return kernel_syscall(SYS_recvfrom, fd, (long) buffer, (long) size, flags, (long) address, (long) length);
#endif
}

static inline ssize_t kernel_sys_sendto(
  int fd, const void *buffer, size_t size, int flags, const void *address, socklen_t length)
{
#ifdef KERNEL_USES_LIBC
  ssize_t sent = sendto(fd, buffer, size, flags, address, length);
  return sent == -1 ? -errno : sent;
#else
  return kernel_syscall(SYS_sendto, fd, (long) buffer, (long) size, flags, (long) address, (long) length);
#endif
}

static inline ssize_t kernel_sys_recvmsg(int fd, struct msghdr *message, int flags)
{
#ifdef KERNEL_USES_LIBC
  ssize_t received = recvmsg(fd, message, flags);
  return received == -1 ? -errno : received;
#else
  return kernel_syscall(SYS_recvmsg, fd, (long) message, flags, 0, 0, 0);
#endif
}

static inline ssize_t kernel_sys_sendmsg(int fd, const struct msghdr *message, int flags)
{
#ifdef KERNEL_USES_LIBC
  ssize_t sent = sendmsg(fd, message, flags);
  return sent == -1 ? -errno : sent;
#else
  return kernel_syscall(SYS_sendmsg, fd, (long) message, flags, 0, 0, 0);
#endif
}

static inline int kernel_sys_accept4(int fd, void *address, socklen_t *length, int flags)
{
#ifdef KERNEL_USES_LIBC
  int connection = accept4(fd, address, length, flags);
  return connection == -1 ? -errno : connection;
#else
  return (int) kernel_syscall(SYS_accept4, fd, (long) address, (long) length, flags, 0, 0);
#endif
}

static inline int kernel_sys_close(int fd)
{
#ifdef KERNEL_USES_LIBC
  return close(fd) == -1 ? -errno : 0;
#else
  return (int) kernel_syscall(SYS_close, fd, 0, 0, 0, 0, 0);
#endif
}

/* An option that is an integer; 0 or -errno. */
static inline int kernel_sys_option(int fd, int level, int option, int32_t *value)
{
  socklen_t size = sizeof(*value);
#ifdef KERNEL_USES_LIBC
  return getsockopt(fd, level, option, value, &size) == -1 ? -errno : 0;
#else
  return (int) kernel_syscall(SYS_getsockopt, fd, level, option, (long) value, (long) &size, 0);
#endif
}

#endif
