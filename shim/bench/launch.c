/*
 * What the shim adds to a launch: times bursts of empty kernels, each burst synchronized before the
 * next, so that the driver's queue never fills and what is measured is the launching thread's time.
 * Prints JSON: nanoseconds a launch, the median and the 10th and 90th percentile over the bursts;
 * and what one call of cuCtxGetCurrent takes, which the shim makes for each launch.
 *
 *   launch [bursts] [launches a burst]
 *
 * Uses the driver as any program does that loads it at run time. Run it with and without the shim,
 * in turn.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef int CUresult;
static const char ptx[] =
    ".version 6.4\n.target sm_50\n.address_size 64\n.visible .entry empty() { ret; }\n";

static void *driver;

static void *need(const char *name) {
  void *found = dlsym(driver, name);
  if (!found) {
    fprintf(stderr, "launch: the driver has no %s\n", name);
    exit(1);
  }
  return found;
}

static void check(CUresult result, const char *what) {
  if (result == 0)
    return;
  fprintf(stderr, "launch: %s failed with error %d\n", what, result);
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  int bursts = argc > 1 ? atoi(argv[1]) : 2000, launches = argc > 2 ? atoi(argv[2]) : 200;
  driver = dlopen("libcuda.so.1", RTLD_NOW);
  if (!driver || bursts < 1 || launches < 1) {
    fprintf(stderr, "launch: %s\n", driver ? "give positive numbers" : dlerror());
    return driver ? 2 : 1;
  }
  void *context, *module, *function;
  check(((CUresult(*)(unsigned))need("cuInit"))(0), "cuInit");
  check(((CUresult(*)(void **, int))need("cuDevicePrimaryCtxRetain"))(&context, 0),
        "cuDevicePrimaryCtxRetain");
  check(((CUresult(*)(void *))need("cuCtxSetCurrent"))(context), "cuCtxSetCurrent");
  check(((CUresult(*)(void **, const void *))need("cuModuleLoadData"))(&module, ptx),
        "cuModuleLoadData");
  check(((CUresult(*)(void **, void *, const char *))need("cuModuleGetFunction"))(&function, module,
                                                                                  "empty"),
        "cuModuleGetFunction");
  CUresult (*launch)(void *, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                     void *, void **, void **) = need("cuLaunchKernel");
  CUresult (*synchronize)(void *) = need("cuStreamSynchronize");
  double *times = calloc((size_t)bursts, sizeof *times);
  if (!times)
    return 1;
  for (int burst = -20; burst < bursts; burst++) { /* some for warming up */
    double start = now();
    for (int i = 0; i < launches; i++)
      check(launch(function, 1, 1, 1, 32, 1, 1, 0, NULL, NULL, NULL), "cuLaunchKernel");
    double end = now();
    check(synchronize(NULL), "cuStreamSynchronize");
    if (burst >= 0)
      times[burst] = (end - start) / launches;
  }
  CUresult (*get_current)(void **) = need("cuCtxGetCurrent");
  double start = now();
  for (int i = 0; i < 100000; i++)
    check(get_current(&context), "cuCtxGetCurrent");
  double current = (now() - start) / 100000;
  qsort(times, (size_t)bursts, sizeof *times, ascending);
  printf("{\"launchNanos\": {\"p10\": %.1f, \"p50\": %.1f, \"p90\": %.1f}, \"getCurrentNanos\": "
         "%.1f, \"bursts\": %d, \"launchesPerBurst\": %d}\n",
         times[bursts / 10], times[bursts / 2], times[bursts * 9 / 10], current, bursts, launches);
  return 0;
}
