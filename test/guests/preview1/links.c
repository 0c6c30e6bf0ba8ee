/* Symbolic links: made, read, followed and not followed. */
#include "suite.h"

static void symlink_to(const char *text, int dir, const char *path)
{
  IS(__wasi_path_symlink(text, dir, path), 0);
}

static void dangling_symlink(int root)
{
  symlink_to("target", root, "symlink");
  IS(OPEN(root, "symlink", .oflags = DIRECTORY), -ERRNO(LOOP));
  IS(OPEN(root, "symlink"), -ERRNO(LOOP));
  unlink_file(root, "symlink");
}

static void symlink_loop(int root)
{
  int dir = scratch(root);
  symlink_to("symlink", dir, "symlink");
  IS(OPEN(dir, "symlink"), -ERRNO(LOOP));
  unlink_file(dir, "symlink");
  scratch_ends(root, dir);
}

/* The link "symlink" is LOOP unless it is followed. */
static void expect_loop(int dir)
{
  IS(OPEN(dir, "symlink", .oflags = DIRECTORY), -ERRNO(LOOP));
  IS(OPEN(dir, "symlink"), -ERRNO(LOOP));
}

static void nofollow_errors(int root)
{
  int dir = scratch(root);
  create_directory(dir, "target");
  symlink_to("target", dir, "symlink");
  expect_loop(dir);
  close_fd(OPEN(dir, "symlink", .lookup = FOLLOW, .oflags = DIRECTORY));
  unlink_file(dir, "symlink");
  remove_directory(dir, "target");
  create(dir, "target");
  symlink_to("target", dir, "symlink");
  expect_loop(dir);
  IS(OPEN(dir, "symlink", .lookup = FOLLOW, .oflags = DIRECTORY), -ERRNO(NOTDIR));
  unlink_file(dir, "target");
  unlink_file(dir, "symlink");
  scratch_ends(root, dir);
}

static void path_symlink_trailing_slashes(int root)
{
  int dir = scratch(root);
  IS(__wasi_path_symlink("source", dir, "target/"), ERRNO(NOENT));
  symlink_to("source", dir, "target");
  unlink_file(dir, "target");
  create_directory(dir, "target");
  IS(__wasi_path_symlink("source", dir, "target/"), ERRNO(EXIST));
  IS(__wasi_path_symlink("source", dir, "target"), ERRNO(EXIST));
  remove_directory(dir, "target");
  create(dir, "target");
  IS(__wasi_path_symlink("source", dir, "target/"), ERRNO(NOTDIR));
  IS(__wasi_path_symlink("source", dir, "target"), ERRNO(EXIST));
  unlink_file(dir, "target");
  scratch_ends(root, dir);
}

static void readlink_into(int dir, __wasi_size_t size, const char *wanted)
{
  char buf[10] = "";
  __wasi_size_t used = 0;
  IS(__wasi_path_readlink(dir, "symlink", (uint8_t *) buf, size, &used), 0);
  IS(used, strlen(wanted));
  char expected[10] = "";
  memcpy(expected, wanted, strlen(wanted));
  HOLDS(memcmp(buf, expected, sizeof(buf)) == 0);
}

static void readlink_(int root)
{
  int dir = scratch(root);
  create(dir, "target");
  symlink_to("target", dir, "symlink");
  readlink_into(dir, 10, "target");
  readlink_into(dir, 4, "targ");
  unlink_file(dir, "target");
  unlink_file(dir, "symlink");
  scratch_ends(root, dir);
}

static void symlink_create(int root)
{
  int dir = scratch(root);
  create(dir, "target");
  symlink_to("target", dir, "symlink");
  close_fd(OPEN(dir, "symlink", .lookup = FOLLOW));
  unlink_file(dir, "symlink");
  unlink_file(dir, "target");
  create_directory(dir, "target");
  symlink_to("target", dir, "symlink");
  close_fd(OPEN(dir, "symlink", .lookup = FOLLOW, .oflags = DIRECTORY));
  unlink_file(dir, "symlink");
  remove_directory(dir, "target");
  IS(__wasi_path_symlink("/", dir, "symlink"), ERRNO(PERM));
  scratch_ends(root, dir);
}

static void symlink_filestat(int root)
{
  int dir = scratch(root);
  HOLDS(fdstat_of(dir).fs_rights_base & RIGHT(PATH_FILESTAT_GET));
  close_fd(OPEN(dir, "file", .oflags = CREAT, .rights = RIGHT(FD_READ) | RIGHT(PATH_FILESTAT_GET)));
  __wasi_filestat_t file = status_at(dir, 0, "file");
  IS(file.size, 0);
  symlink_to("file", dir, "symlink");
  __wasi_timestamp_t made = status_at(dir, 0, "symlink").mtim, earlier = made - 200;
  IS(__wasi_path_filestat_set_times(dir, 0, "symlink", 0, earlier, __WASI_FSTFLAGS_MTIM), 0);
  IS(status_at(dir, 0, "symlink").mtim, earlier);
  IS(status_at(dir, 0, "file").mtim, file.mtim);
  IS(status_at(dir, FOLLOW, "symlink").mtim, file.mtim);
  IS(__wasi_path_filestat_set_times(dir, FOLLOW, "symlink", 0, made, __WASI_FSTFLAGS_MTIM), 0);
  IS(status_at(dir, 0, "file").mtim, made);
  IS(status_at(dir, 0, "symlink").mtim, earlier);
  unlink_file(dir, "symlink");
  unlink_file(dir, "file");
  scratch_ends(root, dir);
}

CASES({"dangling_symlink", dangling_symlink}, {"symlink_loop", symlink_loop}, {"nofollow_errors", nofollow_errors},
      {"path_symlink_trailing_slashes", path_symlink_trailing_slashes}, {"readlink", readlink_},
      {"symlink_create", symlink_create}, {"symlink_filestat", symlink_filestat})
