#include "client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernels.h"

static int option_count;
static char **options;

static void refuse(const char *argument, const char *usage) {
  fprintf(stderr, "%s is not understood\n%s", argument, usage);
  exit(2);
}

void options_read(int count, char **arguments, const char *usage) {
  option_count = count - 1;
  options = arguments + 1;
  for (int i = 0; i < option_count; i++) {
    char known[64];
    size_t name = strcspn(options[i], "=");
    if (strncmp(options[i], "--", 2) || name + 3 > sizeof known)
      refuse(options[i], usage);
    snprintf(known, sizeof known, "[%.*s%s", (int)name, options[i], options[i][name] ? "=" : "]");
    if (!strstr(usage, known))
      refuse(options[i], usage);
  }
}

static const char *find(const char *name) {
  size_t length = strlen(name);
  for (int i = 0; i < option_count; i++) {
    const char *end = options[i] + 2 + length;
    if (!strncmp(options[i] + 2, name, length) && (*end == '=' || !*end))
      return end;
  }
  return NULL;
}

const char *option(const char *name, const char *otherwise) {
  const char *found = find(name);
  return found && *found == '=' ? found + 1 : otherwise;
}

long option_number(const char *name, long otherwise) {
  const char *text = option(name, NULL);
  return text ? atol(text) : otherwise;
}

bool option_given(const char *name) {
  const char *found = find(name);
  return found && !*found;
}

void check(CUresult result, const char *call) {
  if (result == CUDA_SUCCESS)
    return;
  fprintf(stderr, "%s: error %d\n", call, (int)result);
  exit(1);
}

void client_bind(void) {
  const char *way = option("bind", "dlsym");
  bool per_thread = !strcmp(option("stream", "default"), "ptds");
  if (!strncmp(way, "hip-", 4))
    hip_bind(way, per_thread);
  else
    cuda_bind(way, per_thread);
}

CUcontext client_use_device(int device) {
  CUcontext context;
  CHECK(cuda.Init(0));
  CHECK(cuda.DevicePrimaryCtxRetain(&context, device));
  CHECK(cuda.CtxSetCurrent(context));
  return context;
}

CUresult client_stream(const char *kind, int priority, CUstream *stream) {
  *stream = NULL;
  if (!strcmp(kind, "default") || !strcmp(kind, "ptds"))
    return CUDA_SUCCESS;
  if (!strcmp(kind, "blocking"))
    return cuda.StreamCreate(stream, CU_STREAM_DEFAULT);
  if (!strcmp(kind, "nonblocking"))
    return cuda.StreamCreate(stream, CU_STREAM_NON_BLOCKING);
  if (!strcmp(kind, "priority"))
    return cuda.StreamCreateWithPriority(stream, CU_STREAM_NON_BLOCKING, priority);
  if (!strcmp(kind, "legacy")) {
    *stream = CU_STREAM_LEGACY;
  } else if (!strcmp(kind, "perthread")) {
    *stream = CU_STREAM_PER_THREAD;
  } else {
    return CUDA_ERROR_INVALID_VALUE;
  }
  return CUDA_SUCCESS;
}

CUresult client_kernel(const char *name, CUfunction *kernel) {
  CUmodule module;
  CUresult result = cuda.ModuleLoadData(&module, kernels);
  return result == CUDA_SUCCESS ? cuda.ModuleGetFunction(kernel, module, name) : result;
}

CUresult client_launch(CUfunction kernel, CUstream stream) {
  return cuda.LaunchKernel(kernel, 1, 1, 1, 1, 1, 1, 0, stream, NULL, NULL);
}

#define SECOND UINT64_C(1000000000)

uint64_t nanos_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

void sleep_until(uint64_t nanos) {
  struct timespec until = {(time_t)(nanos / SECOND), (long)(nanos % SECOND)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
  }
}
