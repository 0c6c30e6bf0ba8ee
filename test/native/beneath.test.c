#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#define NAME(text) (const uint8_t *) (text), strlen(text)

typedef int opener(int directory_fd, const uint8_t *path, size_t size, int flags);

/* A directory `in` with things in it, and a secret beside it. */
struct tree {
  char path[64];
  int outside;
  int in;
};

static void make_file(int directory, const char *name)
{
  EQUAL(close(openat(directory, name, O_CREAT | O_EXCL | O_WRONLY, 0600)), 0);
}

static void tree_open(struct tree *tree)
{
  strcpy(tree->path, "/tmp/sockyard-native-XXXXXX");
  TRUE(mkdtemp(tree->path) != NULL);
  tree->outside = open(tree->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  make_file(tree->outside, "secret");
  EQUAL(mkdirat(tree->outside, "in", 0700), 0);
  EQUAL(mkdirat(tree->outside, "in/a", 0700), 0);
  EQUAL(mkdirat(tree->outside, "in/a/b", 0700), 0);
  tree->in = openat(tree->outside, "in", O_PATH | O_DIRECTORY | O_CLOEXEC);
  make_file(tree->in, "file");
  make_file(tree->in, "a/b/file");
}

static void tree_close(struct tree *tree)
{
  char command[128];
  close(tree->in);
  close(tree->outside);
  snprintf(command, sizeof(command), "rm -r %s", tree->path);
  EQUAL(system(command), 0);
}

static void expect(opener *open_it, const struct tree *tree, const char *path, int flags, int wanted)
{
  int fd = open_it(tree->in, NAME(path), flags);
  if (wanted < 0) {
    if (fd != wanted)
      printf("  %s:\n", path);
    EQUAL(fd, wanted);
    if (fd >= 0)
      close(fd);
    return;
  }
  struct stat stat;
  if (fd < 0)
    printf("  %s:\n", path);
  TRUE(fd >= 0);
  EQUAL(fstat(fd, &stat), 0);
  EQUAL(stat.st_mode & S_IFMT, wanted);
  EQUAL(fcntl(fd, F_GETFD), FD_CLOEXEC);
  TRUE((fcntl(fd, F_GETFL) & O_PATH) != 0);
  close(fd);
}

static void paths_stay_within(opener *open_it)
{
  struct tree tree;
  char absolute[128];
  tree_open(&tree);
  snprintf(absolute, sizeof(absolute), "%s/secret", tree.path);
  const char *const links[][2] = {
    {"file", "in/link"},          {"../secret", "in/out"},   {"a/b", "in/deep"},    {"..", "in/a/up"},
    {"loop", "in/loop"},          {"nothing", "in/dangling"}, {absolute, "in/root"}, {"../../in/file", "in/a/b/twice"},
    {"/proc/self/fd", "in/magic"}, {"b/../b/./file", "in/a/round"}, {"../file/", "in/a/slash"},
  };
  for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
    EQUAL(symlinkat(links[i][0], tree.outside, links[i][1]), 0);

  const struct {
    const char *path;
    int flags;
    int wanted;
  } cases[] = {
    {"file", 0, S_IFREG},
    {"./a/./b//file", 0, S_IFREG},
    {"a/../a/b/../b/file", 0, S_IFREG},
    {".", 0, S_IFDIR},
    {"a/..", 0, S_IFDIR},
    {"a/b/", 0, S_IFDIR},
    {"a", O_DIRECTORY, S_IFDIR},
    {"link", 0, S_IFREG},
    {"link", O_NOFOLLOW, S_IFLNK},
    {"deep/file", 0, S_IFREG},
    {"deep", O_NOFOLLOW, S_IFLNK},
    {"deep/", O_NOFOLLOW, S_IFDIR},
    {"deep", O_NOFOLLOW | O_DIRECTORY, -ENOTDIR},
    {"a/up/file", 0, S_IFREG},
    {"a/up/a/up/a", 0, S_IFDIR},
    {"a/round", 0, S_IFREG},
    {"a/slash", 0, -ENOTDIR},
    {"dangling", O_NOFOLLOW, S_IFLNK},
    {"dangling", 0, -ENOENT},
    {"nothing", 0, -ENOENT},
    {"", 0, -ENOENT},
    {"file/", 0, -ENOTDIR},
    {"file/x", 0, -ENOTDIR},
    {"file", O_DIRECTORY, -ENOTDIR},
    {"loop", 0, -ELOOP},
    {"loop", O_NOFOLLOW, S_IFLNK},
    {"..", 0, -EXDEV},
    {"../in/file", 0, -EXDEV},
    {"a/../../secret", 0, -EXDEV},
    {"a/up/..", 0, -EXDEV},
    {"out", 0, -EXDEV},
    {"out", O_NOFOLLOW, S_IFLNK},
    {"a/b/twice", 0, -ENOENT},
    {"root", 0, -EXDEV},
    {"magic/0", 0, -EXDEV},
    {"/", 0, -EXDEV},
    {"/etc/passwd", 0, -EXDEV},
    {absolute, 0, -EXDEV},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    expect(open_it, &tree, cases[i].path, cases[i].flags, cases[i].wanted);

  uint8_t path[PATH_MAX];
  memset(path, 'n', sizeof(path));
  EQUAL(open_it(tree.in, path, NAME_MAX + 1, 0), -ENAMETOOLONG);
  EQUAL(open_it(tree.in, path, sizeof(path), 0), -ENAMETOOLONG);
  EQUAL(open_it(tree.in, (const uint8_t *) "file\0x", 6, 0), -EINVAL);
  EQUAL(open_it(-1, NAME("file"), 0), -EBADF);
  int file = openat(tree.in, "file", O_RDONLY | O_CLOEXEC);
  EQUAL(open_it(file, NAME("x"), 0), -ENOTDIR);
  close(file);
  tree_close(&tree);
}

static void openat2_stays_within(void)
{
  paths_stay_within(kernel_open_beneath);
}

static void a_walk_stays_within(void)
{
  paths_stay_within(kernel_walk_beneath);
}

static void magic_links_are_not_followed(opener *open_it)
{
  int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
  char path[64];
  snprintf(path, sizeof(path), "%d/root/tmp", getpid());
  int fd = open_it(proc, NAME(path), 0);
  TRUE(fd == -ELOOP || fd == -EXDEV);
  fd = open_it(proc, NAME("self/cwd"), 0);
  TRUE(fd == -ELOOP || fd == -EXDEV);
  fd = open_it(proc, NAME("self/status"), 0);
  TRUE(fd >= 0);
  close(fd);
  close(proc);
}

static void no_magic_link_is_followed(void)
{
  magic_links_are_not_followed(kernel_open_beneath);
  magic_links_are_not_followed(kernel_walk_beneath);
}

/* Makes `in/a/x` a directory and a link to the outside in turn, and moves `in/a` out of `in` and back. */
static void swap_for_ever(const struct tree *tree)
{
  symlinkat("../../..", tree->outside, "link");
  for (;;) {
    renameat(tree->in, "a/b", tree->outside, "kept");
    renameat(tree->outside, "link", tree->in, "a/b");
    renameat(tree->in, "a/b", tree->outside, "link");
    renameat(tree->outside, "kept", tree->in, "a/b");
    renameat(tree->in, "a", tree->outside, "moved");
    renameat(tree->outside, "moved", tree->in, "a");
  }
}

/* No path of these may ever find the secret: it is outside. */
static void races_are_lost_by_nobody(opener *open_it)
{
  struct tree tree;
  struct stat secret;
  struct stat found;
  int met[2] = {0, 0};
  tree_open(&tree);
  EQUAL(fstatat(tree.outside, "secret", &secret, 0), 0);
  pid_t swapper = fork();
  if (swapper == 0)
    swap_for_ever(&tree);
  const char *const paths[] = {"a/b/../../../secret", "a/b/../../secret", "a/b/secret", "a/b/file", "a/../secret"};
  for (int i = 0; i < 100000; i++) {
    int fd = open_it(tree.in, NAME(paths[i % 5]), 0);
    if (fd < 0) {
      met[1]++;
      continue;
    }
    EQUAL(fstat(fd, &found), 0);
    if (found.st_ino == secret.st_ino)
      TRUE(false);
    met[0]++;
    close(fd);
  }
  kill(swapper, SIGKILL);
  waitpid(swapper, NULL, 0);
  TRUE(met[0] > 0 && met[1] > 0);
  tree_close(&tree);
}

static void nobody_races_out_of_openat2(void)
{
  races_are_lost_by_nobody(kernel_open_beneath);
}

static void nobody_races_out_of_a_walk(void)
{
  races_are_lost_by_nobody(kernel_walk_beneath);
}

static void names_are_changed_where_they_are(void)
{
  struct tree tree;
  struct stat stat;
  tree_open(&tree);
  EQUAL(kernel_mkdirat(tree.in, NAME("new"), 0700), 0);
  EQUAL(kernel_mkdirat(tree.in, NAME("new"), 0700), -EEXIST);
  EQUAL(kernel_unlinkat(tree.in, NAME("new"), 0), -EISDIR);
  EQUAL(kernel_unlinkat(tree.in, NAME("new"), AT_REMOVEDIR), 0);
  EQUAL(kernel_symlinkat(NAME("file"), tree.in, NAME("link")), 0);
  EQUAL(kernel_linkat(tree.in, NAME("link"), tree.in, NAME("copy")), 0);
  EQUAL(fstatat(tree.in, "copy", &stat, AT_SYMLINK_NOFOLLOW), 0);
  TRUE(S_ISLNK(stat.st_mode));
  EQUAL(kernel_renameat(tree.in, NAME("copy"), tree.in, NAME("link2")), 0);
  EQUAL(kernel_renameat(tree.in, NAME("copy"), tree.in, NAME("x")), -ENOENT);
  EQUAL(kernel_mkdirat(tree.in, (const uint8_t *) "x\0y", 3, 0700), -EINVAL);
  EQUAL(kernel_symlinkat((const uint8_t *) "x\0y", 3, tree.in, NAME("x")), -EINVAL);
  EQUAL(kernel_symlinkat(NAME("x"), tree.in, (const uint8_t *) "x\0y", 3), -EINVAL);
  EQUAL(kernel_renameat(tree.in, (const uint8_t *) "x\0y", 3, tree.in, NAME("x")), -EINVAL);
  EQUAL(kernel_renameat(tree.in, NAME("file"), tree.in, (const uint8_t *) "x\0y", 3), -EINVAL);
  EQUAL(kernel_linkat(tree.in, NAME("file"), tree.in, (const uint8_t *) "x\0y", 3), -EINVAL);
  EQUAL(kernel_mkdirat(-1, NAME("x"), 0700), -EBADF);

  int link = kernel_open_beneath(tree.in, NAME("link"), O_NOFOLLOW);
  EQUAL(kernel_set_times(link, 1, 2000000003), 0);
  EQUAL(fstatat(tree.in, "link", &stat, AT_SYMLINK_NOFOLLOW), 0);
  EQUAL(stat.st_mtim.tv_sec, 2);
  EQUAL(stat.st_mtim.tv_nsec, 3);
  EQUAL(kernel_set_times(link, KERNEL_TIME_OMIT, KERNEL_TIME_NOW), 0);
  EQUAL(fstatat(tree.in, "link", &stat, AT_SYMLINK_NOFOLLOW), 0);
  TRUE(stat.st_mtim.tv_sec > 1000000);
  EQUAL(kernel_set_times(link, -3, 0), -EINVAL);
  EQUAL(kernel_set_times(-1, 0, 0), -EBADF);
  close(link);
  tree_close(&tree);
}

const struct test beneath_tests[] = {
  {"openat2 stays within", openat2_stays_within},
  {"a walk stays within", a_walk_stays_within},
  {"no magic link is followed", no_magic_link_is_followed},
  {"nobody races out of openat2", nobody_races_out_of_openat2},
  {"nobody races out of a walk", nobody_races_out_of_a_walk},
  {"names are changed where they are", names_are_changed_where_they_are},
  {NULL, NULL},
};
