/* Node-API glue: arguments in, the kernel function, the result out. No system call is made here. */
#ifndef SOCKYARD_BINDING_H
#define SOCKYARD_BINDING_H

#include <node_api.h>

#include "kernel.h"

/* The bytes of a Uint8Array, valid until JavaScript runs again. Never NULL. */
struct bytes {
  uint8_t *data;
  size_t size;
};

/* Makes an exception of a failed call, unless one is pending; always false. */
bool binding_fail(napi_env env) __attribute__((cold, noinline));

/* Whether `status` is napi_ok. A function whose check fails returns NULL at once: an exception is pending. */
static inline bool binding_check(napi_env env, napi_status status)
{
  return status == napi_ok || binding_fail(env);
}

/* A TypeError; always false. */
bool binding_refuse(napi_env env, const char *message);

bool binding_read_bytes(napi_env env, napi_value value, struct bytes *bytes);
bool binding_read_double(napi_env env, napi_value value, double *number);
/* A BigInt; its lowest 64 bits. */
bool binding_read_long(napi_env env, napi_value value, uint64_t *number);
napi_value binding_make_long(napi_env env, int64_t number);
/* The elements of a BigUint64Array of at least KERNEL_STATUS_FIELDS. */
bool binding_read_status(napi_env env, napi_value value, uint64_t **status);

struct binding_entry {
  const char *name;
  napi_callback call;
};

bool binding_make_function(napi_env env, const struct binding_entry *entry, void *data, napi_value *function);

/* The functions of a context, ended by an entry without a name. */
extern const struct binding_entry binding_transfer_entries[];
extern const struct binding_entry binding_socket_entries[];
extern const struct binding_entry binding_file_entries[];
extern const struct binding_entry binding_path_entries[];
extern const struct binding_entry binding_content_entries[];

/* The module's own, ended likewise. */
extern const struct binding_entry binding_wall_entries[];
extern const struct binding_entry binding_engine_entries[];

/* openContext(mailbox: Uint8Array, cancelFd: number): object */
napi_value binding_open_context(napi_env env, napi_callback_info info);

/* Reads exactly `count` arguments, and the context if `context` is not NULL. */
static inline bool binding_read_arguments(
  napi_env env, napi_callback_info info, size_t count, napi_value *values, struct context **context)
{
  void *data = NULL;
  size_t given = count;
  if (!binding_check(env, napi_get_cb_info(env, info, &given, values, NULL, &data)))
    return false;
  if (context != NULL)
    *context = data;
  return true;
}

/* Numbers above INT32_MAX wrap around, so that pointers may come signed or unsigned. */
static inline bool binding_read_integer(napi_env env, napi_value value, int32_t *integer)
{
  return binding_check(env, napi_get_value_int32(env, value, integer));
}

/* The arguments of a call that takes integers only. */
static inline bool binding_read_integers(
  napi_env env, napi_callback_info info, size_t count, int32_t *integers, struct context **context)
{
  napi_value values[4];
  if (!binding_read_arguments(env, info, count, values, context))
    return false;
  for (size_t i = 0; i < count; i++) {
    if (!binding_read_integer(env, values[i], &integers[i]))
      return false;
  }
  return true;
}

static inline napi_value binding_make_integer(napi_env env, int32_t integer)
{
  napi_value value;
  return binding_check(env, napi_create_int32(env, integer, &value)) ? value : NULL;
}

#endif
