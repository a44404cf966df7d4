/*
 * What calls of the driver cost a C program, to be set beside the same calls from Java ('overtake
 * bench calls'): bursts of launches of an empty kernel, each launch alone or with a marker behind
 * it. A burst is synchronized before the next, so that the driver's queue never fills: what is
 * measured is the launching thread's time.
 *
 *   launch   cuLaunchKernel
 *   event    cuLaunchKernel, cuEventRecord
 *   gate     cuLaunchKernel, cuCtxGetCurrent, cuStreamIsCapturing, cuStreamBatchMemOp of a write,
 *            a wait and a write
 *
 * Says "ready" and the GPU's name. For each line "CASE BURSTS LAUNCHES" on standard input it
 * answers the nanoseconds of a launch and its marker, the median over the bursts. Ends with its
 * input. Exit status: 0, 1 no GPU to be used, 2 a line that it does not understand.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gpu.h"

enum { OPEN = 1, APART = 32 /* words: a line of its own */ };

typedef void marker(CUstream stream, cuuint32_t number);

static CUevent event;
static CUstreamBatchMemOpParams gate[3];

static void mark_nothing(CUstream stream, cuuint32_t number) {
  (void)stream;
  (void)number;
}

static void mark_by_event(CUstream stream, cuuint32_t number) {
  (void)number;
  gpu_check(cuda.EventRecord(event, stream), "cuEventRecord");
}

static void describe_gate(void) {
  gate[0].writeValue.operation = gate[2].writeValue.operation = CU_STREAM_MEM_OP_WRITE_VALUE_32;
  gate[0].writeValue.address = gate[2].writeValue.address = gpu_address(0);
  gate[1].waitValue.operation = CU_STREAM_MEM_OP_WAIT_VALUE_32;
  gate[1].waitValue.address = gpu_address(APART);
  gate[1].waitValue.value = OPEN;
  gate[1].waitValue.flags = CU_STREAM_WAIT_VALUE_EQ;
  gpu_words[APART] = OPEN;
}

/* As the CUDA platform places it: it looks first whose context the thread has, and whether somebody
 * captures. */
static void mark_by_gate(CUstream stream, cuuint32_t number) {
  CUcontext current;
  CUstreamCaptureStatus status;
  gpu_check(cuda.CtxGetCurrent(&current), "cuCtxGetCurrent");
  gpu_check(cuda.StreamIsCapturing(stream, &status), "cuStreamIsCapturing");
  gate[0].writeValue.value = 2 * number;
  gate[2].writeValue.value = 2 * number + 1;
  gpu_check(cuda.StreamBatchMemOp(stream, 3, gate, 0), "cuStreamBatchMemOp");
}

static marker *marker_of(const char *name) {
  return !strcmp(name, "launch")  ? mark_nothing
         : !strcmp(name, "event") ? mark_by_event
         : !strcmp(name, "gate")  ? mark_by_gate
                                  : NULL;
}

/* Nanoseconds a launch. */
static double burst(CUstream stream, marker *mark, int launches) {
  double start = now_nanos();
  for (int i = 0; i < launches; i++) {
    gpu_launch_empty(stream);
    mark(stream, (cuuint32_t)i);
  }
  double end = now_nanos();
  gpu_check(cuda.StreamSynchronize(stream), "cuStreamSynchronize");
  return (end - start) / launches;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median_of_bursts(CUstream stream, marker *mark, int bursts, int launches) {
  double *times = malloc((size_t)bursts * sizeof *times);
  if (!times)
    exit(1);
  for (int i = 0; i < bursts; i++)
    times[i] = burst(stream, mark, launches);
  qsort(times, (size_t)bursts, sizeof *times, ascending);
  double median = times[bursts / 2];
  free(times);
  return median;
}

int main(int argc, char **argv) {
  if (argc > 2) {
    fprintf(stderr, "Usage: calls [DEVICE NUMBER]\n");
    return 2;
  }
  gpu_open(argc > 1 ? atoi(argv[1]) : 0);
  CUstream stream = gpu_stream();
  gpu_check(cuda.EventCreate(&event, CU_EVENT_DEFAULT), "cuEventCreate");
  describe_gate();
  printf("ready %s\n", gpu_name());
  fflush(stdout);

  char line[128], name[16];
  int bursts, launches;
  while (fgets(line, sizeof line, stdin)) {
    marker *mark =
        sscanf(line, "%15s %d %d", name, &bursts, &launches) == 3 ? marker_of(name) : NULL;
    if (!mark || bursts < 1 || launches < 1) {
      fprintf(stderr, "calls: '%.*s' is not launch, event or gate and two numbers above 0\n",
              (int)strcspn(line, "\n"), line);
      return 2;
    }
    printf("%.1f\n", median_of_bursts(stream, mark, bursts, launches));
    fflush(stdout);
  }
  return 0;
}
