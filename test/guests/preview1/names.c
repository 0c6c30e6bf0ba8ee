/* The names of files and directories: linked, renamed and removed. */
#include "suite.h"

#define LINKING (RIGHT(FD_READ) | RIGHT(PATH_LINK_SOURCE) | RIGHT(PATH_LINK_TARGET) | RIGHT(FD_FILESTAT_GET) \
  | RIGHT(PATH_OPEN) | RIGHT(PATH_UNLINK_FILE))

static int open_for_links(int dir, const char *path, __wasi_oflags_t oflags)
{
  return OPEN(dir, path, .oflags = oflags, .rights = LINKING, .inheriting = LINKING);
}

/* Links the file "file" as "link" in another directory, and compares all that is known of both. */
static void link_into(int dir, int other, int fd)
{
  IS(__wasi_path_link(dir, 0, "file", other, "link"), 0);
  int link = open_for_links(other, "link", 0);
  __wasi_filestat_t status = status_of(fd), of_link = status_of(link);
  HOLDS(memcmp(&status, &of_link, sizeof(status)) == 0);
  __wasi_fdstat_t fdstat = fdstat_of(fd), fdstat_of_link = fdstat_of(link);
  HOLDS(memcmp(&fdstat, &fdstat_of_link, sizeof(fdstat)) == 0);
  close_fd(link);
  unlink_file(other, "link");
}

static void link_refused(int dir)
{
  create(dir, "link");
  IS(__wasi_path_link(dir, 0, "file", dir, "link"), ERRNO(EXIST));
  unlink_file(dir, "link");
  IS(__wasi_path_link(dir, 0, "file", dir, "file"), ERRNO(EXIST));
  create_directory(dir, "link");
  IS(__wasi_path_link(dir, 0, "file", dir, "link"), ERRNO(EXIST));
  remove_directory(dir, "link");
  create_directory(dir, "dir");
  IS(__wasi_path_link(dir, 0, "dir", dir, "link"), ERRNO(PERM));
  remove_directory(dir, "dir");
  IS(__wasi_path_link(dir, 0, "file", dir, "link/"), ERRNO(NOENT));
}

/* A link to a symbolic link, which leads nowhere or to itself, is one to the link. */
static void link_symbolic(int dir)
{
  const char *const texts[] = {"nothing", "symlink"};
  for (int i = 0; i < 2; i++) {
    IS(__wasi_path_symlink(texts[i], dir, "symlink"), 0);
    IS(__wasi_path_link(dir, 0, "symlink", dir, "link"), 0);
    unlink_file(dir, "link");
    IS(__wasi_path_link(dir, 0, "file", dir, "symlink"), ERRNO(EXIST));
    IS(__wasi_path_link(dir, FOLLOW, "symlink", dir, "link"), ERRNO(INVAL));
    unlink_file(dir, "symlink");
  }
}

static void path_link(int root)
{
  int dir = scratch(root);
  int fd = open_for_links(dir, "file", CREAT);
  link_into(dir, dir, fd);
  create_directory(dir, "dir");
  int other = open_for_links(dir, "dir", DIRECTORY);
  link_into(dir, other, fd);
  close_fd(other);
  close_fd(fd);
  remove_directory(dir, "dir");
  link_refused(dir);
  link_symbolic(dir);
  unlink_file(dir, "file");
  scratch_ends(root, dir);
}

/* Renames "source" to "target", which is the one that is there then. */
static void rename_and_look(int dir, __wasi_oflags_t oflags)
{
  IS(__wasi_path_rename(dir, "source", dir, "target"), 0);
  IS(OPEN(dir, "source", .oflags = oflags), -ERRNO(NOENT));
  close_fd(OPEN(dir, "target", .oflags = oflags));
}

static void rename_directories(int dir)
{
  create_directory(dir, "source");
  rename_and_look(dir, DIRECTORY);
  create_directory(dir, "source");
  rename_and_look(dir, DIRECTORY);
  create_directory(dir, "source");
  create(dir, "target/file");
  IS(__wasi_path_rename(dir, "source", dir, "target"), ERRNO(NOTEMPTY));
  IS(__wasi_path_rename(dir, "source", dir, "target/file"), ERRNO(NOTDIR));
  unlink_file(dir, "target/file");
  remove_directory(dir, "source");
  remove_directory(dir, "target");
}

static void path_rename(int root)
{
  int dir = scratch(root);
  rename_directories(dir);
  create(dir, "source");
  rename_and_look(dir, 0);
  create(dir, "source");
  rename_and_look(dir, 0);
  unlink_file(dir, "target");
  create(dir, "source");
  create_directory(dir, "target");
  IS(__wasi_path_rename(dir, "source", dir, "target"), ERRNO(ISDIR));
  remove_directory(dir, "target");
  unlink_file(dir, "source");
  scratch_ends(root, dir);
}

static void path_rename_dir_trailing_slashes(int root)
{
  int dir = scratch(root);
  create_directory(dir, "source");
  IS(__wasi_path_rename(dir, "source/", dir, "target"), 0);
  IS(__wasi_path_rename(dir, "target", dir, "source/"), 0);
  IS(__wasi_path_rename(dir, "source/", dir, "target/"), 0);
  IS(__wasi_path_rename(dir, "target", dir, "source"), 0);
  remove_directory(dir, "source");
  scratch_ends(root, dir);
}

static void remove_directory_trailing_slashes(int root)
{
  create_directory(root, "dir");
  remove_directory(root, "dir");
  create_directory(root, "dir");
  remove_directory(root, "dir/");
  create(root, "file");
  IS(__wasi_path_remove_directory(root, "file"), ERRNO(NOTDIR));
  IS(__wasi_path_remove_directory(root, "file/"), ERRNO(NOTDIR));
  unlink_file(root, "file");
}

static void remove_nonempty_directory(int root)
{
  int dir = scratch(root);
  create_directory(dir, "dir");
  create_directory(dir, "dir/nested");
  IS(__wasi_path_remove_directory(dir, "dir"), ERRNO(NOTEMPTY));
  remove_directory(dir, "dir/nested");
  remove_directory(dir, "dir");
  scratch_ends(root, dir);
}

static void unlink_file_trailing_slashes(int root)
{
  int dir = scratch(root);
  create_directory(dir, "dir");
  IS(__wasi_path_unlink_file(dir, "dir"), ERRNO(ISDIR));
  IS(__wasi_path_unlink_file(dir, "dir/"), ERRNO(ISDIR));
  remove_directory(dir, "dir");
  create(dir, "file");
  IS(__wasi_path_unlink_file(dir, "file/"), ERRNO(NOTDIR));
  unlink_file(dir, "file");
  scratch_ends(root, dir);
}

CASES({"path_link", path_link}, {"path_rename", path_rename},
      {"path_rename_dir_trailing_slashes", path_rename_dir_trailing_slashes},
      {"remove_directory_trailing_slashes", remove_directory_trailing_slashes},
      {"remove_nonempty_directory", remove_nonempty_directory},
      {"unlink_file_trailing_slashes", unlink_file_trailing_slashes})
