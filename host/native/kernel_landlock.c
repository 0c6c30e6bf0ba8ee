/* Landlock (landlock(7)): what the process may still open, bind and connect to, whatever its own checks say. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel.h"
#include "kernel_everywhere.h"
#include "kernel_path.h"

/* <linux/landlock.h> of the build may be older than the kernel that runs. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

#define CREATE_RULESET_VERSION 1
#define CREATE_RULESET_ERRATA 2
#define RULE_PATH_BENEATH 1
#define RULE_NET_PORT 2

/* EXECUTE, WRITE_FILE, READ_FILE and TRUNCATE: what a rule for a file, and not a directory, may hold. */
#define FILE_ACCESS (1u << 0 | 1u << 1 | 1u << 2 | 1u << 14)

struct ruleset {
  uint64_t files;
  uint64_t ports;
  uint64_t scopes;
};

struct path_rule {
  uint64_t access;
  int32_t fd;
} __attribute__((packed));

struct port_rule {
  uint64_t access;
  uint64_t port;
};

int kernel_landlock_version(void)
{
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
  return version == -1 ? -errno : (int) version;
}

int kernel_landlock_errata(void)
{
  long errata = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_ERRATA);
  return errata == -1 ? -errno : (int) errata;
}

int kernel_create_ruleset(uint32_t files, uint32_t ports, uint32_t scopes)
{
  /* A kernel that does not know the last fields takes them if they are zero. */
  const struct ruleset ruleset = {files, ports, scopes};
  long fd = syscall(SYS_landlock_create_ruleset, &ruleset, sizeof(ruleset), 0);
  return fd == -1 ? -errno : (int) fd;
}

static int add_path(int ruleset_fd, int fd, uint32_t access)
{
  struct stat stat;
  if (fstat(fd, &stat) == -1)
    return -errno;
  const struct path_rule rule = {S_ISDIR(stat.st_mode) ? access : access & FILE_ACCESS, fd};
  if (rule.access == 0)
    return 0;
  return syscall(SYS_landlock_add_rule, ruleset_fd, RULE_PATH_BENEATH, &rule, 0) == -1 ? -errno : 0;
}

int kernel_permit_path(int ruleset_fd, const uint8_t *path, size_t size, uint32_t access)
{
  char copy[PATH_MAX];
  int status = kernel_copy_path(path, size, copy);
  if (status < 0)
    return status;
  int fd = open(copy, O_PATH | O_CLOEXEC);
  if (fd == -1)
    return -errno;
  status = add_path(ruleset_fd, fd, access);
  close(fd);
  return status;
}

int kernel_permit_port(int ruleset_fd, uint32_t port, uint32_t access)
{
  const struct port_rule rule = {access, port};
  return syscall(SYS_landlock_add_rule, ruleset_fd, RULE_NET_PORT, &rule, 0) == -1 ? -errno : 0;
}

/* In a signal handler, too. */
static int restrict_thread(int ruleset_fd)
{
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
    return -errno;
  return syscall(SYS_landlock_restrict_self, ruleset_fd, 0) == -1 ? -errno : 0;
}

int kernel_restrict(int ruleset_fd)
{
  return kernel_call_everywhere(restrict_thread, ruleset_fd);
}
