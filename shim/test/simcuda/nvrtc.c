/*
 * A simulated NVRTC (libnvrtc.so), for tests of those who call it. Every source compiles to an
 * image that the simulated driver takes, unless there is "#error" in it: then the log has the rest
 * of that line, as a compiler's has.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define API __attribute__((visibility("default")))

typedef enum {
  NVRTC_SUCCESS = 0,
  NVRTC_ERROR_INVALID_INPUT = 3,
  NVRTC_ERROR_INVALID_OPTION = 5,
  NVRTC_ERROR_COMPILATION = 6
} nvrtcResult;

typedef struct _nvrtcProgram {
  char *source, *name;
  char log[256];
} * nvrtcProgram;

static const char image[] = "simulated cubin";

API const char *nvrtcGetErrorString(nvrtcResult result) {
  switch (result) {
  case NVRTC_SUCCESS:
    return "NVRTC_SUCCESS";
  case NVRTC_ERROR_INVALID_INPUT:
    return "NVRTC_ERROR_INVALID_INPUT";
  case NVRTC_ERROR_INVALID_OPTION:
    return "NVRTC_ERROR_INVALID_OPTION";
  default:
    return "NVRTC_ERROR_COMPILATION";
  }
}

API nvrtcResult nvrtcCreateProgram(nvrtcProgram *program, const char *source, const char *name,
                                   int headers, const char *const *sources,
                                   const char *const *includeNames) {
  (void)sources;
  (void)includeNames;
  if (source == NULL || headers != 0) {
    return NVRTC_ERROR_INVALID_INPUT;
  }
  *program = calloc(1, sizeof **program);
  (*program)->source = strdup(source);
  (*program)->name = strdup(name == NULL ? "default_program" : name);
  return NVRTC_SUCCESS;
}

API nvrtcResult nvrtcDestroyProgram(nvrtcProgram *program) {
  free((*program)->source);
  free((*program)->name);
  free(*program);
  *program = NULL;
  return NVRTC_SUCCESS;
}

API nvrtcResult nvrtcCompileProgram(nvrtcProgram program, int count, const char *const *options) {
  for (int i = 0; i < count; i++) {
    if (options[i][0] != '-') {
      return NVRTC_ERROR_INVALID_OPTION;
    }
  }
  const char *error = strstr(program->source, "#error");
  if (error == NULL) {
    return NVRTC_SUCCESS;
  }
  int line = 1;
  for (const char *at = program->source; at < error; at++) {
    line += *at == '\n';
  }
  error += strlen("#error ");
  snprintf(program->log, sizeof program->log,
           "%s(%d): catastrophic error: #error directive: %.*s\n", program->name, line,
           (int)strcspn(error, "\n"), error);
  return NVRTC_ERROR_COMPILATION;
}

API nvrtcResult nvrtcGetProgramLogSize(nvrtcProgram program, size_t *bytes) {
  *bytes = strlen(program->log) + 1;
  return NVRTC_SUCCESS;
}

API nvrtcResult nvrtcGetProgramLog(nvrtcProgram program, char *log) {
  strcpy(log, program->log);
  return NVRTC_SUCCESS;
}

API nvrtcResult nvrtcGetCUBINSize(nvrtcProgram program, size_t *bytes) {
  (void)program;
  *bytes = sizeof image;
  return NVRTC_SUCCESS;
}

API nvrtcResult nvrtcGetCUBIN(nvrtcProgram program, char *cubin) {
  (void)program;
  memcpy(cubin, image, sizeof image);
  return NVRTC_SUCCESS;
}
