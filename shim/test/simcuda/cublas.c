/*
 * A simulated cuBLAS (libcublas.so), for tests of those who call it: the product of two matrices of
 * floats that lie column by column, computed in the stream by a host function.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "driver.h"

#define API __attribute__((visibility("default")))

typedef enum {
  CUBLAS_STATUS_SUCCESS = 0,
  CUBLAS_STATUS_INVALID_VALUE = 7,
  CUBLAS_STATUS_EXECUTION_FAILED = 13,
  CUBLAS_STATUS_NOT_SUPPORTED = 15
} cublasStatus_t;

typedef struct cublasContext {
  CUstream stream;
} * cublasHandle_t;

typedef struct {
  int rows, columns, inner;
  const float *a, *b;
  float *c;
  int aPitch, bPitch, cPitch;
} Product;

API const char *cublasGetStatusString(cublasStatus_t status) {
  switch (status) {
  case CUBLAS_STATUS_SUCCESS:
    return "the operation completed successfully";
  case CUBLAS_STATUS_INVALID_VALUE:
    return "an unsupported value or parameter was passed to the function";
  case CUBLAS_STATUS_NOT_SUPPORTED:
    return "the functionality requested is not supported";
  default:
    return "the function failed to launch on the GPU";
  }
}

API cublasStatus_t cublasCreate_v2(cublasHandle_t *handle) {
  *handle = calloc(1, sizeof **handle);
  return CUBLAS_STATUS_SUCCESS;
}

API cublasStatus_t cublasDestroy_v2(cublasHandle_t handle) {
  free(handle);
  return CUBLAS_STATUS_SUCCESS;
}

API cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, CUstream stream) {
  handle->stream = stream;
  return CUBLAS_STATUS_SUCCESS;
}

static void compute(void *argument) {
  Product *product = argument;
  for (int column = 0; column < product->columns; column++) {
    for (int row = 0; row < product->rows; row++) {
      float sum = 0;
      for (int i = 0; i < product->inner; i++) {
        sum += product->a[row + i * product->aPitch] * product->b[i + column * product->bPitch];
      }
      product->c[row + column * product->cPitch] = sum;
    }
  }
  free(product);
}

API cublasStatus_t cublasSgemm_v2(cublasHandle_t handle, int transposeA, int transposeB, int rows,
                                  int columns, int inner, const float *alpha, const float *a,
                                  int aPitch, const float *b, int bPitch, const float *beta,
                                  float *c, int cPitch) {
  if (rows < 0 || columns < 0 || inner < 0 || aPitch < rows || bPitch < inner || cPitch < rows) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  if (transposeA != 0 || transposeB != 0 || *alpha != 1 || *beta != 0) {
    return CUBLAS_STATUS_NOT_SUPPORTED;
  }
  Product *product = malloc(sizeof *product);
  *product = (Product){rows, columns, inner, a, b, c, aPitch, bPitch, cPitch};
  if (cuLaunchHostFunc(handle->stream, compute, product) != CUDA_SUCCESS) {
    free(product);
    return CUBLAS_STATUS_EXECUTION_FAILED;
  }
  // cppcheck-suppress memleak ; it is the host function's from here on
  return CUBLAS_STATUS_SUCCESS;
}
