/* The product of two matrices of floats, computed in the stream by a host function. */
#include "blas.h"

#include <stdlib.h>

const char *blas_describe(cublasStatus_t status) {
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

cublasStatus_t blas_multiply(Product product, CUstream stream) {
  if (product.rows < 0 || product.columns < 0 || product.inner < 0 ||
      product.aPitch < product.rows || product.bPitch < product.inner ||
      product.cPitch < product.rows) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  Product *queued = malloc(sizeof *queued);
  *queued = product;
  if (cuLaunchHostFunc(stream, compute, queued) != CUDA_SUCCESS) {
    free(queued);
    return CUBLAS_STATUS_EXECUTION_FAILED;
  }
  // cppcheck-suppress memleak ; it is the host function's from here on
  return CUBLAS_STATUS_SUCCESS;
}
