/* A simulated cuBLAS (libcublas.so), for tests of those who call it: products of floats. */
#include <stdlib.h>

#include "blas.h"

typedef struct cublasContext {
  CUstream stream;
} * cublasHandle_t;

API const char *cublasGetStatusString(cublasStatus_t status) { return blas_describe(status); }

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

API cublasStatus_t cublasSgemm_v2(cublasHandle_t handle, int transposeA, int transposeB, int rows,
                                  int columns, int inner, const float *alpha, const float *a,
                                  int aPitch, const float *b, int bPitch, const float *beta,
                                  float *c, int cPitch) {
  if (transposeA != 0 || transposeB != 0 || *alpha != 1 || *beta != 0) {
    return CUBLAS_STATUS_NOT_SUPPORTED;
  }
  return blas_multiply((Product){rows, columns, inner, a, b, c, aPitch, bPitch, cPitch},
                       handle->stream);
}
