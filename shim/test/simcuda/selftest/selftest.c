/*
 * The tests of the simulated driver: `selftest` runs all, `selftest NAME...` those. Each runs in a
 * process of its own, with a trace and engines of its own, and has half a minute.
 */
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftest.h"

#define DEADLINE_SECONDS 30

static char folder[] = "/tmp/simcuda-selftest-XXXXXX";
static char tracePath[64], statePath[64];

void expect(CUresult expected, CUresult actual, const char *call, const char *file, int line) {
  if (expected != actual) {
    const char *name = "?", *wanted = "?";
    cuGetErrorName(actual, &name);
    cuGetErrorName(expected, &wanted);
    fprintf(stderr, "%s:%d: %s returned %s, not %s\n", file, line, call, name, wanted);
    _exit(1);
  }
}

CUcontext use_device(int device) {
  CUcontext context;
  OK(cuInit(0));
  OK(cuDevicePrimaryCtxRetain(&context, device));
  OK(cuCtxSetCurrent(context));
  return context;
}

CUfunction kernel(const char *name) {
  CUmodule module;
  CUfunction function;
  OK(cuModuleLoadData(&module, "any image"));
  OK(cuModuleGetFunction(&function, module, name));
  return function;
}

void launch(CUfunction function, CUstream stream) {
  OK(cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, stream, NULL, NULL));
}

void launch_add_one(CUdeviceptr word, CUstream stream) {
  static __thread CUfunction addOne;
  void *parameters[] = {&word};
  addOne = addOne != NULL ? addOne : kernel("add_one");
  OK(cuLaunchKernel(addOne, 1, 1, 1, 1, 1, 1, 0, stream, parameters, NULL));
}

uint32_t *shared_word(void) {
  void *word;
  OK(cuMemHostAlloc(&word, 2 * sizeof(uint32_t), 0));
  memset(word, 0, 2 * sizeof(uint32_t));
  return word;
}

CUdeviceptr address_of(uint32_t *word) {
  CUdeviceptr address;
  OK(cuMemHostGetDevicePointer_v2(&address, word, 0));
  return address;
}

uint32_t load(const uint32_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
void store(uint32_t *word, uint32_t value) { __atomic_store_n(word, value, __ATOMIC_RELEASE); }

int read_trace(Traced *lines, int room) {
  FILE *trace = fopen(tracePath, "r");
  int count = 0;
  char line[256];
  CHECK(trace != NULL);
  while (fgets(line, sizeof line, trace) != NULL) {
    CHECK(count < room);
    Traced *at = &lines[count++];
    unsigned long long start, end;
    CHECK(sscanf(line, "%llu %llu %d %d %d %llu %63s", &start, &end, &at->pid, &at->tid,
                 &at->device, &at->stream, at->work) == 7);
    at->start = start;
    at->end = end;
  }
  fclose(trace);
  return count;
}

int start_process(void (*run)(int number), int number) {
  int pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* not to outlive a test that takes too long */
    run(number);
    _exit(0);
  }
  return pid;
}

void await_process(int pid) {
  int status;
  CHECK(waitpid(pid, &status, 0) == pid);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static bool passes(const Test *test) {
  int status;
  unlink(tracePath);
  unlink(statePath);
  fflush(NULL);
  int pid = fork();
  if (pid == 0) {
    setenv("SIMCUDA_TRACE", tracePath, 1);
    setenv("SIMCUDA_STATE", statePath, 1);
    if (test->environment != NULL) {
      putenv(strdup(test->environment));
    }
    alarm(DEADLINE_SECONDS);
    test->run();
    exit(0); /* not _exit: the leak check runs */
  }
  bool passed = waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  printf("%s %s%s\n", passed ? "ok  " : "FAIL", test->name,
         WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? " (took too long)" : "");
  return passed;
}

static bool chosen(const Test *test, int count, char **names) {
  for (int i = 1; i < count; i++) {
    if (strcmp(names[i], test->name) == 0) {
      return true;
    }
  }
  return count == 1;
}

int main(int count, char **arguments) {
  const Test *suites[] = {streamTests, captureTests, faultTests, processTests};
  int failed = 0, run = 0;
  CHECK(mkdtemp(folder) != NULL);
  snprintf(tracePath, sizeof tracePath, "%s/trace", folder);
  snprintf(statePath, sizeof statePath, "%s/state", folder);
  for (size_t suite = 0; suite < sizeof suites / sizeof *suites; suite++) {
    for (const Test *test = suites[suite]; test->name != NULL; test++) {
      if (chosen(test, count, arguments)) {
        run++;
        failed += !passes(test);
      }
    }
  }
  unlink(tracePath);
  unlink(statePath);
  rmdir(folder);
  printf("%d of %d tests passed\n", run - failed, run);
  return failed > 0 || run == 0;
}
