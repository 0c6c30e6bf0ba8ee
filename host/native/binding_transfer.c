/*
 * The hot path: the data straight in linear memory, arguments and result in the
 * mailbox. Handing four numbers through Node-API and one back costs more than
 * all else of a call; JavaScript stores and loads them in two nanoseconds each.
 */
#include "binding.h"

/*
 * All that a call runs through is one function: after a system call the processor predicts each return wrongly, which
 * costs twenty to eighty nanoseconds.
 */
#define TRANSFER __attribute__((flatten)) static napi_value

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

TRANSFER binding_read(napi_env env, napi_callback_info info)
{
  return transfer(env, info, kernel_read);
}

TRANSFER binding_write(napi_env env, napi_callback_info info)
{
  return transfer(env, info, kernel_write);
}

TRANSFER binding_readv(napi_env env, napi_callback_info info)
{
  return transfer(env, info, kernel_readv);
}

TRANSFER binding_writev(napi_env env, napi_callback_info info)
{
  return transfer(env, info, kernel_writev);
}

TRANSFER binding_recv(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_recv);
}

/* The address's pointer and that of its length come last. */
TRANSFER binding_recvfrom(napi_env env, napi_callback_info info)
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

TRANSFER binding_recvv(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_recvv);
}

TRANSFER binding_send(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_send);
}

TRANSFER binding_sendto(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_sendto);
}

/* The address's pointer, its length and the generation come last. */
TRANSFER binding_sendto_allowed(napi_env env, napi_callback_info info)
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
TRANSFER binding_allow_destination(napi_env env, napi_callback_info info)
{
  struct context *context = context_of(env, info);
  if (context != NULL)
    context->mailbox->result = kernel_allow_destination(context, (uint32_t) context->mailbox->arguments[0]);
  return NULL;
}

TRANSFER binding_allows_destination(napi_env env, napi_callback_info info)
{
  struct context *context = context_of(env, info);
  if (context != NULL)
    context->mailbox->result = kernel_allows_destination(context, (uint32_t) context->mailbox->arguments[0]);
  return NULL;
}

TRANSFER binding_sendv(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_sendv);
}

/* The host descriptor, and the flags where a pointer would be. */
TRANSFER binding_accept4(napi_env env, napi_callback_info info)
{
  struct context *context = context_of(env, info);
  if (context != NULL)
    context->mailbox->result =
      kernel_accept4(context, context->mailbox->arguments[0], context->mailbox->arguments[1]);
  return NULL;
}

TRANSFER binding_describe(napi_env env, napi_callback_info info)
{
  struct context *context = context_of(env, info);
  if (context != NULL)
    context->mailbox->result = kernel_describe(context, context->mailbox->arguments[0]);
  return NULL;
}

TRANSFER binding_close(napi_env env, napi_callback_info info)
{
  struct context *context = context_of(env, info);
  if (context != NULL)
    context->mailbox->result = kernel_close(context->mailbox->arguments[0]);
  return NULL;
}

/* epollCtl: the epoll descriptor, the event's pointer, the descriptor, the operation. */
TRANSFER binding_epoll_ctl(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_epoll_ctl);
}

TRANSFER binding_epoll_wait(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_epoll_wait);
}

TRANSFER binding_sendmsg(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_sendmsg);
}

/* The message's pointer, the flags, and whether to ask which descriptors are sockets of TCP. */
TRANSFER binding_recvmsg(napi_env env, napi_callback_info info)
{
  struct context *context = context_of(env, info);
  if (context != NULL) {
    const int32_t *arguments = context->mailbox->arguments;
    context->mailbox->result =
      kernel_recvmsg(context, arguments[0], (uint32_t) arguments[1], arguments[2], arguments[3] != 0);
  }
  return NULL;
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
