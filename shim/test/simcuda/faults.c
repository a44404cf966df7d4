/* What the environment asks for: how the driver presents itself, and which calls go wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "simcuda.h"

#define MAX_RULES 16

typedef struct {
  char function[64];
  uint64_t number; /* which call fails (0: each), or microseconds */
  CUresult code;
  _Atomic uint64_t calls;
} Rule;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static Settings current;
static Rule failures[MAX_RULES], delays[MAX_RULES];
static int failureCount, delayCount;

static uint64_t number_from(const char *name, uint64_t fallback) {
  const char *text = getenv(name);
  if (text == NULL || *text == '\0') {
    return fallback;
  }
  char *end;
  unsigned long long value = strtoull(text, &end, 10);
  if (*end != '\0') {
    fprintf(stderr, "simcuda: %s=%s is not a number; it counts as %llu\n", name, text,
            (unsigned long long)fallback);
    return fallback;
  }
  return value;
}

/* NAME:NUMBER[:CODE], separated by commas. */
static int read_rules(const char *name, Rule *rules) {
  const char *text = getenv(name);
  int count = 0;
  while (text != NULL && *text != '\0' && count < MAX_RULES) {
    unsigned long long number;
    int code = CUDA_ERROR_UNKNOWN;
    if (sscanf(text, "%63[^:]:%llu:%d", rules[count].function, &number, &code) < 2) {
      fprintf(stderr, "simcuda: %s: cannot read \"%s\"; write FUNCTION:NUMBER\n", name, text);
      break;
    }
    rules[count].number = number;
    rules[count].code = (CUresult)code;
    count++;
    text = strchr(text, ',');
    text = text == NULL ? NULL : text + 1;
  }
  return count;
}

static const char *path_from(const char *name, const char *fallback) {
  const char *text = getenv(name);
  return text == NULL || *text == '\0' ? fallback : strdup(text);
}

static void read_environment(void) {
  static char state[64];
  snprintf(state, sizeof state, "/dev/shm/simcuda-%u", (unsigned)geteuid());
  uint64_t devices = number_from("SIMCUDA_DEVICES", 1);
  current.devices = devices > MAX_DEVICES ? MAX_DEVICES : (int)devices;
  current.version = (int)number_from("SIMCUDA_VERSION", 13000);
  current.ownAddresses = number_from("SIMCUDA_OWN_ADDRESSES", 0) != 0;
  current.strict = number_from("SIMCUDA_STRICT", 0) != 0;
  current.memOps = number_from("SIMCUDA_NO_MEMOPS", 0) == 0;
  current.queueDepth = number_from("SIMCUDA_QUEUE_DEPTH", 0);
  current.lostAfterLaunches = number_from("SIMCUDA_LOST_AFTER", 0);
  current.statePath = path_from("SIMCUDA_STATE", state);
  current.tracePath = path_from("SIMCUDA_TRACE", NULL);
  failureCount = read_rules("SIMCUDA_FAIL", failures);
  delayCount = read_rules("SIMCUDA_SLOW", delays);
}

const Settings *settings(void) {
  pthread_once(&once, read_environment);
  return &current;
}

CUresult use_of_destroyed(const char *what) {
  if (settings()->strict) {
    fprintf(stderr, "simcuda: %s was used after it had been destroyed\n", what);
    abort();
  }
  return CUDA_ERROR_INVALID_HANDLE;
}

CUresult fault_of_call(const char *function) {
  pthread_once(&once, read_environment);
  for (int i = 0; i < delayCount; i++) {
    if (strcmp(delays[i].function, function) == 0) {
      clock_sleep_until(clock_nanos() + delays[i].number * 1000);
    }
  }
  for (int i = 0; i < failureCount; i++) {
    Rule *rule = &failures[i];
    if (strcmp(rule->function, function) == 0) {
      uint64_t call = atomic_fetch_add(&rule->calls, 1) + 1;
      if (rule->number == 0 || rule->number == call) {
        return rule->code;
      }
    }
  }
  return CUDA_SUCCESS;
}
