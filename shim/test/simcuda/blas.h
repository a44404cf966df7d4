/* What the simulated cuBLAS and cuBLASLt have in common. */
#ifndef SIMCUDA_BLAS_H
#define SIMCUDA_BLAS_H

#include "driver.h"

#define API __attribute__((visibility("default")))

typedef enum {
  CUBLAS_STATUS_SUCCESS = 0,
  CUBLAS_STATUS_INVALID_VALUE = 7,
  CUBLAS_STATUS_EXECUTION_FAILED = 13,
  CUBLAS_STATUS_NOT_SUPPORTED = 15
} cublasStatus_t;

/* C = A B of matrices that lie column by column; a pitch leads to the next column, in floats. */
typedef struct {
  int rows, columns, inner;
  const float *a, *b;
  float *c;
  int aPitch, bPitch, cPitch;
} Product;

const char *blas_describe(cublasStatus_t status);

/* Puts it into the stream, if its sizes are possible, to be computed once: not into a graph. */
cublasStatus_t blas_multiply(Product product, CUstream stream);

#endif
