/*
 * How many streams can stand at a shut gate before others stand still with them. The driver sends
 * all streams of a context over a few connections, and a stream that waits may block another that
 * shares its own. Level 2 of an XQueue is such a gate: one call of cuStreamBatchMemOp with a write,
 * a wait and a write, to memory that cuMemHostRegister showed the GPU.
 *
 *   gated [MOST [SECONDS]]
 *
 * For 1 to MOST (40) streams at a gate: does an empty kernel on one more stream run within SECONDS
 * (2)? Once with that stream created before the others, once behind them. Then of MOST streams one
 * stands at the gate: which of the others do not run?
 *
 * CUDA_DEVICE_MAX_CONNECTIONS is 32, the most there are, unless the environment says otherwise; a
 * GPU is chosen with CUDA_VISIBLE_DEVICES.
 *
 * It never hangs: whatever happens, a timer opens the gate, also while a call of the driver does
 * not return, and ends the program if that does not help.
 *
 * Prints JSON, and how far it is on standard error. Exit status: 0, 1 no GPU to be used or the gate
 * does not do as it should, 2 wrong use.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gpu.h"

#define MOST_STREAMS 256
#define GRACE_SECONDS 10

enum { OPEN = 1, SHUT = 0, GATE = 0, BEFORE = 2, BEHIND = 3 };

static volatile sig_atomic_t opened_by_timer;

/* Each stream's word on a line of its own. */
static int progress(int stream) { return 32 * (stream + 1); }

static void open_gate(void) {
  if (gpu_words)
    gpu_words[GATE] = OPEN;
}

static void on_timer(int signal) {
  (void)signal;
  if (opened_by_timer)
    _exit(1); /* That has not helped. The driver gives up the context, and with it the waits. */
  opened_by_timer = 1;
  open_gate();
  alarm(GRACE_SECONDS);
}

static void on_end(int signal) {
  open_gate();
  _exit(128 + signal);
}

static void stand_at_gate(CUstream stream, int number) {
  CUstreamBatchMemOpParams ops[3] = {0};
  ops[0].writeValue.operation = CU_STREAM_MEM_OP_WRITE_VALUE_32;
  ops[0].writeValue.address = gpu_address(progress(number));
  ops[0].writeValue.value = BEFORE;
  ops[1].waitValue.operation = CU_STREAM_MEM_OP_WAIT_VALUE_32;
  ops[1].waitValue.address = gpu_address(GATE);
  ops[1].waitValue.value = OPEN;
  ops[1].waitValue.flags = CU_STREAM_WAIT_VALUE_EQ;
  ops[2].writeValue = ops[0].writeValue;
  ops[2].writeValue.value = BEHIND;
  gpu_words[progress(number)] = 0;
  gpu_check(cuda.StreamBatchMemOp(stream, 3, ops, 0), "cuStreamBatchMemOp of three operations");
}

static bool is_done(CUstream stream) {
  CUresult result = cuda.StreamQuery(stream);
  if (result == CUDA_ERROR_NOT_READY)
    return false;
  gpu_check(result, "cuStreamQuery");
  return true;
}

/* Whether all of them are done in time; those that are not stay marked. */
static bool await(CUstream *streams, bool *waiting, int count, double seconds) {
  double end = now_nanos() + seconds * 1e9;
  bool all = false;
  while (!all && now_nanos() < end && !opened_by_timer) {
    all = true;
    for (int i = 0; i < count; i++)
      all &= !(waiting[i] = waiting[i] && !is_done(streams[i]));
  }
  return all;
}

/* Opens the gate, and looks whether everybody passes it. */
static void release(CUstream *streams, int gated, int count) {
  open_gate();
  gpu_check(cuda.CtxSynchronize(), "cuCtxSynchronize");
  alarm(0);
  for (int i = 0; i < gated; i++)
    if (gpu_words[progress(i)] != BEHIND) {
      fprintf(stderr, "gated: the gate is open, and stream %d has not passed it\n", i);
      exit(1);
    }
  for (int i = 0; i < count; i++)
    gpu_check(cuda.StreamDestroy(streams[i]), "cuStreamDestroy");
}

/* Of count streams, all but `free` stand at the gate: does the free one's kernel run? */
static bool free_one_runs(int count, int free, double seconds) {
  CUstream streams[MOST_STREAMS], gated[MOST_STREAMS];
  for (int i = 0; i < count; i++) {
    streams[i] = gpu_stream();
    gpu_launch_empty(streams[i]); /* The driver gives a stream what it needs at its first launch. */
  }
  gpu_check(cuda.CtxSynchronize(), "cuCtxSynchronize");
  opened_by_timer = 0;
  gpu_words[GATE] = SHUT;
  alarm((unsigned)seconds + GRACE_SECONDS);
  int at_gate = 0;
  for (int i = 0; i < count; i++)
    if (i != free) {
      gated[at_gate] = streams[i];
      stand_at_gate(streams[i], at_gate++);
    }
  gpu_launch_empty(streams[free]);
  bool waiting = true;
  bool ran = await(&streams[free], &waiting, 1, seconds) && !opened_by_timer;
  for (int i = 0; ran && i < at_gate; i++)
    if (is_done(gated[i])) {
      open_gate();
      fprintf(stderr, "gated: stream %d has passed the gate, which is shut\n", i);
      exit(1);
    }
  release(streams, at_gate, count);
  return ran;
}

/* One of count streams stands at the gate; prints which of the others do not run. */
static void print_blocked_by_one(int count, double seconds) {
  CUstream streams[MOST_STREAMS];
  bool waiting[MOST_STREAMS];
  for (int i = 0; i < count; i++) {
    streams[i] = gpu_stream();
    gpu_launch_empty(streams[i]);
  }
  gpu_check(cuda.CtxSynchronize(), "cuCtxSynchronize");
  opened_by_timer = 0;
  gpu_words[GATE] = SHUT;
  alarm((unsigned)seconds + GRACE_SECONDS);
  stand_at_gate(streams[0], 0);
  for (int i = 1; i < count; i++) {
    waiting[i] = true;
    gpu_launch_empty(streams[i]);
  }
  await(streams + 1, waiting + 1, count - 1, seconds);
  release(streams, 1, count);
  printf(" \"blockedByOne\": {\"streams\": %d, \"blocked\": [", count);
  const char *separator = "";
  for (int i = 1; i < count; i++)
    if (waiting[i]) {
      printf("%s%d", separator, i);
      separator = ", ";
    }
  printf("]}\n");
}

static void print_order(const char *name, int most, double seconds, bool first) {
  bool ran[MOST_STREAMS];
  int largest = 0;
  for (int gated = 1; gated <= most; gated++) {
    ran[gated] = free_one_runs(gated + 1, first ? 0 : gated, seconds);
    if (ran[gated])
      largest = gated;
    fprintf(stderr, "\rgated: %s, %d streams at the gate: the free one %s ", name, gated,
            ran[gated] ? "ran  " : "stood");
  }
  fputc('\n', stderr);
  printf(" \"%s\": {\"largest\": %d, \"stoodAt\": [", name, largest);
  const char *separator = "";
  for (int gated = 1; gated <= most; gated++)
    if (!ran[gated]) {
      printf("%s%d", separator, gated);
      separator = ", ";
    }
  printf("]},\n");
}

int main(int argc, char **argv) {
  int most = argc > 1 ? atoi(argv[1]) : 40;
  double seconds = argc > 2 ? atof(argv[2]) : 2;
  if (argc > 3 || most < 1 || most >= MOST_STREAMS || !(seconds > 0 && seconds <= 60)) {
    fprintf(stderr, "Usage: gated [MOST [SECONDS]]: 1 to %d streams, up to 60 seconds\n",
            MOST_STREAMS - 1);
    return 2;
  }
  setenv("CUDA_DEVICE_MAX_CONNECTIONS", "32", 0);
  signal(SIGALRM, on_timer);
  signal(SIGINT, on_end);
  signal(SIGTERM, on_end);
  atexit(open_gate);
  gpu_open(0);
  free_one_runs(2, 0, seconds); /* Ends the program, before it prints, where gates do not work. */
  printf("{\"device\": \"%s\", \"connections\": \"%s\",\n", gpu_name(),
         getenv("CUDA_DEVICE_MAX_CONNECTIONS"));
  print_order("freeStreamFirst", most, seconds, true);
  print_order("freeStreamLast", most, seconds, false);
  print_blocked_by_one(most + 1, seconds);
  printf("}\n");
  return 0;
}
