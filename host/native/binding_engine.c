/* The engine's flags. */
#include <errno.h>

#include "binding.h"

/*
 * v8::V8::SetFlagsFromString(const char *, size_t), by its symbol: Node-API has no call for it. Where the engine is
 * another, or has none of that name, it is NULL.
 */
extern void set_engine_flags(const char *flags, size_t size) __asm__("_ZN2v82V818SetFlagsFromStringEPKcm")
  __attribute__((weak));

/* setEngineFlags(flags: Uint8Array): number */
static napi_value binding_set_engine_flags(napi_env env, napi_callback_info info)
{
  napi_value value;
  struct bytes flags;
  if (!binding_read_arguments(env, info, 1, &value, NULL) || !binding_read_bytes(env, value, &flags))
    return NULL;
  if (set_engine_flags == NULL)
    return binding_make_integer(env, -ENOSYS);
  set_engine_flags((const char *) flags.data, flags.size);
  return binding_make_integer(env, 0);
}

const struct binding_entry binding_engine_entries[] = {
  {"setEngineFlags", binding_set_engine_flags},
  {NULL, NULL},
};
