/* What a path leads to, and whether it opens. */
#include "suite.h"

/* As wasi-libc has it, the length comes from the text; here it may hold NUL. */
__attribute__((import_module("wasi_snapshot_preview1"), import_name("path_open"))) int32_t
path_open_sized(int32_t fd, int32_t lookup, const char *path, int32_t path_len, int32_t oflags, int64_t rights,
                int64_t inheriting, int32_t fdflags, __wasi_fd_t *opened);

/* A name can be used again once the file or directory is gone. */
static void dangling_fd(int root)
{
  for (int i = 0; i < 2; i++) {
    create(root, "file");
    close_fd(OPEN(root, "file"));
    unlink_file(root, "file");
  }
  for (int i = 0; i < 2; i++) {
    create_directory(root, "dir");
    close_fd(OPEN(root, "dir", .oflags = DIRECTORY));
    remove_directory(root, "dir");
  }
}

static void open_with_nul(int dir)
{
  const char path[] = "dir/nested/file";
  __wasi_fd_t fd;
  IS(path_open_sized(dir, 0, path, sizeof(path), 0, 0, 0, 0, &fd), ERRNO(INVAL));
}

static void interesting_paths(int root)
{
  int dir = scratch(root);
  create_directory(dir, "dir");
  create_directory(dir, "dir/nested");
  create(dir, "dir/nested/file");
  IS(OPEN(dir, "/dir/nested/file"), -ERRNO(PERM));
  close_fd(OPEN(dir, "dir/.//nested/../../dir/nested/../nested///./file"));
  open_with_nul(dir);
  IS(OPEN(dir, "dir/nested/file/"), -ERRNO(NOTDIR));
  IS(OPEN(dir, "dir/nested/file///"), -ERRNO(NOTDIR));
  close_fd(OPEN(dir, "dir/nested/"));
  close_fd(OPEN(dir, "dir/nested///"));
  IS(OPEN(dir, "dir/nested/../../../scratch/dir/nested/file"), -ERRNO(PERM));
  unlink_file(dir, "dir/nested/file");
  remove_directory(dir, "dir/nested");
  remove_directory(dir, "dir");
  scratch_ends(root, dir);
}

static void path_exists(int root)
{
  int dir = scratch(root);
  create_directory(dir, "dir");
  create(dir, "dir/file");
  IS(__wasi_path_symlink("dir/file", dir, "to-file"), 0);
  IS(__wasi_path_symlink("dir", dir, "to-dir"), 0);
  const struct { const char *path; int is, leads_to; } names[] = {
    {"dir", __WASI_FILETYPE_DIRECTORY, __WASI_FILETYPE_DIRECTORY},
    {"dir/file", __WASI_FILETYPE_REGULAR_FILE, __WASI_FILETYPE_REGULAR_FILE},
    {"to-file", __WASI_FILETYPE_SYMBOLIC_LINK, __WASI_FILETYPE_REGULAR_FILE},
    {"to-dir", __WASI_FILETYPE_SYMBOLIC_LINK, __WASI_FILETYPE_DIRECTORY},
  };
  for (int i = 0; i < 4; i++) {
    IS(status_at(dir, 0, names[i].path).filetype, names[i].is);
    IS(status_at(dir, FOLLOW, names[i].path).filetype, names[i].leads_to);
  }
  unlink_file(dir, "to-file");
  unlink_file(dir, "to-dir");
  unlink_file(dir, "dir/file");
  remove_directory(dir, "dir");
  scratch_ends(root, dir);
}

static void path_open_create_existing(int root)
{
  int dir = scratch(root);
  create(dir, "file");
  IS(OPEN(dir, "file", .oflags = CREAT | EXCL), -ERRNO(EXIST));
  unlink_file(dir, "file");
  scratch_ends(root, dir);
}

static void path_open_dirfd_not_dir(int root)
{
  int dir = scratch(root);
  int fd = OPEN(dir, "file", .oflags = CREAT);
  IS(OPEN(fd, "below", .oflags = CREAT), -ERRNO(NOTDIR));
  close_fd(fd);
  unlink_file(dir, "file");
  scratch_ends(root, dir);
}

static void path_open_missing(int root)
{
  int dir = scratch(root);
  IS(OPEN(dir, "file"), -ERRNO(NOENT));
  scratch_ends(root, dir);
}

static void path_open_nonblock(int root)
{
  close_fd(OPEN(root, ".", .fdflags = __WASI_FDFLAGS_NONBLOCK));
}

CASES({"dangling_fd", dangling_fd}, {"interesting_paths", interesting_paths}, {"path_exists", path_exists},
      {"path_open_create_existing", path_open_create_existing}, {"path_open_dirfd_not_dir", path_open_dirfd_not_dir},
      {"path_open_missing", path_open_missing}, {"path_open_nonblock", path_open_nonblock})
