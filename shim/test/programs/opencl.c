/*
 * Does every kind of command on the first OpenCL device and prints what came of it, a line each: to
 * be run with the shim and without, which must make no difference. It comes to OpenCL's functions
 * by dlsym, or by clGetExtensionFunctionAddressForPlatform where the driver answers.
 *
 *   opencl ORDER WAY     ORDER: in-order or out-of-order; WAY: dlsym or extension
 *
 * Status 77: there is no device.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/opencl_api.h"

#define COUNT 4096
#define BYTES (COUNT * sizeof(cl_int))
#define CL_TRUE 1
#define CL_FALSE 0
#define CL_MAP_READ 1
#define CL_MAP_WRITE 2

typedef struct _cl_program *cl_program;

static const char *const source = "kernel void append(global int *x, int n) {"
                                  "  size_t i = get_global_id(0); x[i] = 3 * x[i] + n + (int)i; }";

static void *library;
static cl_platform_id platform;
static int by_extension;

static void *function(const char *name) {
  void *found = NULL;
  if (by_extension && platform) {
    void *(*address)(cl_platform_id, const char *) =
        dlsym(library, "clGetExtensionFunctionAddressForPlatform");
    found = address(platform, name);
  }
  return found ? found : dlsym(library, name);
}

#define CALL(result, name, ...) ((result(*)())function(#name))(__VA_ARGS__)

static void require(const char *what, cl_int status) {
  if (status) {
    printf("%s: %d\n", what, status);
    exit(1);
  }
}
#define REQUIRE(name, ...) require(#name, CALL(cl_int, name, __VA_ARGS__))

/* Of what the buffer has, as a command behind all others reads it. */
static void print(const char *what, const cl_int *values) {
  unsigned hash = 2166136261u;
  for (int i = 0; i < COUNT; i++)
    hash = (hash ^ (unsigned)values[i]) * 16777619u;
  printf("%s %08x\n", what, hash);
}

static cl_kernel kernel;
static cl_command_queue queue;

/* Behind the event, if there is one, since the queue may be out of order; gives its own. */
static cl_event append(cl_int n, cl_event behind) {
  size_t items = COUNT;
  cl_event event;
  REQUIRE(clSetKernelArg, kernel, 1, sizeof n, &n);
  REQUIRE(clEnqueueNDRangeKernel, queue, kernel, 1, NULL, &items, NULL, behind ? 1 : 0,
          behind ? &behind : NULL, &event);
  if (behind)
    REQUIRE(clReleaseEvent, behind);
  return event;
}

static cl_event append_many(cl_int count, cl_event behind) {
  for (cl_int n = 0; n < count; n++)
    behind = append(n, behind);
  return behind;
}

int main(int count, char **words) {
  if (count != 3)
    return 2;
  int out_of_order = !strcmp(words[1], "out-of-order");
  by_extension = !strcmp(words[2], "extension");
  library = dlopen("libOpenCL.so.1", RTLD_NOW);
  cl_device_id device;
  if (!library || CALL(cl_int, clGetPlatformIDs, 1, &platform, NULL) ||
      CALL(cl_int, clGetDeviceIDs, platform, CL_DEVICE_TYPE_ALL, 1, &device, NULL))
    return 77;
  cl_int status;
  cl_context context = CALL(cl_context, clCreateContext, NULL, 1, &device, NULL, NULL, &status);
  require("clCreateContext", status);
  queue = CALL(cl_command_queue, clCreateCommandQueue, context, device,
               (cl_bitfield)(out_of_order ? CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE : 0), &status);
  require("clCreateCommandQueue", status);
  REQUIRE(clRetainCommandQueue, queue);
  REQUIRE(clReleaseCommandQueue, queue);
  cl_program program =
      CALL(cl_program, clCreateProgramWithSource, context, 1, &source, NULL, &status);
  REQUIRE(clBuildProgram, program, 1, &device, "", NULL, NULL);
  kernel = CALL(cl_kernel, clCreateKernel, program, "append", &status);
  require("clCreateKernel", status);
  cl_mem first = CALL(cl_mem, clCreateBuffer, context, (cl_bitfield)1, BYTES, NULL, &status);
  cl_mem second = CALL(cl_mem, clCreateBuffer, context, (cl_bitfield)1, BYTES, NULL, &status);
  require("clCreateBuffer", status);
  REQUIRE(clSetKernelArg, kernel, 0, sizeof first, &first);

  static cl_int values[COUNT];
  cl_int pattern = 7;
  cl_event event = NULL, other;
  REQUIRE(clEnqueueFillBuffer, queue, first, &pattern, sizeof pattern, (size_t)0, BYTES, 0, NULL,
          &event);
  event = append_many(50, event);
  REQUIRE(clWaitForEvents, 1, &event);
  REQUIRE(clEnqueueReadBuffer, queue, first, CL_TRUE, (size_t)0, BYTES, values, 0, NULL, NULL);
  print("fill, kernels, wait, read", values);

  event = append_many(50, event);
  do
    REQUIRE(clGetEventInfo, event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof status, &status, NULL);
  while (status > CL_COMPLETE);
  REQUIRE(clEnqueueCopyBuffer, queue, first, second, (size_t)0, (size_t)0, BYTES, 0, NULL, &other);
  cl_int *mapped = CALL(cl_int *, clEnqueueMapBuffer, queue, second, CL_TRUE,
                        (cl_bitfield)CL_MAP_READ, (size_t)0, BYTES, 1, &other, NULL, NULL);
  print("kernels, query, copy, map", mapped);
  REQUIRE(clEnqueueUnmapMemObject, queue, second, mapped, 0, NULL, NULL);
  REQUIRE(clFinish, queue);

  /* Work that waits for the program, which does something else meanwhile. */
  cl_event user = CALL(cl_event, clCreateUserEvent, context, &status);
  require("clCreateUserEvent", status);
  for (int i = 0; i < COUNT; i++)
    values[i] = i;
  REQUIRE(clEnqueueWriteBuffer, queue, first, CL_FALSE, (size_t)0, BYTES, values, 1, &user, &event);
  event = append_many(20, event);
  REQUIRE(clFlush, queue);
  REQUIRE(clSetUserEventStatus, user, CL_COMPLETE);
  REQUIRE(clFinish, queue);
  REQUIRE(clEnqueueReadBuffer, queue, first, CL_TRUE, (size_t)0, BYTES, values, 0, NULL, NULL);
  print("user event, write, kernels, finish, read", values);

  printf("refused %d\n", CALL(cl_int, clEnqueueReadBuffer, queue, first, CL_TRUE, (size_t)1, BYTES,
                              values, 0, NULL, NULL));
  printf("no queue %d\n", CALL(cl_int, clFinish, NULL));
  REQUIRE(clReleaseCommandQueue, queue);
  puts("end");
  fflush(stdout);
  while (getchar() != EOF) { /* For as long as somebody wants to look at it. */
  }
  return 0;
}
