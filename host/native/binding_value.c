#include "binding.h"

bool binding_fail(napi_env env)
{
  /* The text is taken at once: the next call of Node-API overwrites what `error` points at. */
  const napi_extended_error_info *error = NULL;
  const char *message = NULL;
  bool is_pending = false;
  if (napi_get_last_error_info(env, &error) == napi_ok)
    message = error->error_message;
  if (napi_is_exception_pending(env, &is_pending) == napi_ok && !is_pending) {
    /* Nothing is left to do if even this fails; the caller returns all the same. */
    (void) napi_throw_type_error(env, NULL, message != NULL ? message : "Node-API call failed");
  }
  return false;
}

bool binding_refuse(napi_env env, const char *message)
{
  (void) binding_check(env, napi_throw_type_error(env, NULL, message));
  return false;
}

static bool read_array(napi_env env, napi_value value, napi_typedarray_type wanted, size_t *length, void **data)
{
  static const char *const messages[] = {"expected a Uint8Array", "expected a BigUint64Array"};
  napi_typedarray_type type = napi_int8_array;
  bool is_array = false;
  if (!binding_check(env, napi_is_typedarray(env, value, &is_array)))
    return false;
  if (is_array && !binding_check(env, napi_get_typedarray_info(env, value, &type, length, data, NULL, NULL)))
    return false;
  return is_array && type == wanted ? true : binding_refuse(env, messages[wanted == napi_biguint64_array]);
}

bool binding_read_bytes(napi_env env, napi_value value, struct bytes *bytes)
{
  void *data = NULL;
  if (!read_array(env, value, napi_uint8_array, &bytes->size, &data))
    return false;
  bytes->data = data != NULL ? data : (uint8_t *) bytes;
  return true;
}

bool binding_read_double(napi_env env, napi_value value, double *number)
{
  return binding_check(env, napi_get_value_double(env, value, number));
}

bool binding_read_long(napi_env env, napi_value value, uint64_t *number)
{
  bool is_lossless;
  return binding_check(env, napi_get_value_bigint_uint64(env, value, number, &is_lossless));
}

napi_value binding_make_long(napi_env env, int64_t number)
{
  napi_value value;
  return binding_check(env, napi_create_bigint_int64(env, number, &value)) ? value : NULL;
}

bool binding_read_status(napi_env env, napi_value value, uint64_t **status)
{
  size_t length = 0;
  void *data = NULL;
  if (!read_array(env, value, napi_biguint64_array, &length, &data))
    return false;
  if (length < KERNEL_STATUS_FIELDS)
    return binding_refuse(env, "the array for a file's status is too short");
  *status = data;
  return true;
}

bool binding_make_function(napi_env env, const struct binding_entry *entry, void *data, napi_value *function)
{
  return binding_check(env, napi_create_function(env, entry->name, NAPI_AUTO_LENGTH, entry->call, data, function));
}
