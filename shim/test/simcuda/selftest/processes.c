/* Several processes, many streams, and processes that are killed. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftest.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PROCESSES 20
#define STREAMS 200
#else
#define PROCESSES 200
#define STREAMS 1000
#endif

#define ENOUGH_SHARED 20 /* kernels that ran while both processes had work */

static int ready[2], start[2]; /* pipes: a byte from each process; the end of file for all */

static void open_start_line(void) {
  CHECK(pipe(ready) == 0);
  CHECK(pipe(start) == 0);
}

/* In each process. */
static void await_start(void) {
  char byte = 0;
  close(start[1]);
  CHECK(write(ready[1], &byte, 1) == 1);
  CHECK(read(start[0], &byte, 1) == 0);
}

/* Lets the processes go when all have come. */
static void give_start(int processes) {
  char byte;
  for (int i = 0; i < processes; i++) {
    CHECK(read(ready[0], &byte, 1) == 1);
  }
  close(start[1]);
}

static void run_busy_kernels(int count) {
  use_device(0);
  CUfunction busy = kernel("busy_500us");
  await_start();
  for (int i = 0; i < count; i++) {
    launch(busy, NULL);
  }
  OK(cuCtxSynchronize());
}

/* Whether they were seen to alternate while both had work: not where one of them was off the
 * processor for most of that time. */
static bool two_processes_alternate(void) {
  Traced lines[80];
  open_start_line();
  int first = start_process(run_busy_kernels, 40);
  int second = start_process(run_busy_kernels, 40);
  give_start(2);
  await_process(first);
  await_process(second);
  CHECK(read_trace(lines, 80) == 80);
  int overlaps = 0, alternations = 0, shared = 0, left[2] = {40, 40};
  for (int i = 0; i < 80; i++) {
    /* Both have begun and neither has come to its end: how long that is, the machine decides. */
    bool both = i > 0 && left[0] < 40 && left[1] < 40 && left[0] > 0 && left[1] > 0;
    bool alternates = i > 0 && lines[i].pid != lines[i - 1].pid;
    overlaps += i > 0 && lines[i].start < lines[i - 1].end && lines[i].end > lines[i - 1].start;
    shared += both;
    alternations += both && alternates;
    left[lines[i].pid == second]--;
  }
  CHECK(overlaps == 0);
  return shared >= ENOUGH_SHARED && 2 * alternations >= shared;
}

static void two_processes_take_turns(void) {
  int attempts = 1;
  while (!two_processes_alternate()) {
    CHECK(attempts++ < 20);
    CHECK(unlink(getenv("SIMCUDA_TRACE")) == 0);
  }
}

static void hold_the_engine(int unused) {
  (void)unused;
  use_device(0);
  launch(kernel("busy_100000000us"), NULL);
  cuCtxSynchronize();
}

/* Launches kernels until one does not end: then somebody holds the engine. */
static void await_held_engine(CUstream stream, CUfunction empty) {
  for (;;) {
    launch(empty, stream);
    for (int i = 0; i < 50 && cuStreamQuery(stream) == CUDA_ERROR_NOT_READY; i++) {
      usleep(1000);
    }
    if (cuStreamQuery(stream) == CUDA_ERROR_NOT_READY) {
      return;
    }
  }
}

static void the_engine_is_free_when_its_holder_is_killed(void) {
  int holder = start_process(hold_the_engine, 0);
  int waiting = start_process(hold_the_engine, 0);
  CUstream stream;
  use_device(0);
  OK(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  await_held_engine(stream, kernel("empty"));
  /* The first to die may be the one in line, whose place is skipped, */
  CHECK(kill(waiting, SIGKILL) == 0);
  CHECK(kill(holder, SIGKILL) == 0);
  /* and neither has been reaped when the engine goes on. */
  OK(cuStreamSynchronize(stream));
  CHECK(waitpid(holder, NULL, 0) == holder);
  CHECK(waitpid(waiting, NULL, 0) == waiting);
}

static void launch_once(int unused) {
  (void)unused;
  use_device(0);
  await_start();
  launch(kernel("busy_100us"), NULL);
  OK(cuCtxSynchronize());
}

static void many_processes_share_the_engine(void) {
  int processes[PROCESSES];
  Traced lines[PROCESSES];
  open_start_line();
  for (int i = 0; i < PROCESSES; i++) {
    processes[i] = start_process(launch_once, 0);
  }
  give_start(PROCESSES);
  for (int i = 0; i < PROCESSES; i++) {
    await_process(processes[i]);
  }
  CHECK(read_trace(lines, PROCESSES) == PROCESSES);
}

static void many_streams_work(void) {
  use_device(0);
  uint32_t *gate = shared_word(), *counter = shared_word();
  for (int i = 0; i < STREAMS; i++) {
    CUstream stream;
    OK(cuStreamCreate(&stream, i % 2 == 0 ? CU_STREAM_NON_BLOCKING : CU_STREAM_DEFAULT));
    OK(cuStreamWaitValue32_v2(stream, address_of(gate), 1, 0));
    launch_add_one(address_of(counter), stream);
  }
  launch_add_one(address_of(counter), NULL);
  CHECK(load(counter) == 0);
  store(gate, 1);
  OK(cuCtxSynchronize());
  CHECK(load(counter) == STREAMS + 1);
}

const Test processTests[] = {
    {"two_processes_take_turns", NULL, two_processes_take_turns},
    {"the_engine_is_free_when_its_holder_is_killed", NULL,
     the_engine_is_free_when_its_holder_is_killed},
    {"many_processes_share_the_engine", NULL, many_processes_share_the_engine},
    {"many_streams_work", NULL, many_streams_work},
    {NULL, NULL, NULL}};
