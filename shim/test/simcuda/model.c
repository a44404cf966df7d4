/*
 * A stand-in for a model that AOTInductor compiled: it adds 1 to every float of its inputs, one
 * output for each. Its functions are those of torch/csrc/inductor/aoti_runtime/interface.h. What
 * else it does is said by a file 'behaviour' among its kernels, some words of:
 *
 *   inputs=N      how many it has (1)
 *   elements=N    how many an input must have, if AOTI_RUNTIME_CHECK_INPUTS is set
 *   fail-create   it cannot be loaded
 *   fail-outputs  it does not say how many outputs it has
 *   fail-run      it cannot be run
 *   gaps          its outputs do not lie row by row
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "torch.h"

typedef struct {
  size_t inputs;
  long elements;
  bool failOutputs, failRun, gaps;
} Model;

typedef struct {
  const float *from;
  float *to;
  long count;
} Addition;

static _Thread_local char lastError[256];

static int32_t failure(const char *text) {
  snprintf(lastError, sizeof lastError, "%s", text);
  return AOTI_FAILURE;
}

API int32_t AOTInductorGetLastError(const char **text) {
  *text = lastError;
  return AOTI_SUCCESS;
}

API int32_t AOTInductorModelContainerCreateWithDevice(Model **made, size_t models,
                                                      const char *device, const char *kernels) {
  char path[4096];
  char behaviour[256] = "";
  snprintf(path, sizeof path, "%s/behaviour", kernels);
  FILE *file = fopen(path, "r");
  if (file != NULL) {
    size_t length = fread(behaviour, 1, sizeof behaviour - 1, file);
    behaviour[length] = '\0';
    fclose(file);
  }
  if (models != 1 || strncmp(device, "cuda:", 5) != 0 || strstr(behaviour, "fail-create")) {
    return failure("it was told to fail");
  }
  Model *model = calloc(1, sizeof *model);
  model->inputs = 1;
  model->failOutputs = strstr(behaviour, "fail-outputs") != NULL;
  model->failRun = strstr(behaviour, "fail-run") != NULL;
  model->gaps = strstr(behaviour, "gaps") != NULL;
  const char *inputs = strstr(behaviour, "inputs=");
  if (inputs != NULL) {
    model->inputs = strtoul(inputs + strlen("inputs="), NULL, 10);
  }
  const char *elements = strstr(behaviour, "elements=");
  if (elements != NULL) {
    model->elements = strtol(elements + strlen("elements="), NULL, 10);
  }
  *made = model;
  sim_torch_model(1);
  return AOTI_SUCCESS;
}

API int32_t AOTInductorModelContainerDelete(Model *model) {
  free(model);
  sim_torch_model(-1);
  return AOTI_SUCCESS;
}

API int32_t AOTInductorModelContainerGetNumInputs(Model *model, size_t *count) {
  *count = model->inputs;
  return AOTI_SUCCESS;
}

API int32_t AOTInductorModelContainerGetNumOutputs(Model *model, size_t *count) {
  if (model->failOutputs) {
    return failure("it was told to fail");
  }
  *count = model->inputs;
  return AOTI_SUCCESS;
}

static void add(void *argument) {
  Addition *addition = argument;
  for (long i = 0; i < addition->count; i++) {
    addition->to[i] = addition->from[i] + 1;
  }
  free(addition);
}

static long elements(const Tensor *tensor) {
  long count = 1;
  for (int i = 0; i < tensor->dimensions; i++) {
    count *= tensor->sizes[i];
  }
  return count;
}

API int32_t AOTInductorModelContainerRunSingleThreaded(Model *model, Tensor **inputs,
                                                       size_t inputCount, Tensor **outputs,
                                                       size_t outputCount, CUstream stream,
                                                       void *executor) {
  if (inputCount != model->inputs || outputCount != model->inputs || executor != NULL) {
    abort(); /* The real one throws out of C. */
  }
  if (model->failRun) {
    return failure("it was told to fail");
  }
  for (size_t i = 0; i < inputCount; i++) {
    if (model->elements != 0 && getenv("AOTI_RUNTIME_CHECK_INPUTS") != NULL &&
        elements(inputs[i]) != model->elements) {
      return failure("an input has another size than it was compiled for");
    }
    if (sim_torch_like(inputs[i], stream, &outputs[i]) != AOTI_SUCCESS) {
      return failure("out of memory");
    }
    Addition *addition = malloc(sizeof *addition);
    *addition =
        (Addition){(const float *)inputs[i]->data, (float *)outputs[i]->data, elements(inputs[i])};
    CUresult launched = cuLaunchHostFunc(stream, add, addition);
    if (launched != CUDA_SUCCESS) {
      free(addition);
      return failure("cuLaunchHostFunc failed");
    }
    if (model->gaps) {
      outputs[i]->strides[0]++;
    }
    aoti_torch_delete_tensor_object(inputs[i]);
    // cppcheck-suppress memleak ; it is the host function's from here on
  }
  return AOTI_SUCCESS;
}
