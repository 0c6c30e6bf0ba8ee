#ifndef SOCKYARD_KERNEL_EVERYWHERE_H
#define SOCKYARD_KERNEL_EVERYWHERE_H

/*
 * Calls `action` in every thread of the process, in a signal handler in all but
 * the calling one. Returns 0; the first failure of an action; -ETIMEDOUT if a
 * thread did not hear of it, after all others have; or why threads cannot be
 * found, after the calling one has acted.
 */
int kernel_call_everywhere(int (*action)(int), int argument);

#endif
