// A CUDA driver of one device that knows what 'overtake doctor' asks of it. FAKE_CUDA says what is
// wrong with it. With -DOLD it is one of before CUDA 11.7.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  uint32_t operation, unused;
  uint64_t address;
  uint32_t value, unused2, flags, unused3;
  uint64_t rest[2];
} Operation;

static volatile uint32_t *gate, *marker;

static int is(const char *fault) {
  const char *wanted = getenv("FAKE_CUDA");
  return wanted && !strcmp(wanted, fault);
}

int cuInit(int flags) {
  if (is("crash"))
    abort();
  return is("no-device") ? 100 : flags;
}

int cuDriverGetVersion(int *version) {
  *version = 13000;
  return 0;
}

int cuDeviceGetCount(int *count) {
  *count = 1;
  return 0;
}

int cuDeviceGet(int *device, int index) {
  *device = index;
  return 0;
}

int cuDeviceGetName(char *name, int length, int device) {
  strncpy(name, "Fake GPU", length);
  return device;
}

int cuDeviceGetAttribute(int *value, int attribute, int device) {
#ifdef OLD
  return 1; /* those that are asked about came later */
#endif
  *value = attribute == 133 && is("mps");
  return device;
}

int cuDevicePrimaryCtxRetain(void **context, int device) {
  *context = &gate;
  return is("full") ? 2 : device;
}

int cuCtxSetCurrent(void *context) { return context != &gate; }

int cuStreamCreate(void **stream, int flags) {
  *stream = &marker;
  return flags != 1;
}

int cuMemHostAlloc(void **memory, uint64_t bytes, int flags) {
  *memory = malloc(bytes);
  return flags != 2;
}

int cuMemHostGetDevicePointer_v2(uint64_t *address, void *memory, int flags) {
  *address = (uint64_t)(uintptr_t)memory;
  return flags;
}

#ifndef OLD
int cuStreamBatchMemOp_v2(void *stream, int count, Operation *operations, int flags) {
  if (is("no-waits"))
    return 801;
  if (stream != &marker || count != 2 || operations[0].operation != 1 ||
      operations[1].operation != 2)
    return 1;
  gate = (volatile uint32_t *)(uintptr_t)operations[0].address;
  marker = (volatile uint32_t *)(uintptr_t)operations[1].address;
  return flags;
}
#endif

int cuStreamQuery(void *stream) {
  if (stream != &marker)
    return 1;
  if (!is("eager") && (is("deaf") || *gate < 1))
    return 600;
  *marker = 1;
  return 0;
}
