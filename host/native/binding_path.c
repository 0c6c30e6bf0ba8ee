/* Paths, and the files that they lead to. */
#include "binding.h"

/* openPath(path: Uint8Array, flags: number): number */
static napi_value binding_open_path(napi_env env, napi_callback_info info)
{
  napi_value values[2];
  struct bytes path;
  int32_t flags;
  if (!binding_read_arguments(env, info, 2, values, NULL) || !binding_read_bytes(env, values[0], &path) ||
      !binding_read_integer(env, values[1], &flags))
    return NULL;
  return binding_make_integer(env, kernel_open_path(path.data, path.size, flags));
}

/* openBeneath(directoryFd: number, path: Uint8Array, flags: number): number */
static napi_value binding_open_beneath(napi_env env, napi_callback_info info)
{
  napi_value values[3];
  int32_t directory_fd;
  int32_t flags;
  struct bytes path;
  if (!binding_read_arguments(env, info, 3, values, NULL) || !binding_read_integer(env, values[0], &directory_fd) ||
      !binding_read_bytes(env, values[1], &path) || !binding_read_integer(env, values[2], &flags))
    return NULL;
  return binding_make_integer(env, kernel_open_beneath(directory_fd, path.data, path.size, flags));
}

/* openFile(pathFd: number, flags: number): number */
static napi_value binding_open_file(napi_env env, napi_callback_info info)
{
  int32_t integers[2];
  if (!binding_read_integers(env, info, 2, integers, NULL))
    return NULL;
  return binding_make_integer(env, kernel_open_file(integers[0], integers[1]));
}

/* createAt(directoryFd: number, name: Uint8Array, flags: number, mode: number): number */
static napi_value binding_create_at(napi_env env, napi_callback_info info)
{
  napi_value values[4];
  int32_t directory_fd;
  int32_t flags;
  int32_t mode;
  struct bytes name;
  if (!binding_read_arguments(env, info, 4, values, NULL) || !binding_read_integer(env, values[0], &directory_fd) ||
      !binding_read_bytes(env, values[1], &name) || !binding_read_integer(env, values[2], &flags) ||
      !binding_read_integer(env, values[3], &mode))
    return NULL;
  return binding_make_integer(env, kernel_create_at(directory_fd, name.data, name.size, flags, mode));
}

/* readlink(linkFd: number, text: Uint8Array): number. Fills `text` and answers the text's length. */
static napi_value binding_readlink(napi_env env, napi_callback_info info)
{
  napi_value values[2];
  int32_t fd;
  struct bytes text;
  if (!binding_read_arguments(env, info, 2, values, NULL) || !binding_read_integer(env, values[0], &fd) ||
      !binding_read_bytes(env, values[1], &text))
    return NULL;
  return binding_make_integer(env, kernel_readlink(fd, text.data, text.size));
}

/* pathOf(hostFd: number, path: Uint8Array): number. Fills `path` and answers the path's length. */
static napi_value binding_path_of(napi_env env, napi_callback_info info)
{
  napi_value values[2];
  int32_t fd;
  struct bytes path;
  if (!binding_read_arguments(env, info, 2, values, NULL) || !binding_read_integer(env, values[0], &fd) ||
      !binding_read_bytes(env, values[1], &path))
    return NULL;
  return binding_make_integer(env, kernel_path_of(fd, path.data, path.size));
}

/* originOf(hostFd: number): number */
static napi_value binding_origin_of(napi_env env, napi_callback_info info)
{
  napi_value values[1];
  int32_t fd;
  if (!binding_read_arguments(env, info, 1, values, NULL) || !binding_read_integer(env, values[0], &fd))
    return NULL;
  return binding_make_integer(env, kernel_origin_of(fd));
}

/* fstat(hostFd: number, status: BigUint64Array): number */
static napi_value binding_fstat(napi_env env, napi_callback_info info)
{
  napi_value values[2];
  int32_t fd;
  uint64_t *status;
  if (!binding_read_arguments(env, info, 2, values, NULL) || !binding_read_integer(env, values[0], &fd) ||
      !binding_read_status(env, values[1], &status))
    return NULL;
  return binding_make_integer(env, kernel_fstat(fd, status));
}

/* fstatat(directoryFd: number, name: Uint8Array, status: BigUint64Array): number */
static napi_value binding_fstatat(napi_env env, napi_callback_info info)
{
  napi_value values[3];
  int32_t directory_fd;
  struct bytes name;
  uint64_t *status;
  if (!binding_read_arguments(env, info, 3, values, NULL) || !binding_read_integer(env, values[0], &directory_fd) ||
      !binding_read_bytes(env, values[1], &name) || !binding_read_status(env, values[2], &status))
    return NULL;
  return binding_make_integer(env, kernel_fstatat(directory_fd, name.data, name.size, status));
}

/* A name in a directory, and an integer. */
struct entry {
  int32_t directory_fd;
  struct bytes name;
  int32_t integer;
};

static bool read_entry(napi_env env, napi_callback_info info, struct entry *entry)
{
  napi_value values[3];
  return binding_read_arguments(env, info, 3, values, NULL) &&
    binding_read_integer(env, values[0], &entry->directory_fd) && binding_read_bytes(env, values[1], &entry->name) &&
    binding_read_integer(env, values[2], &entry->integer);
}

/* mkdirat(directoryFd: number, name: Uint8Array, mode: number): number */
static napi_value binding_mkdirat(napi_env env, napi_callback_info info)
{
  struct entry entry;
  if (!read_entry(env, info, &entry))
    return NULL;
  int result = kernel_mkdirat(entry.directory_fd, entry.name.data, entry.name.size, entry.integer);
  return binding_make_integer(env, result);
}

/* unlinkat(directoryFd: number, name: Uint8Array, flags: number): number */
static napi_value binding_unlinkat(napi_env env, napi_callback_info info)
{
  struct entry entry;
  if (!read_entry(env, info, &entry))
    return NULL;
  int result = kernel_unlinkat(entry.directory_fd, entry.name.data, entry.name.size, entry.integer);
  return binding_make_integer(env, result);
}

/* symlinkat(text: Uint8Array, directoryFd: number, name: Uint8Array): number */
static napi_value binding_symlinkat(napi_env env, napi_callback_info info)
{
  napi_value values[3];
  int32_t directory_fd;
  struct bytes text;
  struct bytes name;
  if (!binding_read_arguments(env, info, 3, values, NULL) || !binding_read_bytes(env, values[0], &text) ||
      !binding_read_integer(env, values[1], &directory_fd) || !binding_read_bytes(env, values[2], &name))
    return NULL;
  int result = kernel_symlinkat(text.data, text.size, directory_fd, name.data, name.size);
  return binding_make_integer(env, result);
}

/* The names before and after. */
struct move {
  int32_t old_fd;
  int32_t new_fd;
  struct bytes old_name;
  struct bytes new_name;
};

static bool read_move(napi_env env, napi_callback_info info, struct move *move)
{
  napi_value values[4];
  return binding_read_arguments(env, info, 4, values, NULL) && binding_read_integer(env, values[0], &move->old_fd) &&
    binding_read_bytes(env, values[1], &move->old_name) && binding_read_integer(env, values[2], &move->new_fd) &&
    binding_read_bytes(env, values[3], &move->new_name);
}

/* renameat(oldFd: number, oldName: Uint8Array, newFd: number, newName: Uint8Array): number */
static napi_value binding_renameat(napi_env env, napi_callback_info info)
{
  struct move move;
  if (!read_move(env, info, &move))
    return NULL;
  int result = kernel_renameat(
    move.old_fd, move.old_name.data, move.old_name.size, move.new_fd, move.new_name.data, move.new_name.size);
  return binding_make_integer(env, result);
}

/* linkat(oldFd: number, oldName: Uint8Array, newFd: number, newName: Uint8Array): number */
static napi_value binding_linkat(napi_env env, napi_callback_info info)
{
  struct move move;
  if (!read_move(env, info, &move))
    return NULL;
  int result = kernel_linkat(
    move.old_fd, move.old_name.data, move.old_name.size, move.new_fd, move.new_name.data, move.new_name.size);
  return binding_make_integer(env, result);
}

/* setTimes(hostFd: number, access: bigint, modification: bigint): number */
static napi_value binding_set_times(napi_env env, napi_callback_info info)
{
  napi_value values[3];
  int32_t fd;
  uint64_t access;
  uint64_t modification;
  if (!binding_read_arguments(env, info, 3, values, NULL) || !binding_read_integer(env, values[0], &fd) ||
      !binding_read_long(env, values[1], &access) || !binding_read_long(env, values[2], &modification))
    return NULL;
  return binding_make_integer(env, kernel_set_times(fd, (int64_t) access, (int64_t) modification));
}

const struct binding_entry binding_path_entries[] = {
  {"openPath", binding_open_path},
  {"openBeneath", binding_open_beneath},
  {"openFile", binding_open_file},
  {"createAt", binding_create_at},
  {"readlink", binding_readlink},
  {"pathOf", binding_path_of},
  {"originOf", binding_origin_of},
  {"fstat", binding_fstat},
  {"fstatat", binding_fstatat},
  {"mkdirat", binding_mkdirat},
  {"unlinkat", binding_unlinkat},
  {"symlinkat", binding_symlinkat},
  {"renameat", binding_renameat},
  {"linkat", binding_linkat},
  {"setTimes", binding_set_times},
  {NULL, NULL},
};
