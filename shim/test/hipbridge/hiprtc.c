/*
 * The bridge's hipRTC, over NVRTC: its errors have the same numbers, and what it compiles is code
 * for the device that the options name by --offload-arch, else for device 0.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define API __attribute__((visibility("default")))

typedef int hiprtcResult;
typedef struct _hiprtcProgram *hiprtcProgram;
#define HIPRTC_SUCCESS 0
#define HIPRTC_ERROR_OUT_OF_MEMORY 1
#define HIPRTC_ERROR_INTERNAL_ERROR 11

#define NVRTC_FUNCTIONS(FUNCTION)                                                                  \
  FUNCTION(GetErrorString, const char *, (int))                                                    \
  FUNCTION(CreateProgram, int,                                                                     \
           (hiprtcProgram *, const char *, const char *, int, const char *const *,                 \
            const char *const *))                                                                  \
  FUNCTION(DestroyProgram, int, (hiprtcProgram *))                                                 \
  FUNCTION(CompileProgram, int, (hiprtcProgram, int, const char *const *))                         \
  FUNCTION(GetProgramLogSize, int, (hiprtcProgram, size_t *))                                      \
  FUNCTION(GetProgramLog, int, (hiprtcProgram, char *))                                            \
  FUNCTION(GetCUBINSize, int, (hiprtcProgram, size_t *))                                           \
  FUNCTION(GetCUBIN, int, (hiprtcProgram, char *))

static struct {
#define FUNCTION(name, type, parameters) type(*name) parameters;
  NVRTC_FUNCTIONS(FUNCTION)
#undef FUNCTION
} nvrtc;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int usable;

static void start(void) {
  static const char *const names[] = {"libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so"};
  void *library = NULL;
  for (size_t i = 0; !library && i < sizeof names / sizeof *names; i++)
    library = dlopen(names[i], RTLD_NOW);
  usable = library != NULL;
#define FUNCTION(name, type, parameters)                                                           \
  nvrtc.name = library ? (type(*) parameters)dlsym(library, "nvrtc" #name) : NULL;                 \
  usable = usable && nvrtc.name;
  NVRTC_FUNCTIONS(FUNCTION)
#undef FUNCTION
}

static int is_usable(void) {
  pthread_once(&once, start);
  return usable;
}

#define CALL(expression) return is_usable() ? (expression) : HIPRTC_ERROR_INTERNAL_ERROR

API const char *hiprtcGetErrorString(hiprtcResult result) {
  return is_usable() ? nvrtc.GetErrorString(result) : "the bridge found no NVRTC";
}

API hiprtcResult hiprtcVersion(int *major, int *minor) {
  *major = 6;
  *minor = 3;
  return HIPRTC_SUCCESS;
}

API hiprtcResult hiprtcCreateProgram(hiprtcProgram *program, const char *source, const char *name,
                                     int headers, const char *const *sources,
                                     const char *const *include_names) {
  CALL(nvrtc.CreateProgram(program, source, name, headers, sources, include_names));
}

API hiprtcResult hiprtcDestroyProgram(hiprtcProgram *program) {
  CALL(nvrtc.DestroyProgram(program));
}

/* The bridge's name for device 0, as hipDeviceProp_t has it. */
static void default_architecture(char *name, size_t bytes) {
  int major = 0, minor = 0;
  void *library = dlopen("libamdhip64.so", RTLD_NOW);
  int (*get)(int *, int, int) =
      library ? (int (*)(int *, int, int))dlsym(library, "hipDeviceGetAttribute") : NULL;
  if (get) {
    get(&major, 23 /* hipDeviceAttributeComputeCapabilityMajor */, 0);
    get(&minor, 61 /* …Minor */, 0);
  }
  snprintf(name, bytes, "--gpu-architecture=sm_%d%d", major, minor);
}

#define OFFLOAD "--offload-arch="

API hiprtcResult hiprtcCompileProgram(hiprtcProgram program, int count,
                                      const char *const *options) {
  if (!is_usable())
    return HIPRTC_ERROR_INTERNAL_ERROR;
  char architecture[96];
  const char **ours = calloc((size_t)count + 1, sizeof *ours);
  if (!ours)
    return HIPRTC_ERROR_OUT_OF_MEMORY;
  default_architecture(architecture, sizeof architecture);
  int kept = 0;
  for (int i = 0; i < count; i++) {
    if (strncmp(options[i], OFFLOAD, sizeof OFFLOAD - 1) != 0)
      ours[kept++] = options[i];
    else
      snprintf(architecture, sizeof architecture, "--gpu-architecture=%.60s",
               options[i] + sizeof OFFLOAD - 1);
  }
  ours[kept++] = architecture;
  hiprtcResult result = nvrtc.CompileProgram(program, kept, ours);
  free(ours);
  return result;
}

API hiprtcResult hiprtcGetProgramLogSize(hiprtcProgram program, size_t *bytes) {
  CALL(nvrtc.GetProgramLogSize(program, bytes));
}

API hiprtcResult hiprtcGetProgramLog(hiprtcProgram program, char *log) {
  CALL(nvrtc.GetProgramLog(program, log));
}

API hiprtcResult hiprtcGetCodeSize(hiprtcProgram program, size_t *bytes) {
  CALL(nvrtc.GetCUBINSize(program, bytes));
}

API hiprtcResult hiprtcGetCode(hiprtcProgram program, char *code) {
  CALL(nvrtc.GetCUBIN(program, code));
}
