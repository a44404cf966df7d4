/*
 * Threads that all come to the driver at the same moment, before anything else of the process has:
 * each asks cuGetProcAddress for the functions of a launch, then launches one empty kernel with
 * what it got. Says "{"missing":N}", how often there was no such function, and then ends with its
 * input.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "client.h"

static const char usage[] = "rush [--bind=direct|dlsym|getproc] [--threads=N] [--stream=KIND]\n";

#define MOST_THREADS 64

typedef __typeof__(&cuGetProcAddress_v2) get_proc_address;
typedef __typeof__(&cuLaunchKernel) launch_kernel;

static pthread_barrier_t together, found;
static _Atomic int missing;
static CUcontext context;
static CUfunction kernel;

#ifdef DIRECT

static get_proc_address get_proc(void) { return cuGetProcAddress_v2; }

#else

static get_proc_address get_proc(void) {
  void *driver = dlopen("libcuda.so.1", RTLD_NOW);
  return driver ? (get_proc_address)dlsym(driver, "cuGetProcAddress_v2") : NULL;
}

#endif

static void *look_up(const char *name) {
  get_proc_address get = get_proc();
  void *function = NULL;
  CUdriverProcAddressQueryResult status;
  if (!get || get(name, &function, 12000, 0, &status) != CUDA_SUCCESS || !function)
    atomic_fetch_add(&missing, 1);
  return function;
}

static void *come(void *unused) {
  pthread_barrier_wait(&together);
  launch_kernel launch = (launch_kernel)look_up("cuLaunchKernel");
  look_up("cuStreamSynchronize");
  pthread_barrier_wait(&found);
  pthread_barrier_wait(&together);
  if (launch) {
    CHECK(cuda.CtxSetCurrent(context));
    CHECK(launch(kernel, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, NULL));
  }
  return unused;
}

int main(int argc, char **argv) {
  options_read(argc, argv, usage);
  int count = (int)option_number("threads", 16);
  if (count < 1 || count > MOST_THREADS)
    return 1;
  pthread_t threads[MOST_THREADS];
  pthread_barrier_init(&together, NULL, (unsigned)count + 1);
  pthread_barrier_init(&found, NULL, (unsigned)count + 1);
  for (int i = 0; i < count; i++) {
    if (pthread_create(&threads[i], NULL, come, NULL))
      return 1;
  }
  pthread_barrier_wait(&together);
  pthread_barrier_wait(&found);
  client_bind();
  context = client_use_device(0);
  CHECK(client_kernel("empty", &kernel));
  pthread_barrier_wait(&together);
  for (int i = 0; i < count; i++)
    pthread_join(threads[i], NULL);
  CHECK(cuda.CtxSynchronize());
  printf("{\"missing\":%d}\n", missing);
  fflush(stdout);
  while (getchar() != EOF) {
  }
  return 0;
}
