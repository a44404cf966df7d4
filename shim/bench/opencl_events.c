/*
 * How soon a program learns that an OpenCL command has ended, by each way that the standard has,
 * and what commands that wait for a user event cost: whether they keep other queues waiting, and
 * how soon one runs once its event has happened.
 *
 *   opencl_events [PLATFORM]
 *
 * On the first device of the first platform whose name contains PLATFORM, or of the first of all.
 * Kernels take about 100 us. Prints a line for each; exit status 0, 1 no such device or a call
 * failed, 2 wrong use.
 */
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CHECK(call) check(call, #call)
#define NAMES(...) ((const char *const[PARTS]){__VA_ARGS__})
enum { SAMPLES = 300, PARTS = 3, CHAIN = 20 };
enum { KERNEL_MICROS = 100, REST_MICROS = 3000, GATED_MICROS = 300, LIMIT_MICROS = 20000 };

static const char *SOURCE = "kernel void busy(global int *at, int steps) {"
                            "  int x = at[0];"
                            "  for (int i = 0; i < steps; i++) x = x * 1664525 + 1013904223;"
                            "  at[0] = x;"
                            "}";

static cl_context context;
static cl_command_queue queue, other;
static cl_kernel kernel;
static volatile double called_at;
static volatile int calls;

static void check(cl_int status, const char *call) {
  if (status != CL_SUCCESS) {
    fprintf(stderr, "opencl_events: %s: status %d\n", call, status);
    exit(1);
  }
}

static double now_micros(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec * 1e-3;
}

static int ascending(const void *one, const void *two) {
  double a = *(const double *)one, b = *(const double *)two;
  return (a > b) - (a < b);
}

static void show(const char *what, double *micros, int count) {
  qsort(micros, (size_t)count, sizeof *micros, ascending);
  printf("%-58s min %8.1f p50 %8.1f p99 %8.1f max %8.1f us\n", what, micros[0], micros[count / 2],
         micros[count * 99 / 100], micros[count - 1]);
  fflush(stdout);
}

static void CL_CALLBACK on_end(cl_event event, cl_int status, void *data) {
  (void)event, (void)status, (void)data;
  called_at = now_micros();
  __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
}

static int status_of(cl_event event) {
  cl_int status;
  CHECK(clGetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof status, &status, NULL));
  return status;
}

static void spin(cl_event event) {
  while (status_of(event) > CL_COMPLETE)
    ;
}

/* Behind the gate, if there is one; has an event if somebody wants it. */
static void launch(cl_command_queue into, cl_event *gate, cl_event *event) {
  size_t one = 1;
  CHECK(clEnqueueNDRangeKernel(into, kernel, 1, NULL, &one, &one, gate ? 1 : 0, gate, event));
}

static void launch_now(cl_command_queue into, cl_event *gate, cl_event *event) {
  launch(into, gate, event);
  CHECK(clFlush(into));
}

static cl_event new_gate(void) {
  cl_int status;
  cl_event gate = clCreateUserEvent(context, &status);
  check(status, "clCreateUserEvent");
  return gate;
}

static void release(cl_event *events, int count) {
  for (int i = 0; i < count; i++)
    CHECK(clReleaseEvent(events[i]));
}

static double kernel_micros(int steps) {
  enum { LAUNCHES = 50 };
  CHECK(clSetKernelArg(kernel, 1, sizeof steps, &steps));
  double begin = now_micros();
  for (int i = 0; i < LAUNCHES; i++)
    launch(queue, NULL, NULL);
  CHECK(clFinish(queue));
  return (now_micros() - begin) / LAUNCHES;
}

static void open_device(const char *wanted) {
  cl_platform_id platforms[16];
  cl_uint count = 0;
  cl_device_id device = NULL;
  CHECK(clGetPlatformIDs(16, platforms, &count));
  for (cl_uint i = 0; i < count && i < 16 && !device; i++) {
    char name[256] = "";
    CHECK(clGetPlatformInfo(platforms[i], CL_PLATFORM_NAME, sizeof name, name, NULL));
    if (strstr(name, wanted) && !clGetDeviceIDs(platforms[i], CL_DEVICE_TYPE_ALL, 1, &device, NULL))
      printf("platform %s\n", name);
  }
  if (!device) {
    fprintf(stderr, "opencl_events: no platform's name contains '%s'\n", wanted);
    exit(1);
  }
  cl_int status;
  context = clCreateContext(NULL, 1, &device, NULL, NULL, &status);
  check(status, "clCreateContext");
  cl_program program = clCreateProgramWithSource(context, 1, &SOURCE, NULL, &status);
  check(status, "clCreateProgramWithSource");
  CHECK(clBuildProgram(program, 0, NULL, NULL, NULL, NULL));
  kernel = clCreateKernel(program, "busy", &status);
  check(status, "clCreateKernel");
  cl_mem memory = clCreateBuffer(context, CL_MEM_READ_WRITE, sizeof(cl_int), NULL, &status);
  check(status, "clCreateBuffer");
  CHECK(clSetKernelArg(kernel, 0, sizeof memory, &memory));
  queue = clCreateCommandQueue(context, device, 0, &status);
  check(status, "clCreateCommandQueue");
  other = clCreateCommandQueue(context, device, 0, &status);
  check(status, "clCreateCommandQueue");
  int steps = 20000;
  kernel_micros(steps);
  steps = (int)(steps * KERNEL_MICROS / kernel_micros(steps));
  kernel_micros(steps);
  printf("kernel %.1f us\n", kernel_micros(steps));
}

/* Micros of what is measured, and of parts of it. */
typedef void sample(double micros[PARTS]);

/* Takes a sample as often as asked, after a rest each, and shows a line for each name. */
static void measure(sample *take, int count, useconds_t rest, const char *const names[PARTS]) {
  static double micros[PARTS][SAMPLES];
  for (int i = 0; i < count; i++) {
    double taken[PARTS] = {0};
    usleep(rest);
    take(taken);
    for (int part = 0; part < PARTS; part++)
      micros[part][i] = taken[part];
  }
  for (int part = 0; part < PARTS && names[part]; part++)
    show(names[part], micros[part], count);
}

static void finish(double micros[PARTS]) {
  double begin = now_micros();
  launch(queue, NULL, NULL);
  CHECK(clFinish(queue));
  micros[0] = now_micros() - begin;
}

static void wait_for_event(double micros[PARTS]) {
  cl_event event;
  double begin = now_micros();
  launch_now(queue, NULL, &event);
  micros[1] = now_micros() - begin;
  CHECK(clWaitForEvents(1, &event));
  micros[0] = now_micros() - begin;
  release(&event, 1);
}

static void spin_on_status(double micros[PARTS]) {
  cl_event event;
  double begin = now_micros();
  launch_now(queue, NULL, &event);
  spin(event);
  micros[0] = now_micros() - begin;
  release(&event, 1);
}

static void await_call(void) {
  while (called_at == 0)
    ;
}

static void be_called(double micros[PARTS]) {
  cl_event event;
  called_at = 0;
  double begin = now_micros();
  launch_now(queue, NULL, &event);
  double launched = now_micros();
  CHECK(clSetEventCallback(event, CL_COMPLETE, on_end, NULL));
  micros[1] = now_micros() - launched;
  await_call();
  micros[0] = called_at - begin;
  release(&event, 1);
}

static void spin_and_be_called(double micros[PARTS]) {
  cl_event event;
  called_at = 0;
  double begin = now_micros();
  launch_now(queue, NULL, &event);
  CHECK(clSetEventCallback(event, CL_COMPLETE, on_end, NULL));
  spin(event);
  micros[0] = now_micros() - begin;
  await_call();
  micros[1] = called_at - begin;
  release(&event, 1);
}

static void chain(double micros[PARTS]) {
  cl_event events[CHAIN];
  double begin = now_micros();
  for (int i = 0; i < CHAIN; i++)
    launch_now(queue, NULL, &events[i]);
  micros[1] = now_micros() - begin;
  spin(events[CHAIN - 1]);
  micros[0] = now_micros() - begin;
  release(events, CHAIN);
}

static void one_gate(double micros[PARTS]) {
  cl_event event, gate = new_gate();
  double begin = now_micros();
  launch_now(queue, &gate, &event);
  micros[0] = now_micros() - begin;
  usleep(GATED_MICROS);
  begin = now_micros();
  CHECK(clSetUserEventStatus(gate, CL_COMPLETE));
  micros[2] = now_micros() - begin;
  spin(event);
  micros[1] = now_micros() - begin;
  release(&event, 1);
  release(&gate, 1);
}

static void other_queue(double micros[PARTS]) {
  cl_event event, beside, gate = new_gate();
  launch_now(queue, &gate, &event);
  double begin = now_micros();
  launch_now(other, NULL, &beside);
  micros[0] = now_micros() - begin;
  while (status_of(beside) > CL_COMPLETE && now_micros() - begin < LIMIT_MICROS)
    ;
  micros[1] = now_micros() - begin;
  CHECK(clSetUserEventStatus(gate, CL_COMPLETE));
  spin(event);
  spin(beside);
  release(&event, 1);
  release(&beside, 1);
  release(&gate, 1);
}

static void gates(double micros[PARTS], bool by_callback) {
  cl_event events[CHAIN], gates[CHAIN];
  calls = 0;
  double begin = now_micros();
  for (int i = 0; i < CHAIN; i++) {
    gates[i] = new_gate();
    launch_now(queue, &gates[i], &events[i]);
    if (by_callback)
      CHECK(clSetEventCallback(events[i], CL_COMPLETE, on_end, NULL));
  }
  micros[0] = now_micros() - begin;
  begin = now_micros();
  for (int i = 0; i < CHAIN; i++) {
    CHECK(clSetUserEventStatus(gates[i], CL_COMPLETE));
    if (by_callback)
      while (calls <= i)
        ;
    else
      spin(events[i]);
  }
  micros[1] = now_micros() - begin;
  release(events, CHAIN);
  release(gates, CHAIN);
}

/* Each gate is opened once the kernel before it is known to have ended. */
static void gates_by_status(double micros[PARTS]) { gates(micros, false); }

static void gates_by_callback(double micros[PARTS]) {
  double taken[PARTS];
  gates(taken, true);
  micros[0] = taken[1];
}

/* From the launch until the program knows of the end. */
static void measure_ends(useconds_t rest) {
  measure(finish, SAMPLES, rest, NAMES("no event, finish"));
  measure(wait_for_event, SAMPLES, rest,
          NAMES("event, flush, waitForEvents", "   of it enqueue and flush"));
  measure(spin_on_status, SAMPLES, rest, NAMES("event, flush, spin on status"));
  measure(be_called, SAMPLES, rest, NAMES("event, flush, callback", "   of it set callback"));
  measure(spin_and_be_called, SAMPLES, rest,
          NAMES("callback set, spin on status", "   callback then"));
  measure(chain, SAMPLES, rest, NAMES("20 kernels, flush each, spin", "   of it to enqueue"));
}

static void measure_gates(void) {
  measure(one_gate, SAMPLES, 0,
          NAMES("gated kernel: enqueue and flush", "   set user event, spin until it ran",
                "   of it the call"));
  measure(other_queue, SAMPLES, 0,
          NAMES("other queue beside a gated one: enqueue and flush",
                "   until it ran (20,000: not before the gate opened)"));
  measure(
      gates_by_status, SAMPLES, 0,
      NAMES("20 gated kernels: enqueue and flush", "   opened one by one by spinning on status"));
  measure(gates_by_callback, SAMPLES / 3, 0, /* which may take a third of a second each */
          NAMES("20 gated kernels, opened one by one by callback"));
}

int main(int argc, char **argv) {
  if (argc > 2) {
    fprintf(stderr, "Usage: opencl_events [PLATFORM]\n");
    return 2;
  }
  open_device(argc > 1 ? argv[1] : "");
  printf("--- back to back\n");
  measure_ends(0);
  printf("--- after 3 ms of rest\n");
  measure_ends(REST_MICROS);
  printf("--- user events\n");
  measure_gates();
  return 0;
}
