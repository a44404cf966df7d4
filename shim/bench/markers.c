/*
 * What a marker costs the device between two kernels of a stream. Markers are how the shim and Java
 * queues learn how far the device has come, and at level 2 how they stop it: an event, a word that
 * the device writes, a wait for a word, and, in one call of cuStreamBatchMemOp, a write, a wait and
 * a write.
 *
 *   markers [ROUNDS]
 *
 * In each of ROUNDS (30) rounds, and for each of these in turn, 100 kernels of 100 us with one
 * before each are launched behind a shut gate, and timed from when it opens. A GPU is chosen with
 * CUDA_VISIBLE_DEVICES.
 *
 * Prints JSON: microseconds that a kernel takes with what is before it, of each round, and what the
 * median of these adds to that of kernels with nothing between. Exit status: 0, 1 no GPU to be
 * used, 2 wrong use.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gpu.h"

#define KERNELS 100
#define MOST_ROUNDS 1000

enum { OPEN = 1, SHUT = 0, GATE = 0, PASSED = 32, REACHED = 64 };

/* As the simulated driver knows it, too. */
static const char busy[] = ".version 6.4\n.target sm_50\n.address_size 64\n"
                           ".visible .entry busy_100us() {\n"
                           "  .reg .u64 %begin, %now;\n"
                           "  .reg .pred %go_on;\n"
                           "  mov.u64 %begin, %globaltimer;\n"
                           "again:\n"
                           "  mov.u64 %now, %globaltimer;\n"
                           "  sub.u64 %now, %now, %begin;\n"
                           "  setp.lt.u64 %go_on, %now, 100000;\n"
                           "  @%go_on bra again;\n"
                           "  ret;\n"
                           "}\n";

static CUstream stream;
static CUfunction kernel;
static CUevent event;

static CUstreamBatchMemOpParams write_of(int word) {
  CUstreamBatchMemOpParams op = {0};
  op.writeValue.operation = CU_STREAM_MEM_OP_WRITE_VALUE_32;
  op.writeValue.address = gpu_address(word);
  op.writeValue.value = 1;
  return op;
}

static CUstreamBatchMemOpParams wait_at_gate(void) {
  CUstreamBatchMemOpParams op = {0};
  op.waitValue.operation = CU_STREAM_MEM_OP_WAIT_VALUE_32;
  op.waitValue.address = gpu_address(GATE);
  op.waitValue.value = OPEN;
  op.waitValue.flags = CU_STREAM_WAIT_VALUE_EQ;
  return op;
}

static void submit(unsigned count, CUstreamBatchMemOpParams *ops) {
  gpu_check(cuda.StreamBatchMemOp(stream, count, ops, 0), "cuStreamBatchMemOp");
}

static void nothing(void) {}

static void record(void) { gpu_check(cuda.EventRecord(event, stream), "cuEventRecord"); }

static void write_word(void) { submit(1, (CUstreamBatchMemOpParams[]){write_of(REACHED)}); }

static void wait_for_word(void) { submit(1, (CUstreamBatchMemOpParams[]){wait_at_gate()}); }

static void write_wait_write(void) {
  submit(3, (CUstreamBatchMemOpParams[]){write_of(REACHED), wait_at_gate(), write_of(PASSED)});
}

static const struct {
  const char *name;
  void (*place)(void);
} markers[] = {{"none", nothing},
               {"event", record},
               {"write", write_word},
               {"wait", wait_for_word},
               {"writeWaitWrite", write_wait_write}};

enum { MARKERS = sizeof markers / sizeof *markers };

static void open_gate(void) {
  if (gpu_words)
    gpu_words[GATE] = OPEN;
}

static void launch(void) {
  gpu_check(cuda.LaunchKernel(kernel, 1, 1, 1, 1, 1, 1, 0, stream, NULL, NULL), "cuLaunchKernel");
}

static double micros_with(void (*place)(void)) {
  gpu_words[GATE] = SHUT;
  wait_for_word();
  for (int i = 0; i < KERNELS; i++) {
    place();
    launch();
  }
  double begin = now_nanos();
  open_gate();
  gpu_check(cuda.StreamSynchronize(stream), "cuStreamSynchronize");
  return (now_nanos() - begin) / KERNELS / 1000;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(const double *values, int count) {
  double sorted[MOST_ROUNDS];
  memcpy(sorted, values, (size_t)count * sizeof *sorted);
  qsort(sorted, (size_t)count, sizeof *sorted, compare);
  return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 30;
  if (argc > 2 || rounds < 1 || rounds > MOST_ROUNDS) {
    fprintf(stderr, "Usage: markers [ROUNDS]: 1 to %d\n", MOST_ROUNDS);
    return 2;
  }
  static double micros[MARKERS][MOST_ROUNDS];
  atexit(open_gate); /* The driver waits at the end for what is held. */
  gpu_open(0);
  kernel = gpu_load(busy, "busy_100us");
  stream = gpu_stream();
  gpu_check(cuda.EventCreate(&event, CU_EVENT_DISABLE_TIMING), "cuEventCreate");
  launch(); /* The driver loads a kernel at its first launch, and waits for the device then. */
  gpu_check(cuda.StreamSynchronize(stream), "cuStreamSynchronize");
  for (int round = 0; round < rounds; round++)
    for (int i = 0; i < MARKERS; i++)
      micros[i][round] = micros_with(markers[i].place);
  printf("{\"device\": \"%s\",\n", gpu_name());
  for (int i = 0; i < MARKERS; i++) {
    printf(" \"%s\": {\"addedMicros\": %.2f, \"kernelMicros\": [", markers[i].name,
           median(micros[i], rounds) - median(micros[0], rounds));
    for (int round = 0; round < rounds; round++)
      printf("%s%.2f", round ? ", " : "", micros[i][round]);
    printf("]}%s\n", i + 1 < MARKERS ? "," : "}");
  }
  return 0;
}
