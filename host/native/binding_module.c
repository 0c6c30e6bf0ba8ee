/* What the addon exports, for each environment (main thread or worker) that loads it. */
#include "binding.h"

/* createCancel(): number */
static napi_value binding_create_cancel(napi_env env, napi_callback_info info)
{
  (void) info;
  return binding_make_integer(env, kernel_create_cancel());
}

/* fireCancel(cancelFd: number): number */
static napi_value binding_fire_cancel(napi_env env, napi_callback_info info)
{
  int32_t fd;
  if (!binding_read_integers(env, info, 1, &fd, NULL))
    return NULL;
  return binding_make_integer(env, kernel_fire_cancel(fd));
}

/* watchCancel(cancelFd: number): number */
static napi_value binding_watch_cancel(napi_env env, napi_callback_info info)
{
  int32_t fd;
  if (!binding_read_integers(env, info, 1, &fd, NULL))
    return NULL;
  return binding_make_integer(env, kernel_watch_cancel(fd));
}

/* cpuTime(cancelFd: number): number */
static napi_value binding_cpu_time(napi_env env, napi_callback_info info)
{
  int32_t fd;
  if (!binding_read_integers(env, info, 1, &fd, NULL))
    return NULL;
  return binding_make_integer(env, kernel_cpu_time(fd));
}

/* descriptorLimit(): number */
static napi_value binding_descriptor_limit(napi_env env, napi_callback_info info)
{
  (void) info;
  return binding_make_integer(env, kernel_descriptor_limit());
}

/* unshareDescriptors(): number */
static napi_value binding_unshare_descriptors(napi_env env, napi_callback_info info)
{
  (void) info;
  return binding_make_integer(env, kernel_unshare_descriptors());
}

/* closeDescriptor(hostFd: number): number */
static napi_value binding_close_descriptor(napi_env env, napi_callback_info info)
{
  int32_t fd;
  if (!binding_read_integers(env, info, 1, &fd, NULL))
    return NULL;
  return binding_make_integer(env, kernel_close(fd));
}

/* exitNow(code: number): never */
static napi_value binding_exit_now(napi_env env, napi_callback_info info)
{
  int32_t code;
  if (!binding_read_integers(env, info, 1, &code, NULL))
    return NULL;
  kernel_exit_now(code);
}

/* flushInput(hostFd: number): number */
static napi_value binding_flush_input(napi_env env, napi_callback_info info)
{
  int32_t fd;
  if (!binding_read_integers(env, info, 1, &fd, NULL))
    return NULL;
  return binding_make_integer(env, kernel_flush_input(fd));
}

/* isTerminal(hostFd: number): number */
static napi_value binding_is_terminal(napi_env env, napi_callback_info info)
{
  int32_t fd;
  if (!binding_read_integers(env, info, 1, &fd, NULL))
    return NULL;
  return binding_make_integer(env, kernel_is_terminal(fd));
}

/* writeAll(hostFd: number, bytes: Uint8Array, timeout: number, cancelFd: number): number */
static napi_value binding_write_all(napi_env env, napi_callback_info info)
{
  napi_value values[4];
  int32_t fd;
  struct bytes bytes;
  double timeout;
  struct context context = {0};
  if (!binding_read_arguments(env, info, 4, values, NULL) || !binding_read_integer(env, values[0], &fd) ||
      !binding_read_bytes(env, values[1], &bytes) || !binding_read_double(env, values[2], &timeout) ||
      !binding_read_integer(env, values[3], &context.cancel_fd))
    return NULL;
  return binding_make_integer(env, kernel_write_all(&context, fd, bytes.data, bytes.size, timeout));
}

/* keepOnExec(hostFd: number): number */
static napi_value binding_keep_on_exec(napi_env env, napi_callback_info info)
{
  int32_t fd;
  if (!binding_read_integers(env, info, 1, &fd, NULL))
    return NULL;
  return binding_make_integer(env, kernel_keep_on_exec(fd));
}

/* execute(words: Uint8Array): number */
static napi_value binding_execute(napi_env env, napi_callback_info info)
{
  napi_value value;
  struct bytes words;
  if (!binding_read_arguments(env, info, 1, &value, NULL) || !binding_read_bytes(env, value, &words))
    return NULL;
  return binding_make_integer(env, kernel_execute(words.data, words.size));
}

/* endWithParent(parent: number): number */
static napi_value binding_end_with_parent(napi_env env, napi_callback_info info)
{
  int32_t parent;
  if (!binding_read_integers(env, info, 1, &parent, NULL))
    return NULL;
  return binding_make_integer(env, kernel_end_with_parent(parent));
}

static bool export_all(napi_env env, napi_value exports, const struct binding_entry *entries)
{
  for (const struct binding_entry *entry = entries; entry->name != NULL; entry++) {
    napi_value function;
    if (!binding_make_function(env, entry, NULL, &function) ||
        !binding_check(env, napi_set_named_property(env, exports, entry->name, function)))
      return false;
  }
  return true;
}

NAPI_MODULE_INIT()
{
  const struct binding_entry entries[] = {
    {"openContext", binding_open_context},
    {"createCancel", binding_create_cancel},
    {"fireCancel", binding_fire_cancel},
    {"watchCancel", binding_watch_cancel},
    {"cpuTime", binding_cpu_time},
    {"descriptorLimit", binding_descriptor_limit},
    {"unshareDescriptors", binding_unshare_descriptors},
    {"closeDescriptor", binding_close_descriptor},
    {"flushInput", binding_flush_input},
    {"isTerminal", binding_is_terminal},
    {"writeAll", binding_write_all},
    {"exitNow", binding_exit_now},
    {"keepOnExec", binding_keep_on_exec},
    {"execute", binding_execute},
    {"endWithParent", binding_end_with_parent},
    {NULL, NULL},
  };
  kernel_ignore_sigpipe();
  return export_all(env, exports, entries) && export_all(env, exports, binding_wall_entries) &&
             export_all(env, exports, binding_engine_entries)
           ? exports
           : NULL;
}
