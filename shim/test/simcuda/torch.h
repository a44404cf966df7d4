/*
 * What the stand-ins for PyTorch (torch.c) and for a model that AOTInductor compiled (model.c)
 * share: tensors on the simulated device. The functions are those of
 * torch/csrc/inductor/aoti_torch/c/shim.h that a program without Python needs, with their types.
 */
#ifndef SIMCUDA_TORCH_H
#define SIMCUDA_TORCH_H

#include <stdint.h>

#include "driver.h"

#define API __attribute__((visibility("default")))
#define AOTI_SUCCESS 0
#define AOTI_FAILURE 1
#define MAX_DIMENSIONS 8

typedef struct AtenTensorOpaque {
  CUdeviceptr data;
  int32_t type;
  int64_t dimensions;
  int64_t sizes[MAX_DIMENSIONS];
  int64_t strides[MAX_DIMENSIONS];
  CUstream stream; /* where the memory came from and goes back to, if it is the tensor's own */
  int owned;
} Tensor;

int32_t aoti_torch_dtype_float32(void);
int32_t aoti_torch_create_tensor_from_blob(void *data, int64_t dimensions, const int64_t *sizes,
                                           const int64_t *strides, int64_t offset, int32_t type,
                                           int32_t deviceType, int32_t deviceIndex, Tensor **made);
int32_t aoti_torch_delete_tensor_object(Tensor *tensor);

/* Of the stand-in alone: a tensor like another, with memory of its own in the order of a stream. */
int32_t sim_torch_like(const Tensor *other, CUstream stream, Tensor **made);

/* The same: a model was made (1) or deleted (-1). */
void sim_torch_model(int change);

#endif
