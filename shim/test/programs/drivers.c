/*
 * A program of two drivers: launches three kernels by one and then three by the other, and prints
 * which. Then it waits for the end of its input.
 */
#include <stdio.h>

#include "client.h"

static const char usage[] = "drivers [--first=hip|cuda] [--stream=KIND]\n";

static void launch_three(const char *name) {
  CUfunction kernel;
  client_use_device(0);
  CHECK(client_kernel("busy_100us", &kernel));
  for (int i = 0; i < 3; i++)
    CHECK(client_launch(kernel, NULL));
  CHECK(cuda.StreamSynchronize(NULL));
  puts(name);
}

int main(int argc, char **argv) {
  options_read(argc, argv, usage);
  bool hip_first = option("first", "hip")[0] == 'h';
  for (int i = 0; i < 2; i++) {
    if ((i == 0) == hip_first) {
      hip_bind("hip-dlsym", false);
      launch_three("by HIP");
    } else {
      cuda_bind("dlsym", false);
      launch_three("by CUDA");
    }
  }
  puts("end");
  fflush(stdout);
  while (getchar() != EOF) { /* For as long as somebody wants to look at it. */
  }
  return 0;
}
