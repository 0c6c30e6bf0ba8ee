/*
 * The hot path: the data straight in linear memory, arguments and result in the
 * mailbox. Handing four numbers through Node-API and one back costs more than
 * all else of a call; JavaScript stores and loads them in two nanoseconds each.
 */
#include "binding.h"

typedef int plain_transfer(struct context *context, int fd, uint32_t pointer, uint32_t count);
typedef int flagged_transfer(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags);

static inline struct context *context_of(napi_env env, napi_callback_info info)
{
  void *data = NULL;
  return binding_check(env, napi_get_cb_info(env, info, NULL, NULL, NULL, &data)) ? data : NULL;
}

/* Both are inlined into each function below with a constant `call`, so no indirect call is left. */
static inline napi_value transfer(napi_env env, napi_callback_info info, plain_transfer *call)
{
  struct context *context = context_of(env, info);
  if (context != NULL) {
    const int32_t *arguments = context->mailbox->arguments;
    context->mailbox->result = call(context, arguments[0], (uint32_t) arguments[1], (uint32_t) arguments[2]);
  }
  return NULL;
}

static inline napi_value transfer_flagged(napi_env env, napi_callback_info info, flagged_transfer *call)
{
  struct context *context = context_of(env, info);
  if (context != NULL) {
    const int32_t *arguments = context->mailbox->arguments;
    context->mailbox->result =
      call(context, arguments[0], (uint32_t) arguments[1], (uint32_t) arguments[2], arguments[3]);
  }
  return NULL;
}

static napi_value binding_read(napi_env env, napi_callback_info info)
{
  return transfer(env, info, kernel_read);
}

static napi_value binding_write(napi_env env, napi_callback_info info)
{
  return transfer(env, info, kernel_write);
}

static napi_value binding_readv(napi_env env, napi_callback_info info)
{
  return transfer(env, info, kernel_readv);
}

static napi_value binding_writev(napi_env env, napi_callback_info info)
{
  return transfer(env, info, kernel_writev);
}

static napi_value binding_recv(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_recv);
}

/* The address's pointer and that of its length come last. */
static napi_value binding_recvfrom(napi_env env, napi_callback_info info)
{
  struct context *context = context_of(env, info);
  if (context != NULL) {
    const int32_t *arguments = context->mailbox->arguments;
    context->mailbox->result = kernel_recvfrom(
      context,
      arguments[0],
      (uint32_t) arguments[1],
      (uint32_t) arguments[2],
      arguments[3],
      (uint32_t) arguments[4],
      (uint32_t) arguments[5]);
  }
  return NULL;
}

static napi_value binding_recvv(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_recvv);
}

static napi_value binding_send(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_send);
}

static napi_value binding_sendto(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_sendto);
}

/* The address's pointer, its length and the generation come last. */
static napi_value binding_sendto_allowed(napi_env env, napi_callback_info info)
{
  struct context *context = context_of(env, info);
  if (context != NULL) {
    const int32_t *arguments = context->mailbox->arguments;
    context->mailbox->result = kernel_sendto_allowed(
      context,
      arguments[0],
      (uint32_t) arguments[1],
      (uint32_t) arguments[2],
      arguments[3],
      (uint32_t) arguments[4],
      (uint32_t) arguments[5],
      (uint32_t) arguments[6]);
  }
  return NULL;
}

/* The generation alone. */
static napi_value binding_allow_destination(napi_env env, napi_callback_info info)
{
  struct context *context = context_of(env, info);
  if (context != NULL)
    context->mailbox->result = kernel_allow_destination(context, (uint32_t) context->mailbox->arguments[0]);
  return NULL;
}

static napi_value binding_allows_destination(napi_env env, napi_callback_info info)
{
  struct context *context = context_of(env, info);
  if (context != NULL)
    context->mailbox->result = kernel_allows_destination(context, (uint32_t) context->mailbox->arguments[0]);
  return NULL;
}

static napi_value binding_sendv(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_sendv);
}

/* The host descriptor, and the flags where a pointer would be. */
static napi_value binding_accept4(napi_env env, napi_callback_info info)
{
  struct context *context = context_of(env, info);
  if (context != NULL)
    context->mailbox->result =
      kernel_accept4(context, context->mailbox->arguments[0], context->mailbox->arguments[1]);
  return NULL;
}

static napi_value binding_describe(napi_env env, napi_callback_info info)
{
  struct context *context = context_of(env, info);
  if (context != NULL)
    context->mailbox->result = kernel_describe(context, context->mailbox->arguments[0]);
  return NULL;
}

static napi_value binding_close(napi_env env, napi_callback_info info)
{
  struct context *context = context_of(env, info);
  if (context != NULL)
    context->mailbox->result = kernel_close(context->mailbox->arguments[0]);
  return NULL;
}

/* epollCtl: the epoll descriptor, the event's pointer, the descriptor, the operation. */
static napi_value binding_epoll_ctl(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_epoll_ctl);
}

static napi_value binding_epoll_wait(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_epoll_wait);
}

static napi_value binding_sendmsg(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_sendmsg);
}

static napi_value binding_recvmsg(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_recvmsg);
}

const struct binding_entry binding_transfer_entries[] = {
  {"read", binding_read},
  {"write", binding_write},
  {"readv", binding_readv},
  {"writev", binding_writev},
  {"recv", binding_recv},
  {"recvfrom", binding_recvfrom},
  {"recvv", binding_recvv},
  {"send", binding_send},
  {"sendto", binding_sendto},
  {"sendtoAllowed", binding_sendto_allowed},
  {"allowDestination", binding_allow_destination},
  {"allowsDestination", binding_allows_destination},
  {"sendv", binding_sendv},
  {"epollCtl", binding_epoll_ctl},
  {"epollWait", binding_epoll_wait},
  {"sendmsg", binding_sendmsg},
  {"recvmsg", binding_recvmsg},
  {"accept4", binding_accept4},
  {"describe", binding_describe},
  {"close", binding_close},
  {NULL, NULL},
};
