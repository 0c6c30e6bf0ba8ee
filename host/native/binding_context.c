/* A guest's context: its lifetime and the linear memory it points at. */
#include <stdlib.h>

#include "binding.h"

/* `kernel` comes first: functions find it through their callback data. */
struct binding_context {
  struct context kernel;
  /* One for each function that JavaScript may still call. All on one thread. */
  size_t references;
  napi_ref mailbox;
  napi_ref memory;
};

static void release(napi_env env, struct binding_context *context)
{
  if (--context->references > 0)
    return;
  /* In a finalizer nobody could hear of a failure, and only the reference would be lost. */
  if (context->mailbox != NULL)
    (void) napi_delete_reference(env, context->mailbox);
  if (context->memory != NULL)
    (void) napi_delete_reference(env, context->memory);
  free(context->kernel.destinations);
  free(context);
}

static void finalize_function(napi_env env, void *data, void *hint)
{
  (void) hint;
  release(env, data);
}

/* Points at no memory, at an address that is not NULL. */
static void detach(struct context *kernel)
{
  kernel->memory = (uint8_t *) kernel;
  kernel->memory_size = 0;
}

/* Whether `array` lies in memory that no other thread can see; a SharedArrayBuffer is not an ArrayBuffer. */
static bool is_private(napi_env env, napi_value array, bool *result)
{
  napi_value buffer;
  return binding_check(env, napi_get_typedarray_info(env, array, NULL, NULL, NULL, &buffer, NULL)) &&
    binding_check(env, napi_is_arraybuffer(env, buffer, result));
}

/* attach(bytes: Uint8Array): 0. Points the context at a memory, or at its new place after it has grown. */
static napi_value attach(napi_env env, napi_callback_info info)
{
  napi_value value;
  struct context *kernel;
  struct bytes bytes;
  bool private = false;
  if (!binding_read_arguments(env, info, 1, &value, &kernel) || !binding_read_bytes(env, value, &bytes) ||
      !is_private(env, value, &private))
    return NULL;
  if (!private) {
    binding_refuse(env, "a shared memory cannot be attached: guests are single-threaded");
    return NULL;
  }

  struct binding_context *context = (struct binding_context *) kernel;
  napi_ref memory;
  if (!binding_check(env, napi_create_reference(env, value, 1, &memory)))
    return NULL;
  napi_ref previous = context->memory;
  context->memory = memory;
  kernel->memory = bytes.data;
  kernel->memory_size = bytes.size;
  if (previous != NULL && !binding_check(env, napi_delete_reference(env, previous)))
    return NULL;
  return binding_make_integer(env, 0);
}

static bool define_all(
  napi_env env, napi_value target, const struct binding_entry *entries, struct binding_context *context)
{
  for (const struct binding_entry *entry = entries; entry->name != NULL; entry++) {
    napi_value function;
    /* Counted before JavaScript can see the function, uncounted if it never will. */
    context->references++;
    if (!binding_make_function(env, entry, context, &function) ||
        !binding_check(env, napi_add_finalizer(env, function, context, finalize_function, NULL, NULL))) {
      context->references--;
      return false;
    }
    if (!binding_check(env, napi_set_named_property(env, target, entry->name, function)))
      return false;
  }
  return true;
}

static bool fill_context(napi_env env, const napi_value values[2], struct binding_context *context)
{
  struct bytes mailbox;
  int32_t cancel_fd;
  bool private = false;
  if (!binding_read_bytes(env, values[0], &mailbox) || !is_private(env, values[0], &private) ||
      !binding_read_integer(env, values[1], &cancel_fd))
    return false;
  if (!private || mailbox.size < sizeof(struct mailbox) || (uintptr_t) mailbox.data % _Alignof(struct mailbox) != 0)
    return binding_refuse(env, "the mailbox is too short, not aligned or shared");
  if (cancel_fd >= 0 && kernel_watch_cancel(cancel_fd) < 0)
    return binding_refuse(env, "the cancel descriptor is not one of createCancel");
  context->kernel.mailbox = (struct mailbox *) (void *) mailbox.data;
  context->kernel.cancel_fd = cancel_fd;
  detach(&context->kernel);
  return binding_check(env, napi_create_reference(env, values[0], 1, &context->mailbox));
}

napi_value binding_open_context(napi_env env, napi_callback_info info)
{
  static const struct binding_entry attach_entries[] = {{"attach", attach}, {NULL, NULL}};
  napi_value values[2];
  napi_value object = NULL;
  if (!binding_read_arguments(env, info, 2, values, NULL))
    return NULL;
  struct binding_context *context = calloc(1, sizeof(*context));
  if (context == NULL) {
    (void) binding_check(env, napi_throw_error(env, NULL, "out of memory"));
    return NULL;
  }

  /* Held by this call too, until every function has its own share. */
  context->references = 1;
  bool made = fill_context(env, values, context) && binding_check(env, napi_create_object(env, &object)) &&
    define_all(env, object, attach_entries, context) && define_all(env, object, binding_transfer_entries, context) &&
    define_all(env, object, binding_socket_entries, context) &&
    define_all(env, object, binding_file_entries, context) && define_all(env, object, binding_path_entries, context) &&
    define_all(env, object, binding_content_entries, context);
  release(env, context);
  return made ? object : NULL;
}
