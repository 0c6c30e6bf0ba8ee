/* The parts that a filter of system calls is made of: bpf(4) over struct seccomp_data. */
#ifndef SOCKYARD_KERNEL_FILTER_H
#define SOCKYARD_KERNEL_FILTER_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

#include "kernel.h"

#define PASS SECCOMP_RET_ALLOW
#define FAIL(error) (SECCOMP_RET_ERRNO | (error))

#define LENGTH_MAX 512

struct kernel_filter {
  struct sock_filter code[LENGTH_MAX];
  unsigned short length;
};

static inline void emit(struct kernel_filter *filter, uint16_t code, uint8_t if_true, uint8_t if_false, uint32_t k)
{
  filter->code[filter->length++] = (struct sock_filter) {code, if_true, if_false, k};
}

static inline void finish(struct kernel_filter *filter, uint32_t verdict)
{
  emit(filter, BPF_RET | BPF_K, 0, 0, verdict);
}

/* What is compared from here on: the low half of an argument, which is all that the kernel takes of an int. */
static inline void load_argument(struct kernel_filter *filter, size_t index)
{
  emit(filter, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, args) + index * sizeof(uint64_t));
}

static inline void finish_if(struct kernel_filter *filter, uint16_t comparison, uint32_t value, uint32_t verdict)
{
  emit(filter, BPF_JMP | comparison | BPF_K, 0, 1, value);
  finish(filter, verdict);
}

static inline void finish_if_equal(struct kernel_filter *filter, uint32_t value, uint32_t verdict)
{
  finish_if(filter, BPF_JEQ, value, verdict);
}

/* What is between this and end_case is done if the value is equal; every way through it has a verdict. */
static inline unsigned short begin_case(struct kernel_filter *filter, uint32_t value)
{
  emit(filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, value);
  return filter->length;
}

static inline void end_case(struct kernel_filter *filter, unsigned short begin)
{
  filter->code[begin - 1].jf = (uint8_t) (filter->length - begin);
}

/* What socket(2) and socketpair(2) may make, among the cases of a filter (kernel_filter_sockets.c). */
void kernel_judge_sockets(struct kernel_filter *filter, uint32_t granted);

#endif
