/* The same by the functions of wasi-libc, and what it makes of the errors. */
#include "suite.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void put(const char *path, const char *text)
{
  FILE *file = fopen(path, "w");
  HOLDS(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void clock_getres_monotonic(int root)
{
  (void) root;
  struct timespec resolution;
  IS(clock_getres(CLOCK_MONOTONIC, &resolution), 0);
}

static void clock_getres_realtime(int root)
{
  (void) root;
  struct timespec resolution;
  IS(clock_getres(CLOCK_REALTIME, &resolution), 0);
}

static void clock_gettime_monotonic(int root)
{
  (void) root;
  struct timespec one, other;
  IS(clock_gettime(CLOCK_MONOTONIC, &one), 0);
  IS(clock_gettime(CLOCK_MONOTONIC, &other), 0);
  HOLDS(one.tv_sec == other.tv_sec ? one.tv_nsec < other.tv_nsec : one.tv_sec < other.tv_sec);
}

static void clock_gettime_realtime(int root)
{
  (void) root;
  struct timespec now;
  IS(clock_gettime(CLOCK_REALTIME, &now), 0);
}

/* Lists the directory, whose entries have the inodes that their status has; tells those of "one" and "two". */
static void list_inodes(int fd, ino_t inodes[2])
{
  DIR *stream = fdopendir(fd);
  HOLDS(stream != NULL);
  for (struct dirent *entry; stream != NULL && (entry = readdir(stream)) != NULL;) {
    if (entry->d_name[0] == '.')
      continue;
    int is_one = strcmp(entry->d_name, "one") == 0;
    HOLDS(is_one || strcmp(entry->d_name, "two") == 0);
    struct stat status;
    IS(fstatat(fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW), 0);
    IS(status.st_ino, entry->d_ino);
    inodes[is_one ? 0 : 1] = entry->d_ino;
  }
  IS(closedir(stream), 0);
}

static void fdopendir_with_access(int root)
{
  (void) root;
  IS(mkdir("dir", 0777), 0);
  put("dir/one", "");
  put("dir/two", "");
  int fd = open("dir", O_RDONLY | O_DIRECTORY);
  HOLDS(fd != -1);
  ino_t inodes[2] = {0};
  list_inodes(fd, inodes);
  HOLDS(inodes[0] != 0 && inodes[1] != 0 && inodes[0] != inodes[1]);
  IS(unlink("dir/one"), 0);
  IS(unlink("dir/two"), 0);
  IS(rmdir("dir"), 0);
}

static void fopen_with_access(int root)
{
  (void) root;
  put("file", "");
  FILE *file = fopen("file", "r");
  HOLDS(file != NULL);
  IS(fclose(file), 0);
  IS(unlink("file"), 0);
}

/* Without a directory of the start wasi-libc does not ask. */
static void fopen_with_no_access(int root)
{
  IS(root, -1);
  HOLDS(fopen("file", "r") == NULL);
  IS(errno, ENOTCAPABLE);
}

static void lseek_(int root)
{
  (void) root;
  char buf[4];
  put("file", "01234567");
  FILE *file = fopen("file", "r");
  HOLDS(file != NULL);
  int fd = fileno(file);
  IS(fread(buf, 1, 4, file), 4);
  IS(fflush(file), 0);
  IS(lseek(fd, 0, SEEK_CUR), 4);
  IS(fread(buf, 1, 1, file), 1);
  IS(fflush(file), 0);
  IS(lseek(fd, 0, SEEK_CUR), 5);
  IS(buf[0], '4');
  IS(lseek(fd, 0, SEEK_SET), 0);
  IS(lseek(fd, 0, SEEK_END), 8);
  IS(fclose(file), 0);
  IS(unlink("file"), 0);
}

static void pread_with_access(int root)
{
  (void) root;
  char buf[4] = "";
  put("file", "to be read");
  int fd = open("file", O_RDONLY);
  HOLDS(fd > 0);
  IS(pread(fd, buf, 3, 4), 3);
  HOLDS(strcmp(buf, "e r") == 0);
  IS(close(fd), 0);
  IS(unlink("file"), 0);
}

static void pwrite_with_access(int root)
{
  (void) root;
  char buf[16] = "";
  IS(access("file", F_OK), -1);
  int fd = open("file", O_WRONLY | O_CREAT, 0666);
  HOLDS(fd > 0);
  IS(pwrite(fd, "a line of text", 14, 0), 14);
  IS(pwrite(fd, "word", 4, 2), 4);
  IS(close(fd), 0);
  fd = open("file", O_RDONLY);
  HOLDS(fd > 0);
  IS(read(fd, buf, sizeof(buf)), 14);
  HOLDS(strcmp(buf, "a word of text") == 0);
  IS(close(fd), 0);
  IS(remove("file"), 0);
}

static void pwrite_with_append(int root)
{
  (void) root;
  int fd = open("file", O_CREAT | O_TRUNC | O_WRONLY | O_APPEND, 0666);
  HOLDS(fd != -1);
  IS(write(fd, "12", 2), 2);
  IS(lseek(fd, 0, SEEK_SET), 0);
  IS(write(fd, "34", 2), 2);
  IS(lseek(fd, 0, SEEK_CUR), 4);
  /* Linux writes at the end, wherever it was told to. */
  IS(pwrite(fd, "567", 3, 0), 3);
  IS(lseek(fd, 0, SEEK_CUR), 4);
  IS(lseek(fd, 0, SEEK_END), 7);
  IS(close(fd), 0);
  IS(unlink("file"), 0);
}

static void sock_shutdown_invalid_fd(int root)
{
  IS(root, -1);
  IS(shutdown(3, SHUT_RD), -1);
  IS(errno, EBADF);
}

static void sock_shutdown_not_sock(int root)
{
  (void) root;
  IS(shutdown(STDOUT_FILENO, SHUT_RD), -1);
  IS(errno, ENOTSOCK);
}

static void stat_dev_ino(int root)
{
  (void) root;
  struct stat one = {0}, other = {0};
  put("one", "");
  put("two", "");
  int fds[] = {open("one", O_RDONLY), open("two", O_RDONLY)};
  HOLDS(fds[0] != -1 && fds[1] != -1);
  IS(fstat(fds[0], &one), 0);
  IS(fstat(fds[1], &other), 0);
  IS(one.st_dev, other.st_dev);
  HOLDS(one.st_ino != other.st_ino);
  IS(unlink("one"), 0);
  IS(unlink("two"), 0);
}

CASES({"clock_getres-monotonic", clock_getres_monotonic}, {"clock_getres-realtime", clock_getres_realtime},
      {"clock_gettime-monotonic", clock_gettime_monotonic}, {"clock_gettime-realtime", clock_gettime_realtime},
      {"fdopendir-with-access", fdopendir_with_access}, {"fopen-with-access", fopen_with_access},
      {"fopen-with-no-access", fopen_with_no_access}, {"lseek", lseek_}, {"pread-with-access", pread_with_access},
      {"pwrite-with-access", pwrite_with_access}, {"pwrite-with-append", pwrite_with_append},
      {"sock_shutdown-invalid_fd", sock_shutdown_invalid_fd}, {"sock_shutdown-not_sock", sock_shutdown_not_sock},
      {"stat-dev-ino", stat_dev_ino})
