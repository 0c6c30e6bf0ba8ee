/* The second wall: what the process takes from itself before a guest starts. */
#include "binding.h"

/* landlockVersion(): number */
static napi_value binding_landlock_version(napi_env env, napi_callback_info info)
{
  (void) info;
  return binding_make_integer(env, kernel_landlock_version());
}

/* landlockErrata(): number */
static napi_value binding_landlock_errata(napi_env env, napi_callback_info info)
{
  (void) info;
  return binding_make_integer(env, kernel_landlock_errata());
}

/* createRuleset(files: number, ports: number, scopes: number): number */
static napi_value binding_create_ruleset(napi_env env, napi_callback_info info)
{
  int32_t handled[3];
  if (!binding_read_integers(env, info, 3, handled, NULL))
    return NULL;
  return binding_make_integer(
    env, kernel_create_ruleset((uint32_t) handled[0], (uint32_t) handled[1], (uint32_t) handled[2]));
}

/* permitPath(rulesetFd: number, path: Uint8Array, access: number): number */
static napi_value binding_permit_path(napi_env env, napi_callback_info info)
{
  napi_value values[3];
  int32_t fd;
  struct bytes path;
  int32_t access;
  if (!binding_read_arguments(env, info, 3, values, NULL) || !binding_read_integer(env, values[0], &fd) ||
      !binding_read_bytes(env, values[1], &path) || !binding_read_integer(env, values[2], &access))
    return NULL;
  return binding_make_integer(env, kernel_permit_path(fd, path.data, path.size, (uint32_t) access));
}

/* permitPort(rulesetFd: number, port: number, access: number): number */
static napi_value binding_permit_port(napi_env env, napi_callback_info info)
{
  int32_t rule[3];
  if (!binding_read_integers(env, info, 3, rule, NULL))
    return NULL;
  return binding_make_integer(env, kernel_permit_port(rule[0], (uint32_t) rule[1], (uint32_t) rule[2]));
}

/* restrictAll(rulesetFd: number): number */
static napi_value binding_restrict(napi_env env, napi_callback_info info)
{
  int32_t fd;
  if (!binding_read_integers(env, info, 1, &fd, NULL))
    return NULL;
  return binding_make_integer(env, kernel_restrict(fd));
}

/* filterCalls(granted: number): number */
static napi_value binding_filter_calls(napi_env env, napi_callback_info info)
{
  int32_t granted;
  if (!binding_read_integers(env, info, 1, &granted, NULL))
    return NULL;
  return binding_make_integer(env, kernel_filter_calls((uint32_t) granted));
}

/* filterAvailable(): number */
static napi_value binding_filter_available(napi_env env, napi_callback_info info)
{
  (void) info;
  return binding_make_integer(env, kernel_filter_available());
}

/* tryOpenat2(): number */
static napi_value binding_try_openat2(napi_env env, napi_callback_info info)
{
  (void) info;
  return binding_make_integer(env, kernel_try_openat2());
}

const struct binding_entry binding_wall_entries[] = {
  {"landlockVersion", binding_landlock_version},
  {"landlockErrata", binding_landlock_errata},
  {"createRuleset", binding_create_ruleset},
  {"permitPath", binding_permit_path},
  {"permitPort", binding_permit_port},
  {"restrictAll", binding_restrict},
  {"filterCalls", binding_filter_calls},
  {"filterAvailable", binding_filter_available},
  {"tryOpenat2", binding_try_openat2},
  {NULL, NULL},
};
