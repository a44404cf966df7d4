/*
 * Batch work: launches kernels, one after the other, and synchronizes from time to time. Ends after
 * a number of launches or seconds, or at SIGTERM; then prints one line:
 * {"launches":N,"seconds":S,"perSecond":R}. Says "ready" before the first. With --look-for-opencl
 * it has asked for OpenCL platforms before; exit status 77 if there are none. With --look-for-hip
 * it has asked HIP for its devices and for the functions that it would use.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "client.h"

static const char usage[] =
    "loop [--bind=[hip-]direct|dlsym|getproc] [--stream=KIND] [--priority=CUDA'S] [--device=N]\n"
    "     [--threads=N] [--kernel=NAME] [--count=LAUNCHES] [--seconds=N] [--sync=LAUNCHES]\n"
    "     [--look-for-opencl] [--look-for-hip]\n";

#define NO_OPENCL 77

static CUcontext context;
static _Atomic bool stopped;
static _Atomic long launches;
static uint64_t end;

static void stop(int signal) {
  (void)signal;
  atomic_store(&stopped, true);
}

static void *work(void *unused) {
  CUstream stream;
  CUfunction kernel;
  CHECK(cuda.CtxSetCurrent(context));
  CHECK(client_stream(option("stream", "default"), (int)option_number("priority", 0), &stream));
  CHECK(client_kernel(option("kernel", "busy_1000us"), &kernel));
  long count = option_number("count", 0), between_syncs = option_number("sync", 16);
  for (long i = 1; !atomic_load(&stopped) && (!end || nanos_now() < end); i++) {
    CHECK(client_launch(kernel, stream));
    atomic_fetch_add(&launches, 1);
    if (between_syncs && i % between_syncs == 0)
      CHECK(cuda.StreamSynchronize(stream));
    if (i == count)
      break;
  }
  CHECK(cuda.StreamSynchronize(stream));
  return unused;
}

/* As programs do that take what there is. */
static bool finds_opencl(void) {
  void *library = dlopen("libOpenCL.so.1", RTLD_NOW);
  int (*platforms)(unsigned, void **, unsigned *) =
      library ? (int (*)(unsigned, void **, unsigned *))dlsym(library, "clGetPlatformIDs") : NULL;
  unsigned count = 0;
  return platforms && platforms(0, NULL, &count) == 0 && count;
}

static void look_for_hip(void) {
  void *library = dlopen("libamdhip64.so.6", RTLD_NOW);
  int (*get_count)(int *) = library ? (int (*)(int *))dlsym(library, "hipGetDeviceCount") : NULL;
  int count = 0;
  if (!get_count || get_count(&count) || !dlsym(library, "hipModuleLaunchKernel"))
    exit(1);
}

int main(int argc, char **argv) {
  options_read(argc, argv, usage);
  if (option_given("look-for-opencl") && !finds_opencl())
    return NO_OPENCL;
  if (option_given("look-for-hip"))
    look_for_hip();
  signal(SIGTERM, stop);
  client_bind();
  context = client_use_device((int)option_number("device", 0));
  uint64_t start = nanos_now();
  long seconds = option_number("seconds", 0), threads = option_number("threads", 1);
  end = seconds ? start + (uint64_t)seconds * 1000000000 : 0;
  puts("ready");
  fflush(stdout);
  pthread_t *others = calloc((size_t)threads, sizeof *others);
  for (long i = 1; others && i < threads; i++)
    pthread_create(&others[i], NULL, work, NULL);
  work(NULL);
  for (long i = 1; others && i < threads; i++)
    pthread_join(others[i], NULL);
  free(others);
  double took = (double)(nanos_now() - start) / 1e9;
  printf("{\"launches\":%ld,\"seconds\":%.3f,\"perSecond\":%.1f}\n", launches, took,
         (double)launches / took);
  return 0;
}
