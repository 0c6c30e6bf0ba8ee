/*
 * isolate [COMMAND [ARGS]…]: becomes COMMAND in a network of its own, which has
 * a loopback interface and nothing else, and where every port may be bound.
 *
 * A program by itself, since only a process with one thread can enter a user
 * namespace of its own (unshare(2)), and Node is never that. Users, files and
 * everything else stay as they are. Without COMMAND it ends, having tried.
 *
 * COMMAND finds in SOCKYARD_ISOLATED that it is there: the process and the
 * namespace, which no other has.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define NOT_LOADED 126

/* What systems forbid namespaces by: the value that does, and one that allows them. */
static struct setting {
  const char *name;
  const char *path;
  const char *forbids;
  const char *remedy;
  bool is_in_the_way;
} settings[] = {
  {"kernel.unprivileged_userns_clone", "/proc/sys/kernel/unprivileged_userns_clone", "0\n", "1", false},
  {"kernel.apparmor_restrict_unprivileged_userns", "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n",
   "0", false},
  {"user.max_user_namespaces", "/proc/sys/user/max_user_namespaces", "0\n", "10000", false},
  {"user.max_net_namespaces", "/proc/sys/user/max_net_namespaces", "0\n", "10000", false},
};

#define SETTINGS (sizeof(settings) / sizeof(settings[0]))

static bool holds(const char *path, const char *text)
{
  char found[16];
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd == -1)
    return false;
  ssize_t size = read(fd, found, sizeof(found));
  close(fd);
  return size == (ssize_t) strlen(text) && memcmp(found, text, strlen(text)) == 0;
}

/* While the limits are still those of the namespace that it comes from. */
static void read_settings(void)
{
  for (size_t i = 0; i < SETTINGS; i++)
    settings[i].is_in_the_way = holds(settings[i].path, settings[i].forbids);
}

/* The message of every failure; its hint names the setting that forbids, if there is one. */
static int fail(const char *what)
{
  int error = errno;
  fprintf(stderr, "error: this system allows no network of its own\n  %s: %s\n", what, strerror(error));
  for (size_t i = 0; i < SETTINGS; i++) {
    const struct setting *setting = &settings[i];
    if (!setting->is_in_the_way)
      continue;
    fprintf(stderr, "  %s is %.1s\n", setting->name, setting->forbids);
    fprintf(stderr, "hint: sudo sysctl -w %s=%s\n", setting->name, setting->remedy);
    return NOT_LOADED;
  }
  if (error == EPERM)
    fprintf(stderr, "  in a container, its filter of system calls may forbid unshare(2)\n");
  return NOT_LOADED;
}

static bool write_file(const char *path, const char *text)
{
  size_t size = strlen(text);
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd == -1)
    return false;
  bool written = write(fd, text, size) == (ssize_t) size;
  int error = errno;
  close(fd);
  errno = error;
  return written;
}

/* Everybody keeps their number: user_namespaces(7). */
static bool map_ids(uid_t uid, gid_t gid)
{
  char map[64];
  snprintf(map, sizeof(map), "%u %u 1", uid, uid);
  if (!write_file("/proc/self/uid_map", map) || !write_file("/proc/self/setgroups", "deny"))
    return false;
  snprintf(map, sizeof(map), "%u %u 1", gid, gid);
  return write_file("/proc/self/gid_map", map);
}

static bool raise_loopback(void)
{
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd == -1)
    return false;
  bool raised = ioctl(fd, SIOCSIFFLAGS, &request) == 0;
  int error = errno;
  close(fd);
  errno = error;
  return raised;
}

/* Capabilities end with exec: what needs them later must be anybody's. */
static bool open_ports(gid_t gid)
{
  char range[64];
  snprintf(range, sizeof(range), "%u %u", gid, gid);
  return write_file("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0") &&
    write_file("/proc/sys/net/ipv4/ping_group_range", range);
}

static bool tell(void)
{
  char network[128];
  char text[192];
  ssize_t length = readlink("/proc/self/ns/net", network, sizeof(network) - 1);
  if (length == -1)
    return false;
  network[length] = '\0';
  snprintf(text, sizeof(text), "%d %s", getpid(), network);
  return setenv("SOCKYARD_ISOLATED", text, 1) == 0;
}

int main(int argc, char **argv)
{
  uid_t uid = geteuid();
  gid_t gid = getegid();
  read_settings();
  if (unshare(CLONE_NEWUSER) == -1)
    return fail("a user namespace");
  if (!map_ids(uid, gid))
    return fail("the users of a user namespace");
  if (unshare(CLONE_NEWNET) == -1)
    return fail("a network namespace");
  if (!raise_loopback())
    return fail("its loopback interface");
  if (!open_ports(gid))
    return fail("its ports below 1024");
  if (!tell())
    return fail("its name");
  if (argc < 2)
    return 0;
  execv(argv[1], argv + 1);
  fprintf(stderr, "error: cannot start %s\n  %s\n", argv[1], strerror(errno));
  return NOT_LOADED;
}
