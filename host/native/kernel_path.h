/* Paths between a guest's bytes and system calls. */
#ifndef SOCKYARD_KERNEL_PATH_H
#define SOCKYARD_KERNEL_PATH_H

#include <limits.h>

#include "kernel.h"

/* A path as system calls want it: ended by NUL, and with no other. Returns 0 or -errno. */
int kernel_copy_path(const uint8_t *path, size_t size, char copy[PATH_MAX]);

#define KERNEL_LINK_SIZE sizeof("/proc/self/fd/-2147483648")

/* The name under which the process itself finds a descriptor. */
void kernel_write_link(int fd, char link[KERNEL_LINK_SIZE]);

#endif
