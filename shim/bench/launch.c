/*
 * What the shim adds to a launch: bursts of empty kernels, in turn through the driver's function as
 * the program is given it and through the driver's own, and what the one takes more than the other.
 * Each burst is synchronized before the next, so that the driver's queue never fills: what is
 * measured is the launching thread's time. Under the shim the first is the shim's; without it both
 * are the same, and the difference is what the measurement cannot see.
 *
 *   launch [PAIRS] [LAUNCHES] [KIB]     pairs of bursts, launches a burst, KiB written between two
 *
 * A program that does nothing else keeps all of the shim in the processor's nearest cache, as no
 * real one does: with KIB it writes to that much memory before each launch.
 *
 * Prints JSON: nanoseconds a launch, the median over the bursts, and the median difference within a
 * pair with the 10th and 90th percentile. Exit status: 0, 1 no GPU to be used, 2 wrong use.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef int CUresult;
typedef void *find(void *, const char *);
typedef CUresult launch_function(void *, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                                 unsigned, void *, void **, void **);
static const char ptx[] =
    ".version 6.4\n.target sm_50\n.address_size 64\n.visible .entry empty() { ret; }\n";

static void *driver, *function;
static CUresult (*synchronize)(void *);

/* A shim answers dlsym; it does not answer a dlsym that was looked up by its version. */
static find *own_find(void) {
  void *found = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
  return (find *)(found ? found : dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5"));
}

static void *need(find *look_up, const char *name) {
  void *found = look_up(driver, name);
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

#define KIB 1024
#define CACHE_LINE 64
static volatile char *elsewhere;
static size_t elsewhere_bytes;

static void work_elsewhere(void) {
  for (size_t at = 0; at < elsewhere_bytes; at += CACHE_LINE)
    elsewhere[at]++;
}

/* Nanoseconds a launch. */
static double burst(launch_function *launch, int launches) {
  double start = now();
  for (int i = 0; i < launches; i++) {
    work_elsewhere();
    check(launch(function, 1, 1, 1, 32, 1, 1, 0, NULL, NULL, NULL), "cuLaunchKernel");
  }
  double end = now();
  check(synchronize(NULL), "cuStreamSynchronize");
  return (end - start) / launches;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void sort(double *values, int count) {
  qsort(values, (size_t)count, sizeof *values, ascending);
}

int main(int argc, char **argv) {
  int pairs = argc > 1 ? atoi(argv[1]) : 2000, launches = argc > 2 ? atoi(argv[2]) : 200;
  elsewhere_bytes = argc > 3 ? (size_t)atoi(argv[3]) * KIB : 0;
  elsewhere = malloc(elsewhere_bytes + 1);
  find *own = own_find();
  driver = dlopen("libcuda.so.1", RTLD_NOW);
  if (!driver || !own || !elsewhere || pairs < 1 || launches < 1) {
    fprintf(stderr, "launch: %s\n",
            !driver ? dlerror()
            : !own  ? "this C library has no dlsym"
                    : "give positive numbers");
    return driver && own ? 2 : 1;
  }
  void *context, *module;
  check(((CUresult(*)(unsigned))need(dlsym, "cuInit"))(0), "cuInit");
  check(((CUresult(*)(void **, int))need(dlsym, "cuDevicePrimaryCtxRetain"))(&context, 0),
        "cuDevicePrimaryCtxRetain");
  check(((CUresult(*)(void *))need(dlsym, "cuCtxSetCurrent"))(context), "cuCtxSetCurrent");
  check(((CUresult(*)(void **, const void *))need(dlsym, "cuModuleLoadData"))(&module, ptx),
        "cuModuleLoadData");
  check(((CUresult(*)(void **, void *, const char *))need(dlsym, "cuModuleGetFunction"))(
            &function, module, "empty"),
        "cuModuleGetFunction");
  synchronize = (CUresult(*)(void *))need(dlsym, "cuStreamSynchronize");
  launch_function *given = (launch_function *)need(dlsym, "cuLaunchKernel");
  launch_function *drivers = (launch_function *)need(own, "cuLaunchKernel");

  double *times[3];
  for (int i = 0; i < 3; i++)
    if (!(times[i] = calloc((size_t)pairs, sizeof(double))))
      return 1;
  for (int pair = -20; pair < pairs; pair++) { /* some for warming up */
    double a, b;
    if (pair & 1) { /* neither is always the second */
      a = burst(given, launches);
      b = burst(drivers, launches);
    } else {
      b = burst(drivers, launches);
      a = burst(given, launches);
    }
    if (pair < 0)
      continue;
    times[0][pair] = a;
    times[1][pair] = b;
    times[2][pair] = a - b;
  }
  for (int i = 0; i < 3; i++)
    sort(times[i], pairs);
  double *difference = times[2];
  printf("{\"shim\": %s, \"launchNanos\": %.1f, \"driverNanos\": %.1f, \"addedNanos\": {\"p10\": "
         "%.1f, \"p50\": %.1f, \"p90\": %.1f}, \"pairs\": %d, \"launches\": %d}\n",
         given == drivers ? "false" : "true", times[0][pairs / 2], times[1][pairs / 2],
         difference[pairs / 10], difference[pairs / 2], difference[pairs * 9 / 10], pairs,
         launches);
  return 0;
}
