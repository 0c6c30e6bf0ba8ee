/* Threads of the addon's own, for what must not happen on a guest's. */
#ifndef SOCKYARD_KERNEL_THREAD_H
#define SOCKYARD_KERNEL_THREAD_H

#include <pthread.h>
#include <stddef.h>

/* Starts a thread that takes no signal which was meant for the host. Returns 0 or -errno. */
int kernel_start_thread(pthread_t *thread, size_t stack_size, void *(*start)(void *), void *argument);

#endif
