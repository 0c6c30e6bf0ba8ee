/* The hot path: integers in, an integer out, the data straight in linear memory. */
#include "binding.h"

typedef int plain_transfer(struct context *context, int fd, uint32_t pointer, uint32_t count);
typedef int flagged_transfer(struct context *context, int fd, uint32_t pointer, uint32_t count, int flags);

/* Both are inlined into each function below with a constant `call`, so no indirect call is left. */
static inline napi_value transfer(napi_env env, napi_callback_info info, plain_transfer *call)
{
  int32_t integers[3];
  struct context *context;
  if (!binding_read_integers(env, info, 3, integers, &context))
    return NULL;
  return binding_make_integer(env, call(context, integers[0], (uint32_t) integers[1], (uint32_t) integers[2]));
}

static inline napi_value transfer_flagged(napi_env env, napi_callback_info info, flagged_transfer *call)
{
  int32_t integers[4];
  struct context *context;
  if (!binding_read_integers(env, info, 4, integers, &context))
    return NULL;
  int result = call(context, integers[0], (uint32_t) integers[1], (uint32_t) integers[2], integers[3]);
  return binding_make_integer(env, result);
}

/* read(hostFd: number, pointer: number, count: number): number */
static napi_value binding_read(napi_env env, napi_callback_info info)
{
  return transfer(env, info, kernel_read);
}

/* write(hostFd: number, pointer: number, count: number): number */
static napi_value binding_write(napi_env env, napi_callback_info info)
{
  return transfer(env, info, kernel_write);
}

/* readv(hostFd: number, pointer: number, count: number): number */
static napi_value binding_readv(napi_env env, napi_callback_info info)
{
  return transfer(env, info, kernel_readv);
}

/* writev(hostFd: number, pointer: number, count: number): number */
static napi_value binding_writev(napi_env env, napi_callback_info info)
{
  return transfer(env, info, kernel_writev);
}

/* recv(hostFd: number, pointer: number, count: number, flags: number): number */
static napi_value binding_recv(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_recv);
}

/* recvfrom(hostFd: number, pointer: number, count: number, flags: number): number */
static napi_value binding_recvfrom(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_recvfrom);
}

/* recvv(hostFd: number, pointer: number, count: number, flags: number): number */
static napi_value binding_recvv(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_recvv);
}

/* send(hostFd: number, pointer: number, count: number, flags: number): number */
static napi_value binding_send(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_send);
}

/* sendto(hostFd: number, pointer: number, count: number, flags: number): number */
static napi_value binding_sendto(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_sendto);
}

/* sendv(hostFd: number, pointer: number, count: number, flags: number): number */
static napi_value binding_sendv(napi_env env, napi_callback_info info)
{
  return transfer_flagged(env, info, kernel_sendv);
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
  {"sendv", binding_sendv},
  {NULL, NULL},
};
