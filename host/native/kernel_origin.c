/* Where a file's contents come from: a medium, the kernel itself, or the process that the guest runs in. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "kernel.h"

/* What the kernel shows and takes through files; where such a file system is mounted makes no difference. */
static bool is_view_of_kernel(uint32_t type)
{
  switch (type) {
  case SYSFS_MAGIC:
  case DEVPTS_SUPER_MAGIC:
  case CGROUP_SUPER_MAGIC:
  case CGROUP2_SUPER_MAGIC:
  case DEBUGFS_MAGIC:
  case TRACEFS_MAGIC:
  case SECURITYFS_MAGIC:
  case SELINUX_MAGIC:
  case SMACK_MAGIC:
  case BPF_FS_MAGIC:
  case BINFMTFS_MAGIC:
  case EFIVARFS_MAGIC:
  case PSTOREFS_MAGIC:
  case NSFS_MAGIC:
    return true;
  default:
    return false;
  }
}

/* The number in /proc/NUMBER, whose rest goes to `rest`; 0 if there is none. */
static int process_in(const char *path, const char **rest)
{
  int length = 0;
  int process = 0;
  if (sscanf(path, "/proc/%9d%n", &process, &length) != 1 || (path[length] != '/' && path[length] != '\0'))
    return 0;
  *rest = path + length;
  return process;
}

static bool is_own_thread(int process)
{
  char task[sizeof("/proc/self/task/999999999")];
  snprintf(task, sizeof(task), "/proc/self/task/%d", process);
  return access(task, F_OK) == 0;
}

/* Whether `path` shows no more of a process than the network that it is in, where /proc/net leads. */
static bool is_of_network(const char *path)
{
  int task = 0;
  int length = 0;
  if (sscanf(path, "/task/%9d%n", &task, &length) == 1 && length > 0)
    path += length;
  return strncmp(path, "/net", 4) == 0 && (path[4] == '/' || path[4] == '\0');
}

/* In another place than /proc it cannot be told whose process a file shows. */
static enum kernel_origin origin_in_proc(int fd)
{
  char path[PATH_MAX];
  const char *rest = "";
  int length = kernel_path_of(fd, (uint8_t *) path, sizeof(path));
  if (length < 0)
    return KERNEL_ORIGIN_HOST;
  path[length] = '\0';
  if (strncmp(path, "/proc", 5) != 0 || (path[5] != '/' && path[5] != '\0'))
    return KERNEL_ORIGIN_HOST;
  int process = process_in(path, &rest);
  return process != 0 && is_own_thread(process) && !is_of_network(rest) ? KERNEL_ORIGIN_HOST : KERNEL_ORIGIN_KERNEL;
}

int kernel_origin_of(int fd)
{
  struct statfs system;
  struct stat stat;
  if (fstatfs(fd, &system) == -1 || fstat(fd, &stat) == -1)
    return -errno;
  if ((uint32_t) system.f_type == PROC_SUPER_MAGIC)
    return origin_in_proc(fd);
  bool is_device = S_ISCHR(stat.st_mode) || S_ISBLK(stat.st_mode);
  return is_device || is_view_of_kernel((uint32_t) system.f_type) ? KERNEL_ORIGIN_KERNEL : KERNEL_ORIGIN_MEDIUM;
}
