/* Paths that must not leave the directory that they begin in, whoever moves what while they are followed. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel_path.h"

/* path_resolution(7): how many links Linux follows. */
#define MAX_LINKS 40
/* How deep a walk goes: each level holds a descriptor. */
#define MAX_DEPTH 256
/* How often openat2(2) is asked again when a rename came in between (EAGAIN). */
#define ATTEMPTS 32

/* A path on its way: the directories that it went through, and what is still to be followed. */
struct walk {
  int directories[MAX_DEPTH];
  int depth;
  int links;
  char rest[PATH_MAX];
};

#define GOES_ON (-1000)

static int top(const struct walk *walk)
{
  return walk->directories[walk->depth];
}

static int refuse(int fd, int error)
{
  close(fd);
  return error;
}

/* Puts the text of a symbolic link in front of the rest. */
static int follow(struct walk *walk, int link_fd, bool has_slash)
{
  char text[PATH_MAX];
  ssize_t length = readlinkat(link_fd, "", text, sizeof(text));
  if (length <= 0)
    return length == 0 ? -ENOENT : -errno;
  size_t size = strlen(walk->rest);
  if ((size_t) length + has_slash + size >= sizeof(walk->rest))
    return -ENAMETOOLONG;
  if (++walk->links > MAX_LINKS)
    return -ELOOP;
  memmove(walk->rest + length + has_slash, walk->rest, size + 1);
  memcpy(walk->rest, text, (size_t) length);
  if (has_slash)
    walk->rest[length] = '/';
  return GOES_ON;
}

static int ascend(struct walk *walk)
{
  if (walk->depth == 0)
    return -EXDEV;
  close(walk->directories[walk->depth--]);
  return GOES_ON;
}

static int descend(struct walk *walk, int fd)
{
  if (walk->depth + 1 == MAX_DEPTH)
    return refuse(fd, -ENAMETOOLONG);
  walk->directories[++walk->depth] = fd;
  return GOES_ON;
}

/* Takes the first name off the rest. Returns whether slashes followed it, or -ENAMETOOLONG. */
static int take_name(struct walk *walk, char name[NAME_MAX + 1])
{
  size_t length = strcspn(walk->rest, "/");
  size_t slashes = strspn(walk->rest + length, "/");
  if (length > NAME_MAX)
    return -ENAMETOOLONG;
  memcpy(name, walk->rest, length);
  name[length] = '\0';
  memmove(walk->rest, walk->rest + length + slashes, strlen(walk->rest + length + slashes) + 1);
  return slashes > 0;
}

/* The file called `name`: the end of the way, or a link or directory on it. */
static int enter(struct walk *walk, const char *name, bool has_slash, int flags)
{
  bool is_last = walk->rest[0] == '\0';
  struct stat stat;
  int fd = openat(top(walk), name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (fd == -1)
    return -errno;
  if (fstat(fd, &stat) == -1)
    return refuse(fd, -errno);
  if (S_ISLNK(stat.st_mode) && (!is_last || has_slash || (flags & O_NOFOLLOW) == 0))
    return refuse(fd, follow(walk, fd, has_slash));
  bool is_wanted_directory = !is_last || has_slash || (flags & O_DIRECTORY) != 0;
  if (is_wanted_directory && !S_ISDIR(stat.st_mode))
    return refuse(fd, -ENOTDIR);
  return is_last ? fd : descend(walk, fd);
}

static int step(struct walk *walk, int flags)
{
  char name[NAME_MAX + 1];
  if (walk->rest[0] == '/')
    return -EXDEV;
  int has_slash = take_name(walk, name);
  if (has_slash < 0)
    return has_slash;
  bool is_last = walk->rest[0] == '\0';
  int status = strcmp(name, "..") == 0 ? ascend(walk) : GOES_ON;
  if (status == GOES_ON && (strcmp(name, ".") == 0 || strcmp(name, "..") == 0))
    return is_last ? enter(walk, ".", true, flags) : GOES_ON;
  return status == GOES_ON ? enter(walk, name, has_slash, flags) : status;
}

int kernel_walk_beneath(int directory_fd, const uint8_t *path, size_t size, int flags)
{
  struct walk walk = {.directories = {directory_fd}};
  int result = kernel_copy_path(path, size, walk.rest);
  if (result < 0)
    return result;
  if (size == 0)
    return -ENOENT;
  do
    result = step(&walk, flags);
  while (result == GOES_ON);
  while (walk.depth > 0)
    close(walk.directories[walk.depth--]);
  return result;
}

/* 5.6 has openat2(2); filters of system calls that are older than it answer EPERM. */
static bool is_missing(int error)
{
  return error == -ENOSYS || error == -EPERM;
}

int kernel_open_beneath(int directory_fd, const uint8_t *path, size_t size, int flags)
{
  struct open_how how = {
    .flags = (uint64_t) (flags | O_PATH | O_CLOEXEC),
    .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
  };
  char copy[PATH_MAX];
  int result = kernel_copy_path(path, size, copy);
  if (result < 0)
    return result;
  for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
    long fd = syscall(SYS_openat2, directory_fd, copy, &how, sizeof(how));
    result = fd == -1 ? -errno : (int) fd;
    if (result != -EAGAIN && !is_missing(result))
      return result;
    if (is_missing(result))
      break;
  }
  return kernel_walk_beneath(directory_fd, path, size, flags);
}

int kernel_try_openat2(void)
{
  struct open_how how = {.flags = O_PATH | O_CLOEXEC};
  long fd = syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof(how));
  return fd == -1 ? -errno : kernel_close((int) fd);
}
