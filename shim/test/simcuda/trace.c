/*
 * The trace: one line for each piece of work that ran, in the order in which the lines were
 * written, from all processes that name the same file.
 *
 *   START END PID TID DEVICE STREAM WORK
 *
 * START and END are CLOCK_MONOTONIC nanoseconds; TID is the thread that submitted the work; STREAM
 * is the stream's id, unique in its process; WORK is a kernel's name, or one of memcpy, memset,
 * host, callback, record, wait_event, wait_value, write_value, free, nothing.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "simcuda.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int file = -1;

static void open_file(void) {
  if (settings()->tracePath != NULL) {
    file = open(settings()->tracePath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) {
      perror("simcuda: cannot open SIMCUDA_TRACE");
    }
  }
}

void trace_work(CUstream stream, const char *work, int tid, uint64_t start, uint64_t end) {
  pthread_once(&once, open_file);
  if (file < 0) {
    return;
  }
  char line[256];
  int length = snprintf(line, sizeof line, "%llu %llu %d %d %d %llu %s\n",
                        (unsigned long long)start, (unsigned long long)end, (int)getpid(), tid,
                        stream->context->device, stream->id, work);
  /* One write: lines of several processes do not mix. */
  if (write(file, line, (size_t)length) != length) {
    perror("simcuda: cannot write to SIMCUDA_TRACE");
  }
}
