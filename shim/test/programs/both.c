/*
 * One process with two sides: a batch thread that launches without end, and a serving thread that
 * says its priority by overtake.h and then serves requests. They share the default stream or have a
 * stream each. Ends with the last request and prints one line:
 * {"scheduled":0|1,"requests":N,"launches":N}.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../include/overtake.h"
#include "client.h"

static const char usage[] =
    "both [--bind=direct|dlsym|getproc] [--streams=shared|own] [--requests=N] [--kernels=N]\n"
    "     [--high=PRIORITY] [--batch=KERNEL] [--kernel=NAME] [--stream=KIND]\n";

static CUcontext context;
static _Atomic bool stopped;
static _Atomic long launches;

static CUstream own_or_shared_stream(void) {
  CUstream stream = NULL;
  CHECK(cuda.CtxSetCurrent(context));
  if (!strcmp(option("streams", "shared"), "own"))
    CHECK(client_stream("nonblocking", 0, &stream));
  return stream;
}

static void *batch(void *unused) {
  CUstream stream = own_or_shared_stream();
  CUfunction kernel;
  CHECK(client_kernel(option("batch", "busy_2000us"), &kernel));
  while (!atomic_load(&stopped)) {
    CHECK(client_launch(kernel, stream));
    if (atomic_fetch_add(&launches, 1) % 64 == 63)
      CHECK(cuda.StreamSynchronize(stream));
  }
  return unused;
}

static void *serve(void *unused) {
  CUstream stream = own_or_shared_stream();
  CUfunction kernel;
  overtake_thread_priority_set(
      (int)option_number("high", 10)); /* without Overtake, it does nothing */
  CHECK(client_kernel(option("kernel", "busy_1000us"), &kernel));
  long requests = option_number("requests", 10), kernels = option_number("kernels", 4);
  for (long i = 0; i < requests; i++) {
    for (long k = 0; k < kernels; k++)
      CHECK(client_launch(kernel, stream));
    CHECK(cuda.StreamSynchronize(stream));
    long seen = atomic_load(&launches); /* The batch thread gets its turn between two requests. */
    while (atomic_load(&launches) == seen)
      usleep(100);
  }
  return unused;
}

int main(int argc, char **argv) {
  options_read(argc, argv, usage);
  client_bind();
  context = client_use_device(0);
  pthread_t server, worker;
  if (pthread_create(&worker, NULL, batch, NULL) || pthread_create(&server, NULL, serve, NULL))
    return 1;
  pthread_join(server, NULL);
  atomic_store(&stopped, true);
  pthread_join(worker, NULL);
  CHECK(cuda.CtxSynchronize());
  printf("{\"scheduled\":%d,\"requests\":%ld,\"launches\":%ld}\n", overtake_active(),
         option_number("requests", 10), launches);
  return 0;
}
