#define _GNU_SOURCE
#include "kernel_thread.h"

#include <signal.h>

int kernel_start_thread(pthread_t *thread, size_t stack_size, void *(*start)(void *), void *argument)
{
  pthread_attr_t attributes;
  sigset_t all;
  sigset_t saved;
  int error = pthread_attr_init(&attributes);
  if (error != 0)
    return -error;
  sigfillset(&all);
  error = pthread_attr_setstacksize(&attributes, stack_size);
  if (error == 0)
    error = pthread_sigmask(SIG_SETMASK, &all, &saved);
  if (error == 0) {
    error = pthread_create(thread, &attributes, start, argument);
    pthread_sigmask(SIG_SETMASK, &saved, NULL);
  }
  pthread_attr_destroy(&attributes);
  return -error;
}
