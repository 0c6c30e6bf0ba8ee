// A program of clang and wasi-libc: what it finds around it.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    printf("argv[%d]=%s\n", i, argv[i]);
  int variables = 0;
  while (environ != NULL && environ[variables] != NULL)
    variables++;
  printf("environment: %d\n", variables);
  printf("time: %s\n", time(NULL) > 1700000000 ? "now" : "wrong");
  struct timespec one, other;
  clock_gettime(CLOCK_MONOTONIC, &one);
  nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
  clock_gettime(CLOCK_MONOTONIC, &other);
  double slept = (double) (other.tv_sec - one.tv_sec) * 1e9 + (double) (other.tv_nsec - one.tv_nsec);
  printf("slept: %s\n", slept >= 2e6 && slept < 1e10 ? "yes" : "no");
  printf("terminal: %d %d\n", isatty(0), isatty(1));
  unsigned char random[16] = {0};
  int different = 0;
  if (getentropy(random, sizeof(random)) == 0)
    for (int i = 0; i < 16; i++)
      different |= random[i];
  printf("random: %s\n", different ? "yes" : "no");
  FILE *file = fopen("/etc/hostname", "r");
  printf("files: %s\n", file == NULL ? "none" : "some");
  char line[64];
  while (fgets(line, sizeof(line), stdin) != NULL)
    printf("read: %s", line);
  fflush(stdout);
  fprintf(stderr, "done\n");
  return 42;
}
