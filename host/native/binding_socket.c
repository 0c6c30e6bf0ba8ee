/* Sockets. Addresses travel in the mailbox. */
#include "binding.h"

/* socket(domain: number, type: number, protocol: number): number */
static napi_value binding_socket(napi_env env, napi_callback_info info)
{
  int32_t integers[3];
  if (!binding_read_integers(env, info, 3, integers, NULL))
    return NULL;
  return binding_make_integer(env, kernel_socket(integers[0], integers[1], integers[2]));
}

/* socketpair(domain: number, type: number, protocol: number): number; the descriptors go to the mailbox. */
static napi_value binding_socketpair(napi_env env, napi_callback_info info)
{
  int32_t integers[3];
  struct context *context;
  if (!binding_read_integers(env, info, 3, integers, &context))
    return NULL;
  return binding_make_integer(env, kernel_socketpair(context, integers[0], integers[1], integers[2]));
}

/* pipe2(flags: number): number; the descriptors go to the mailbox. */
static napi_value binding_pipe2(napi_env env, napi_callback_info info)
{
  int32_t flags;
  struct context *context;
  if (!binding_read_integers(env, info, 1, &flags, &context))
    return NULL;
  return binding_make_integer(env, kernel_pipe2(context, flags));
}

/* checkCredentials(pid: number, uid: number, gid: number): number */
static napi_value binding_check_credentials(napi_env env, napi_callback_info info)
{
  int32_t integers[3];
  if (!binding_read_integers(env, info, 3, integers, NULL))
    return NULL;
  return binding_make_integer(
    env, kernel_check_credentials(integers[0], (uint32_t) integers[1], (uint32_t) integers[2]));
}

/* bind(hostFd: number): number */
static napi_value binding_bind(napi_env env, napi_callback_info info)
{
  int32_t fd;
  struct context *context;
  if (!binding_read_integers(env, info, 1, &fd, &context))
    return NULL;
  return binding_make_integer(env, kernel_bind(context, fd));
}

/* bindAt(hostFd: number, directoryFd: number, name: Uint8Array): number */
static napi_value binding_bind_at(napi_env env, napi_callback_info info)
{
  napi_value values[3];
  int32_t fd;
  int32_t directory_fd;
  struct bytes name;
  if (!binding_read_arguments(env, info, 3, values, NULL) || !binding_read_integer(env, values[0], &fd) ||
      !binding_read_integer(env, values[1], &directory_fd) || !binding_read_bytes(env, values[2], &name))
    return NULL;
  return binding_make_integer(env, kernel_bind_at(fd, directory_fd, name.data, name.size));
}

/* listen(hostFd: number, backlog: number): number */
static napi_value binding_listen(napi_env env, napi_callback_info info)
{
  int32_t integers[2];
  if (!binding_read_integers(env, info, 2, integers, NULL))
    return NULL;
  return binding_make_integer(env, kernel_listen(integers[0], integers[1]));
}

/* connect(hostFd: number): number */
static napi_value binding_connect(napi_env env, napi_callback_info info)
{
  int32_t fd;
  struct context *context;
  if (!binding_read_integers(env, info, 1, &fd, &context))
    return NULL;
  return binding_make_integer(env, kernel_connect(context, fd));
}

/* connectFile(hostFd: number, pathFd: number): number */
static napi_value binding_connect_file(napi_env env, napi_callback_info info)
{
  int32_t integers[2];
  struct context *context;
  if (!binding_read_integers(env, info, 2, integers, &context))
    return NULL;
  return binding_make_integer(env, kernel_connect_file(context, integers[0], integers[1]));
}

/* shutdown(hostFd: number, how: number): number */
static napi_value binding_shutdown(napi_env env, napi_callback_info info)
{
  int32_t integers[2];
  if (!binding_read_integers(env, info, 2, integers, NULL))
    return NULL;
  return binding_make_integer(env, kernel_shutdown(integers[0], integers[1]));
}

/* getsockname(hostFd: number): number */
static napi_value binding_getsockname(napi_env env, napi_callback_info info)
{
  int32_t fd;
  struct context *context;
  if (!binding_read_integers(env, info, 1, &fd, &context))
    return NULL;
  return binding_make_integer(env, kernel_getsockname(context, fd));
}

/* getpeername(hostFd: number): number */
static napi_value binding_getpeername(napi_env env, napi_callback_info info)
{
  int32_t fd;
  struct context *context;
  if (!binding_read_integers(env, info, 1, &fd, &context))
    return NULL;
  return binding_make_integer(env, kernel_getpeername(context, fd));
}

struct option {
  int32_t fd;
  int32_t level;
  int32_t name;
  struct bytes value;
};

static bool read_option(napi_env env, napi_callback_info info, struct option *option)
{
  napi_value values[4];
  return binding_read_arguments(env, info, 4, values, NULL) &&
    binding_read_integer(env, values[0], &option->fd) && binding_read_integer(env, values[1], &option->level) &&
    binding_read_integer(env, values[2], &option->name) && binding_read_bytes(env, values[3], &option->value);
}

/* getsockopt(hostFd: number, level: number, name: number, value: Uint8Array): number */
static napi_value binding_getsockopt(napi_env env, napi_callback_info info)
{
  struct option option;
  if (!read_option(env, info, &option))
    return NULL;
  return binding_make_integer(
    env, kernel_getsockopt(option.fd, option.level, option.name, option.value.data, option.value.size));
}

/* setsockopt(hostFd: number, level: number, name: number, value: Uint8Array): number */
static napi_value binding_setsockopt(napi_env env, napi_callback_info info)
{
  struct option option;
  if (!read_option(env, info, &option))
    return NULL;
  return binding_make_integer(
    env, kernel_setsockopt(option.fd, option.level, option.name, option.value.data, option.value.size));
}

const struct binding_entry binding_socket_entries[] = {
  {"socket", binding_socket},
  {"socketpair", binding_socketpair},
  {"pipe2", binding_pipe2},
  {"checkCredentials", binding_check_credentials},
  {"bind", binding_bind},
  {"bindAt", binding_bind_at},
  {"listen", binding_listen},
  {"connect", binding_connect},
  {"connectFile", binding_connect_file},
  {"shutdown", binding_shutdown},
  {"getsockname", binding_getsockname},
  {"getpeername", binding_getpeername},
  {"getsockopt", binding_getsockopt},
  {"setsockopt", binding_setsockopt},
  {NULL, NULL},
};
