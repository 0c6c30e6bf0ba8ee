/* Directories: listed, and as the descriptors that the program was started with. */
#include "suite.h"

static void dir_fd_op_failures(int root)
{
  IS(status_of(root).filetype, __WASI_FILETYPE_DIRECTORY);
  char buf[128] = "";
  IS(__wasi_fd_prestat_dir_name(PREOPEN, (uint8_t *) buf, 0), ERRNO(NAMETOOLONG));
  IS(__wasi_fd_prestat_dir_name(PREOPEN, (uint8_t *) buf, 2), 0);
  IS(read_fd(root, buf, sizeof(buf)), -ERRNO(BADF));
  IS(pread_fd(root, buf, sizeof(buf), 0), -ERRNO(BADF));
  IS(write_fd(root, buf, sizeof(buf)), -ERRNO(BADF));
  IS(pwrite_fd(root, buf, sizeof(buf), 0), -ERRNO(BADF));
  IS(seek(root, 0, CUR), -ERRNO(BADF));
  IS(seek(root, 0, SET), -ERRNO(BADF));
  IS(seek(root, 0, END), -ERRNO(BADF));
  IS(tell(root), -ERRNO(BADF));
  IS(__wasi_fd_allocate(root, 0, 1), ERRNO(BADF));
  IS(__wasi_fd_filestat_set_size(root, 0), ERRNO(BADF));
}

static void directory_seek(int root)
{
  create_directory(root, "dir");
  int fd = OPEN(root, "dir", .oflags = DIRECTORY, .rights = RIGHT(FD_SEEK));
  IS(seek(fd, 0, CUR), -ERRNO(BADF));
  __wasi_fdstat_t fdstat = fdstat_of(fd);
  IS(fdstat.fs_filetype, __WASI_FILETYPE_DIRECTORY);
  IS(fdstat.fs_rights_base & RIGHT(FD_SEEK), 0);
  close_fd(fd);
  remove_directory(root, "dir");
}

struct entry {
  __wasi_dirent_t dirent;
  char name[64];
};

/* What is whole in 256 bytes of fd_readdir; `*is_end` where they were not filled. */
static int list(int fd, __wasi_dircookie_t cookie, struct entry *entries, int room, int *is_end)
{
  uint8_t buf[256];
  __wasi_size_t used = 0;
  IS(__wasi_fd_readdir(fd, buf, sizeof(buf), cookie, &used), 0);
  HOLDS(used <= sizeof(buf));
  *is_end = used < sizeof(buf);
  int count = 0;
  for (size_t at = 0; at + sizeof(__wasi_dirent_t) <= used && count < room; count++) {
    struct entry *entry = memset(&entries[count], 0, sizeof(*entry));
    memcpy(&entry->dirent, buf + at, sizeof(entry->dirent));
    at += sizeof(entry->dirent);
    if (at + entry->dirent.d_namlen > used)
      break;
    HOLDS(entry->dirent.d_namlen < sizeof(entry->name));
    memcpy(entry->name, buf + at, entry->dirent.d_namlen);
    at += entry->dirent.d_namlen;
  }
  return count;
}

enum { ROOM = 12 };

/* All of a directory that holds `count` entries; the one of the name has the type, and the inode unless it is 0. */
static void expect_entry(int fd, int count, const char *name, __wasi_filetype_t type, __wasi_inode_t ino)
{
  struct entry entries[ROOM];
  int is_end, found = 0;
  IS(list(fd, 0, entries, ROOM, &is_end), count);
  HOLDS(is_end);
  for (int i = 0; i < count; i++) {
    if (strcmp(entries[i].name, name) != 0)
      continue;
    found++;
    IS(entries[i].dirent.d_type, type);
    if (ino != 0)
      IS(entries[i].dirent.d_ino, ino);
  }
  IS(found, 1);
}

static void list_few(int dir)
{
  expect_entry(dir, 2, ".", __WASI_FILETYPE_DIRECTORY, status_of(dir).ino);
  expect_entry(dir, 2, "..", __WASI_FILETYPE_DIRECTORY, 0);
  int fd = OPEN(dir, "file", .oflags = CREAT,
                .rights = RIGHT(FD_READ) | RIGHT(FD_WRITE) | RIGHT(FD_READDIR) | RIGHT(FD_FILESTAT_GET));
  expect_entry(dir, 3, "file", __WASI_FILETYPE_REGULAR_FILE, status_of(fd).ino);
  expect_entry(dir, 3, ".", __WASI_FILETYPE_DIRECTORY, 0);
  expect_entry(dir, 3, "..", __WASI_FILETYPE_DIRECTORY, 0);
  close_fd(fd);
  struct entry entries[ROOM], rest[ROOM];
  int is_end;
  IS(list(dir, 0, entries, ROOM, &is_end), 3);
  IS(list(dir, entries[1].dirent.d_next, rest, ROOM, &is_end), 1);
  HOLDS(is_end);
  HOLDS(strcmp(rest[0].name, entries[2].name) == 0);
  unlink_file(dir, "file");
}

static void list_many(int dir)
{
  char name[16];
  for (int i = 0; i < 1000; i++) {
    snprintf(name, sizeof(name), "file.%d", i);
    create(dir, name);
  }
  struct entry entries[ROOM];
  __wasi_dircookie_t cookie = 0;
  int total = 0, is_end = 0;
  while (!is_end && total <= 1002) {
    int count = list(dir, cookie, entries, ROOM, &is_end);
    HOLDS(count > 0 || is_end);
    total += count;
    if (count > 0)
      cookie = entries[count - 1].dirent.d_next;
  }
  IS(total, 1002);
  for (int i = 0; i < 1000; i++) {
    snprintf(name, sizeof(name), "file.%d", i);
    unlink_file(dir, name);
  }
}

static void fd_readdir(int root)
{
  int dir = scratch(root);
  list_few(dir);
  list_many(dir);
  scratch_ends(root, dir);
}

#define OF_DIRECTORIES (RIGHT(PATH_CREATE_DIRECTORY) | RIGHT(PATH_CREATE_FILE) | RIGHT(PATH_LINK_SOURCE) \
  | RIGHT(PATH_LINK_TARGET) | RIGHT(PATH_OPEN) | RIGHT(FD_READDIR) | RIGHT(PATH_READLINK) \
  | RIGHT(PATH_RENAME_SOURCE) | RIGHT(PATH_RENAME_TARGET) | RIGHT(PATH_SYMLINK) | RIGHT(PATH_REMOVE_DIRECTORY) \
  | RIGHT(PATH_UNLINK_FILE) | RIGHT(PATH_FILESTAT_GET) | RIGHT(PATH_FILESTAT_SET_TIMES) | RIGHT(FD_FILESTAT_GET) \
  | RIGHT(FD_FILESTAT_SET_TIMES))
#define OF_FILES (RIGHT(FD_DATASYNC) | RIGHT(FD_READ) | RIGHT(FD_SEEK) | RIGHT(FD_FDSTAT_SET_FLAGS) \
  | RIGHT(FD_SYNC) | RIGHT(FD_TELL) | RIGHT(FD_WRITE) | RIGHT(FD_ADVISE) | RIGHT(FD_ALLOCATE) \
  | RIGHT(FD_FILESTAT_GET) | RIGHT(FD_FILESTAT_SET_SIZE) | RIGHT(FD_FILESTAT_SET_TIMES) | RIGHT(POLL_FD_READWRITE))

static void path_open_preopen(int root)
{
  close_fd(root);
  __wasi_fdstat_t held = fdstat_of(PREOPEN);
  IS(OF_DIRECTORIES & ~held.fs_rights_base, 0);
  IS((OF_DIRECTORIES | OF_FILES) & ~held.fs_rights_inheriting, 0);
  close_fd(OPEN(PREOPEN, ".", .rights = held.fs_rights_base, .inheriting = held.fs_rights_inheriting));
  close_fd(OPEN(PREOPEN, "."));
  close_fd(OPEN(PREOPEN, ".", .oflags = DIRECTORY));
  close_fd(OPEN(PREOPEN, ".", .oflags = DIRECTORY, .rights = RIGHT(FD_READ)));
  IS(OPEN(PREOPEN, ".", .oflags = DIRECTORY, .rights = RIGHT(FD_READ) | RIGHT(FD_WRITE)), -ERRNO(ISDIR));
}

static void close_preopen(int root)
{
  HOLDS(root > PREOPEN);
  close_fd(PREOPEN);
  IS(fdstat_of(root).fs_filetype, __WASI_FILETYPE_DIRECTORY);
  __wasi_fdstat_t fdstat;
  IS(__wasi_fd_fdstat_get(PREOPEN, &fdstat), ERRNO(BADF));
}

static void overwrite_preopen(int root)
{
  int dir = scratch(root);
  __wasi_filestat_t before = status_of(dir);
  IS(__wasi_fd_renumber(dir, PREOPEN), 0);
  __wasi_filestat_t after = status_of(PREOPEN);
  IS(after.dev, before.dev);
  IS(after.ino, before.ino);
  __wasi_fdstat_t fdstat;
  IS(__wasi_fd_fdstat_get(dir, &fdstat), ERRNO(BADF));
  scratch_ends(root, PREOPEN);
}

CASES({"dir_fd_op_failures", dir_fd_op_failures}, {"directory_seek", directory_seek}, {"fd_readdir", fd_readdir},
      {"path_open_preopen", path_open_preopen}, {"close_preopen", close_preopen},
      {"overwrite_preopen", overwrite_preopen})
