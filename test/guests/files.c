/* Works in the directory that it is given, as programs in C do, and tells what did not come out as it should. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char path[2][512];
static const char *directory;

static const char *in(int slot, const char *name)
{
  snprintf(path[slot], sizeof(path[slot]), "%s/%s", directory, name);
  return path[slot];
}

static void check(const char *what, int is_right)
{
  if (is_right)
    printf("ok %s\n", what);
  else
    printf("FAILED %s: %s\n", what, strerror(errno));
}

static int count_entries(const char *name)
{
  int count = 0;
  DIR *stream = opendir(in(0, name));
  if (stream == NULL)
    return -1;
  while (readdir(stream) != NULL)
    count++;
  closedir(stream);
  return count;
}

static void streams(void)
{
  char line[64] = "";
  FILE *file = fopen(in(0, "letter"), "w");
  check("fopen w", file != NULL && fprintf(file, "dear reader\nsecond\n") == 19 && fclose(file) == 0);
  file = fopen(in(0, "letter"), "a");
  check("fopen a", file != NULL && fputs("third\n", file) >= 0 && fclose(file) == 0);
  file = fopen(in(0, "letter"), "r");
  check("fopen r", file != NULL && fgets(line, sizeof(line), file) != NULL && strcmp(line, "dear reader\n") == 0);
  check("fseek", file != NULL && fseek(file, -6, SEEK_END) == 0 && ftell(file) == 19);
  check("fgets", file != NULL && fgets(line, sizeof(line), file) != NULL && strcmp(line, "third\n") == 0);
  check("fclose", file != NULL && fclose(file) == 0);
  check("no such file", fopen(in(0, "nothing"), "r") == NULL && errno == ENOENT);
}

static void descriptors(void)
{
  char text[8] = "";
  int fd = open(in(0, "numbers"), O_RDWR | O_CREAT | O_EXCL, 0600);
  check("open", fd > 2 && pwrite(fd, "0123456789", 10, 0) == 10);
  check("pread", pread(fd, text, 3, 7) == 3 && memcmp(text, "789", 3) == 0);
  check("ftruncate", ftruncate(fd, 4) == 0 && lseek(fd, 0, SEEK_END) == 4);
  check("fsync", fsync(fd) == 0 && fdatasync(fd) == 0);
  check("posix_fallocate", posix_fallocate(fd, 0, 100) == 0);
  struct stat status;
  check("fstat", fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 100);
  const struct timespec times[] = {{.tv_sec = 1000, .tv_nsec = 5}, {.tv_sec = 2000, .tv_nsec = 7}};
  check("futimens", futimens(fd, times) == 0);
  check("stat", stat(in(0, "numbers"), &status) == 0 && status.st_mtim.tv_sec == 2000 && status.st_mtim.tv_nsec == 7);
  check("close", close(fd) == 0);
  check("O_EXCL", open(in(0, "numbers"), O_RDWR | O_CREAT | O_EXCL, 0600) == -1 && errno == EEXIST);
}

static void names(void)
{
  char text[64] = "";
  struct stat status;
  check("mkdir", mkdir(in(0, "folder"), 0700) == 0 && mkdir(in(0, "folder"), 0700) == -1 && errno == EEXIST);
  check("rename", rename(in(0, "letter"), in(1, "folder/letter")) == 0);
  check("link", link(in(0, "folder/letter"), in(1, "folder/copy")) == 0);
  check("st_nlink", stat(in(0, "folder/copy"), &status) == 0 && status.st_nlink == 2);
  check("symlink", symlink("folder/letter", in(0, "link")) == 0);
  check("readlink", readlink(in(0, "link"), text, sizeof(text)) == 13 && strcmp(text, "folder/letter") == 0);
  check("lstat", lstat(in(0, "link"), &status) == 0 && S_ISLNK(status.st_mode));
  check("stat through a link", stat(in(0, "link"), &status) == 0 && status.st_size == 25);
  check("readdir", count_entries("folder") == 4);
  check("access", access(in(0, "link"), R_OK) == 0);
  check("rmdir not empty", rmdir(in(0, "folder")) == -1 && errno == ENOTEMPTY);
  check("unlink a directory", unlink(in(0, "folder")) == -1 && errno == EISDIR);
  const char *const files[] = {"folder/letter", "folder/copy", "link", "numbers"};
  for (int i = 0; i < 4; i++)
    check("unlink", unlink(in(0, files[i])) == 0);
  check("rmdir", rmdir(in(0, "folder")) == 0);
}

int main(int argc, char **argv)
{
  directory = argc > 1 ? argv[1] : ".";
  streams();
  descriptors();
  names();
  check("out of it", fopen(in(0, "../outside"), "r") == NULL);
  return 0;
}
