/* What files hold. Positions and sizes are BigInts. */
#include "binding.h"

/* A transfer at a position. */
struct position {
  struct context *context;
  int32_t integers[3];
  uint64_t offset;
};

static bool read_position(napi_env env, napi_callback_info info, struct position *position)
{
  napi_value values[4];
  if (!binding_read_arguments(env, info, 4, values, &position->context))
    return false;
  for (size_t i = 0; i < 3; i++) {
    if (!binding_read_integer(env, values[i], &position->integers[i]))
      return false;
  }
  return binding_read_long(env, values[3], &position->offset);
}

/* preadv(hostFd: number, pointer: number, count: number, offset: bigint): number */
static napi_value binding_preadv(napi_env env, napi_callback_info info)
{
  struct position at;
  if (!read_position(env, info, &at))
    return NULL;
  const int32_t *integers = at.integers;
  int result = kernel_preadv(at.context, integers[0], (uint32_t) integers[1], (uint32_t) integers[2], at.offset);
  return binding_make_integer(env, result);
}

/* pwritev(hostFd: number, pointer: number, count: number, offset: bigint): number */
static napi_value binding_pwritev(napi_env env, napi_callback_info info)
{
  struct position at;
  if (!read_position(env, info, &at))
    return NULL;
  const int32_t *integers = at.integers;
  int result = kernel_pwritev(at.context, integers[0], (uint32_t) integers[1], (uint32_t) integers[2], at.offset);
  return binding_make_integer(env, result);
}

/* seek(hostFd: number, offset: bigint, whence: number): bigint */
static napi_value binding_seek(napi_env env, napi_callback_info info)
{
  napi_value values[3];
  int32_t fd;
  int32_t whence;
  uint64_t offset;
  if (!binding_read_arguments(env, info, 3, values, NULL) || !binding_read_integer(env, values[0], &fd) ||
      !binding_read_long(env, values[1], &offset) || !binding_read_integer(env, values[2], &whence))
    return NULL;
  return binding_make_long(env, kernel_seek(fd, (int64_t) offset, whence));
}

/* truncate(hostFd: number, size: bigint): number */
static napi_value binding_truncate(napi_env env, napi_callback_info info)
{
  napi_value values[2];
  int32_t fd;
  uint64_t size;
  if (!binding_read_arguments(env, info, 2, values, NULL) || !binding_read_integer(env, values[0], &fd) ||
      !binding_read_long(env, values[1], &size))
    return NULL;
  return binding_make_integer(env, kernel_truncate(fd, size));
}

/* allocate(hostFd: number, offset: bigint, size: bigint): number */
static napi_value binding_allocate(napi_env env, napi_callback_info info)
{
  napi_value values[3];
  int32_t fd;
  uint64_t offset;
  uint64_t size;
  if (!binding_read_arguments(env, info, 3, values, NULL) || !binding_read_integer(env, values[0], &fd) ||
      !binding_read_long(env, values[1], &offset) || !binding_read_long(env, values[2], &size))
    return NULL;
  return binding_make_integer(env, kernel_allocate(fd, offset, size));
}

/* advise(hostFd: number, offset: bigint, size: bigint, advice: number): number */
static napi_value binding_advise(napi_env env, napi_callback_info info)
{
  napi_value values[4];
  int32_t fd;
  int32_t advice;
  uint64_t offset;
  uint64_t size;
  if (!binding_read_arguments(env, info, 4, values, NULL) || !binding_read_integer(env, values[0], &fd) ||
      !binding_read_long(env, values[1], &offset) || !binding_read_long(env, values[2], &size) ||
      !binding_read_integer(env, values[3], &advice))
    return NULL;
  return binding_make_integer(env, kernel_advise(fd, offset, size, advice));
}

/* sync(hostFd: number): number */
static napi_value binding_sync(napi_env env, napi_callback_info info)
{
  int32_t fd;
  if (!binding_read_integers(env, info, 1, &fd, NULL))
    return NULL;
  return binding_make_integer(env, kernel_sync(fd));
}

/* datasync(hostFd: number): number */
static napi_value binding_datasync(napi_env env, napi_callback_info info)
{
  int32_t fd;
  if (!binding_read_integers(env, info, 1, &fd, NULL))
    return NULL;
  return binding_make_integer(env, kernel_datasync(fd));
}

/* readEntries(directoryFd: number, cookie: bigint, entries: Uint8Array): number */
static napi_value binding_read_entries(napi_env env, napi_callback_info info)
{
  napi_value values[3];
  int32_t fd;
  uint64_t cookie;
  struct bytes entries;
  if (!binding_read_arguments(env, info, 3, values, NULL) || !binding_read_integer(env, values[0], &fd) ||
      !binding_read_long(env, values[1], &cookie) || !binding_read_bytes(env, values[2], &entries))
    return NULL;
  return binding_make_integer(env, kernel_read_entries(fd, cookie, entries.data, entries.size));
}

const struct binding_entry binding_content_entries[] = {
  {"preadv", binding_preadv},
  {"pwritev", binding_pwritev},
  {"seek", binding_seek},
  {"truncate", binding_truncate},
  {"allocate", binding_allocate},
  {"advise", binding_advise},
  {"sync", binding_sync},
  {"datasync", binding_datasync},
  {"readEntries", binding_read_entries},
  {NULL, NULL},
};
