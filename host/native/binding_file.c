/* Descriptors of any kind, polling, names, clocks and randomness. */
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
  {"startGetaddrinfo", binding_start_getaddrinfo},
  {"finishGetaddrinfo", binding_finish_getaddrinfo},
  {"timerfdCreate", binding_timerfd_create},
  {"timerfdSettime", binding_timerfd_settime},
  {"clockGettime", binding_clock_gettime},
  {"clockGetres", binding_clock_getres},
  {"getrandom", binding_getrandom},
  {NULL, NULL},
};
