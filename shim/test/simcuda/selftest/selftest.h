/* What the tests of the simulated driver share. Each test runs in a process of its own. */
#ifndef SIMCUDA_SELFTEST_H
#define SIMCUDA_SELFTEST_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "driver.h"

/* Ends the test unless the condition holds. */
#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition);                    \
      _exit(1);                                                                                    \
    }                                                                                              \
  } while (0)

/* Ends the test unless the call returns this result. */
#define EXPECT(result, call) expect(result, call, #call, __FILE__, __LINE__)
#define OK(call) EXPECT(CUDA_SUCCESS, call)

typedef struct {
  const char *name;
  const char *environment; /* NAME=VALUE more for the driver, or NULL */
  void (*run)(void);
} Test;

/* One line of the trace. */
typedef struct {
  uint64_t start, end;
  int pid, tid, device;
  unsigned long long stream;
  char work[64];
} Traced;

extern const Test streamTests[], captureTests[], faultTests[], processTests[];

void expect(CUresult expected, CUresult actual, const char *call, const char *file, int line);
/* Initializes the driver and makes the primary context of the device current. */
CUcontext use_device(int device);
CUfunction kernel(const char *name);
void launch(CUfunction function, CUstream stream);
/* Launches add_one on the word, busy for so many nanoseconds. */
void launch_add_one(CUdeviceptr word, CUstream stream);
/* A word that host and device share, and one behind it; zeros. */
uint32_t *shared_word(void);
CUdeviceptr address_of(uint32_t *word);
uint32_t load(const uint32_t *word);
void store(uint32_t *word, uint32_t value);
/* Reads this test's trace; ends it if there are more lines than room. */
int read_trace(Traced *lines, int room);
/* Starts a process that runs the function and then exits with status 0. */
int start_process(void (*run)(int number), int number);
void await_process(int pid);

#endif
