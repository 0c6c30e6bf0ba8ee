/* Descriptors of any kind, paths, polling, names, clocks and randomness. */
#include "binding.h"

/* release(hostFd: number): number */
static napi_value binding_release(napi_env env, napi_callback_info info)
{
  int32_t fd;
  if (!binding_read_integers(env, info, 1, &fd, NULL))
    return NULL;
  return binding_make_integer(env, kernel_release(fd));
}

/* dup(hostFd: number): number */
static napi_value binding_dup(napi_env env, napi_callback_info info)
{
  int32_t fd;
  if (!binding_read_integers(env, info, 1, &fd, NULL))
    return NULL;
  return binding_make_integer(env, kernel_dup(fd));
}

/* available(hostFd: number): number */
static napi_value binding_available(napi_env env, napi_callback_info info)
{
  int32_t fd;
  if (!binding_read_integers(env, info, 1, &fd, NULL))
    return NULL;
  return binding_make_integer(env, kernel_available(fd));
}

/* getStatusFlags(hostFd: number): number */
static napi_value binding_get_status_flags(napi_env env, napi_callback_info info)
{
  int32_t fd;
  if (!binding_read_integers(env, info, 1, &fd, NULL))
    return NULL;
  return binding_make_integer(env, kernel_get_status_flags(fd));
}

/* setStatusFlags(hostFd: number, flags: number): number */
static napi_value binding_set_status_flags(napi_env env, napi_callback_info info)
{
  int32_t integers[2];
  if (!binding_read_integers(env, info, 2, integers, NULL))
    return NULL;
  return binding_make_integer(env, kernel_set_status_flags(integers[0], integers[1]));
}

/* poll(pollfds: Uint8Array, count: number, timeout: number): number */
static napi_value binding_poll(napi_env env, napi_callback_info info)
{
  napi_value values[3];
  struct context *context;
  struct bytes pollfds;
  int32_t count;
  double timeout;
  if (!binding_read_arguments(env, info, 3, values, &context) || !binding_read_bytes(env, values[0], &pollfds) ||
      !binding_read_integer(env, values[1], &count) || !binding_read_double(env, values[2], &timeout))
    return NULL;
  return binding_make_integer(env, kernel_poll(context, pollfds.data, pollfds.size, (uint32_t) count, timeout));
}

/* epollCreate(flags: number): number */
static napi_value binding_epoll_create(napi_env env, napi_callback_info info)
{
  int32_t flags;
  if (!binding_read_integers(env, info, 1, &flags, NULL))
    return NULL;
  return binding_make_integer(env, kernel_epoll_create(flags));
}

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

/* unlinkat(directoryFd: number, name: Uint8Array): number */
static napi_value binding_unlinkat(napi_env env, napi_callback_info info)
{
  napi_value values[2];
  int32_t directory_fd;
  struct bytes name;
  if (!binding_read_arguments(env, info, 2, values, NULL) || !binding_read_integer(env, values[0], &directory_fd) ||
      !binding_read_bytes(env, values[1], &name))
    return NULL;
  return binding_make_integer(env, kernel_unlinkat(directory_fd, name.data, name.size));
}

/* startGetaddrinfo(name: Uint8Array, family: number): number */
static napi_value binding_start_getaddrinfo(napi_env env, napi_callback_info info)
{
  napi_value values[2];
  struct bytes name;
  int32_t family;
  if (!binding_read_arguments(env, info, 2, values, NULL) || !binding_read_bytes(env, values[0], &name) ||
      !binding_read_integer(env, values[1], &family))
    return NULL;
  return binding_make_integer(env, kernel_start_getaddrinfo(name.data, name.size, family));
}

/* finishGetaddrinfo(hostFd: number, entries: Uint8Array): number */
static napi_value binding_finish_getaddrinfo(napi_env env, napi_callback_info info)
{
  napi_value values[2];
  int32_t fd;
  struct bytes entries;
  if (!binding_read_arguments(env, info, 2, values, NULL) || !binding_read_integer(env, values[0], &fd) ||
      !binding_read_bytes(env, values[1], &entries))
    return NULL;
  return binding_make_integer(env, kernel_finish_getaddrinfo(fd, entries.data, entries.size));
}

/* timerfdCreate(): number */
static napi_value binding_timerfd_create(napi_env env, napi_callback_info info)
{
  (void) info;
  return binding_make_integer(env, kernel_timerfd_create());
}

/* timerfdSettime(hostFd: number, nanoseconds: number): number */
static napi_value binding_timerfd_settime(napi_env env, napi_callback_info info)
{
  napi_value values[2];
  int32_t fd;
  double nanoseconds;
  if (!binding_read_arguments(env, info, 2, values, NULL) || !binding_read_integer(env, values[0], &fd) ||
      !binding_read_double(env, values[1], &nanoseconds))
    return NULL;
  return binding_make_integer(env, kernel_timerfd_settime(fd, nanoseconds));
}

/* clockGettime(clock: number, pointer: number): number */
static napi_value binding_clock_gettime(napi_env env, napi_callback_info info)
{
  int32_t integers[2];
  struct context *context;
  if (!binding_read_integers(env, info, 2, integers, &context))
    return NULL;
  return binding_make_integer(env, kernel_clock_gettime(context, integers[0], (uint32_t) integers[1]));
}

/* clockGetres(clock: number, pointer: number): number */
static napi_value binding_clock_getres(napi_env env, napi_callback_info info)
{
  int32_t integers[2];
  struct context *context;
  if (!binding_read_integers(env, info, 2, integers, &context))
    return NULL;
  return binding_make_integer(env, kernel_clock_getres(context, integers[0], (uint32_t) integers[1]));
}

/* getrandom(pointer: number, count: number): number */
static napi_value binding_getrandom(napi_env env, napi_callback_info info)
{
  int32_t integers[2];
  struct context *context;
  if (!binding_read_integers(env, info, 2, integers, &context))
    return NULL;
  return binding_make_integer(env, kernel_getrandom(context, (uint32_t) integers[0], (uint32_t) integers[1]));
}

const struct binding_entry binding_file_entries[] = {
  {"release", binding_release},
  {"dup", binding_dup},
  {"available", binding_available},
  {"getStatusFlags", binding_get_status_flags},
  {"setStatusFlags", binding_set_status_flags},
  {"poll", binding_poll},
  {"epollCreate", binding_epoll_create},
  {"openPath", binding_open_path},
  {"openFile", binding_open_file},
  {"createAt", binding_create_at},
  {"readlink", binding_readlink},
  {"pathOf", binding_path_of},
  {"originOf", binding_origin_of},
  {"fstat", binding_fstat},
  {"fstatat", binding_fstatat},
  {"unlinkat", binding_unlinkat},
  {"startGetaddrinfo", binding_start_getaddrinfo},
  {"finishGetaddrinfo", binding_finish_getaddrinfo},
  {"timerfdCreate", binding_timerfd_create},
  {"timerfdSettime", binding_timerfd_settime},
  {"clockGettime", binding_clock_gettime},
  {"clockGetres", binding_clock_getres},
  {"getrandom", binding_getrandom},
  {NULL, NULL},
};
