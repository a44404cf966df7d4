/* A stand-in for PyTorch's library (libtorch_cpu.so), as far as a model's caller needs it; see
 * torch.h. */
#include <stdatomic.h>
#include <stdlib.h>

#include "torch.h"

static atomic_long live;

#define CONSTANT(name, number)                                                                     \
  API int32_t aoti_torch_##name(void) { return number; }

CONSTANT(device_type_cpu, 0)
CONSTANT(device_type_cuda, 1)
CONSTANT(dtype_int32, 3)
CONSTANT(dtype_int64, 4)
CONSTANT(dtype_float16, 5)
CONSTANT(dtype_float32, 6)
CONSTANT(dtype_bfloat16, 15)

/* How many tensors and models there are: for tests. */
API int64_t sim_torch_live(void) { return live; }

API void sim_torch_model(int change) { live += change; }

API int32_t aoti_torch_create_tensor_from_blob(void *data, int64_t dimensions, const int64_t *sizes,
                                               const int64_t *strides, int64_t offset, int32_t type,
                                               int32_t deviceType, int32_t deviceIndex,
                                               Tensor **made) {
  if (dimensions > MAX_DIMENSIONS || offset != 0 || deviceType != aoti_torch_device_type_cuda() ||
      deviceIndex < 0) {
    return AOTI_FAILURE;
  }
  Tensor *tensor = calloc(1, sizeof *tensor);
  tensor->data = (CUdeviceptr)data;
  tensor->type = type;
  tensor->dimensions = dimensions;
  for (int i = 0; i < dimensions; i++) {
    tensor->sizes[i] = sizes[i];
    tensor->strides[i] = strides[i];
  }
  live++;
  *made = tensor;
  return AOTI_SUCCESS;
}

API int32_t sim_torch_like(const Tensor *other, CUstream stream, Tensor **made) {
  size_t bytes = 4;
  for (int i = 0; i < other->dimensions; i++) {
    bytes *= (size_t)other->sizes[i];
  }
  CUdeviceptr data = 0;
  if (cuMemAllocAsync(&data, bytes, stream) != CUDA_SUCCESS) {
    return AOTI_FAILURE;
  }
  *made = malloc(sizeof **made);
  **made = *other;
  (*made)->data = data;
  (*made)->stream = stream;
  (*made)->owned = 1;
  live++;
  return AOTI_SUCCESS;
}

API int32_t aoti_torch_delete_tensor_object(Tensor *tensor) {
  if (tensor->owned && cuMemFreeAsync(tensor->data, tensor->stream) != CUDA_SUCCESS) {
    return AOTI_FAILURE;
  }
  live--;
  free(tensor);
  return AOTI_SUCCESS;
}

API int32_t aoti_torch_get_data_ptr(const Tensor *tensor, void **data) {
  *data = (void *)tensor->data;
  return AOTI_SUCCESS;
}

API int32_t aoti_torch_get_dtype(const Tensor *tensor, int32_t *type) {
  *type = tensor->type;
  return AOTI_SUCCESS;
}

API int32_t aoti_torch_get_dim(const Tensor *tensor, int64_t *dimensions) {
  *dimensions = tensor->dimensions;
  return AOTI_SUCCESS;
}

API int32_t aoti_torch_get_size(const Tensor *tensor, int64_t dimension, int64_t *size) {
  *size = tensor->sizes[dimension];
  return AOTI_SUCCESS;
}

API int32_t aoti_torch_get_stride(const Tensor *tensor, int64_t dimension, int64_t *stride) {
  *stride = tensor->strides[dimension];
  return AOTI_SUCCESS;
}
