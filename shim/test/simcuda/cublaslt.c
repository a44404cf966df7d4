/*
 * A simulated cuBLASLt (libcublasLt.so), for tests of those who call it: products of floats that
 * lie column by column, without memory to work in. An algorithm is for matrices that are aligned as
 * it was asked for, and refuses others.
 */
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "blas.h"

#define CUBLAS_COMPUTE_32F 68
#define CUDA_R_32F 0
#define CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES 5 /* and those of B, C and D */

enum { A, B, C, D, MATRICES };

typedef struct cublasLtContext {
  char unused;
} * cublasLtHandle_t;

typedef struct {
  int computeType, scaleType;
} * cublasLtMatmulDesc_t;

typedef struct {
  int type, rows, columns, pitch;
} * cublasLtMatrixLayout_t;

typedef struct {
  uint32_t alignment[MATRICES];
} * cublasLtMatmulPreference_t;

typedef struct {
  uint64_t alignment[MATRICES], unused[4];
} cublasLtMatmulAlgo_t;

typedef struct {
  cublasLtMatmulAlgo_t algo;
  size_t workspaceSize;
  cublasStatus_t state;
  float wavesCount;
  int reserved[4];
} cublasLtMatmulHeuristicResult_t;

static const cublasLtMatmulAlgo_t standard = {.alignment = {256, 256, 256, 256}};

/* Handles and descriptions that were created and not destroyed. */
static atomic_long live;

API long simcuda_live_cublaslt(void) { return live; }

static void *create(size_t bytes) {
  live++;
  return calloc(1, bytes);
}

static cublasStatus_t destroy(void *object) {
  live--;
  free(object);
  return CUBLAS_STATUS_SUCCESS;
}

API const char *cublasLtGetStatusString(cublasStatus_t status) { return blas_describe(status); }

API cublasStatus_t cublasLtCreate(cublasLtHandle_t *handle) {
  *handle = create(sizeof **handle);
  return CUBLAS_STATUS_SUCCESS;
}

API cublasStatus_t cublasLtDestroy(cublasLtHandle_t handle) { return destroy(handle); }

API cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t *operation, int computeType,
                                            int scaleType) {
  *operation = create(sizeof **operation);
  (*operation)->computeType = computeType;
  (*operation)->scaleType = scaleType;
  return CUBLAS_STATUS_SUCCESS;
}

API cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t operation) {
  return destroy(operation);
}

API cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t *layout, int type,
                                              uint64_t rows, uint64_t columns, int64_t pitch) {
  *layout = create(sizeof **layout);
  (*layout)->type = type;
  (*layout)->rows = (int)rows;
  (*layout)->columns = (int)columns;
  (*layout)->pitch = (int)pitch;
  return CUBLAS_STATUS_SUCCESS;
}

API cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t layout) {
  return destroy(layout);
}

API cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t *preference) {
  *preference = create(sizeof **preference);
  for (int i = 0; i < MATRICES; i++)
    (*preference)->alignment[i] = (uint32_t)standard.alignment[i];
  return CUBLAS_STATUS_SUCCESS;
}

API cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t preference) {
  return destroy(preference);
}

API cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t preference,
                                                        int attribute, const void *value,
                                                        size_t bytes) {
  int matrix = attribute - CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES;
  if (matrix < 0 || matrix >= MATRICES || bytes != sizeof *preference->alignment) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  memcpy(&preference->alignment[matrix], value, bytes);
  return CUBLAS_STATUS_SUCCESS;
}

/* Whether it is a product of floats, and D may be C. */
static cublasStatus_t check(cublasLtMatmulDesc_t operation, cublasLtMatrixLayout_t a,
                            cublasLtMatrixLayout_t b, cublasLtMatrixLayout_t c,
                            cublasLtMatrixLayout_t d) {
  if (operation->computeType != CUBLAS_COMPUTE_32F || operation->scaleType != CUDA_R_32F ||
      a->type != CUDA_R_32F || b->type != CUDA_R_32F || c->type != CUDA_R_32F ||
      d->type != CUDA_R_32F) {
    return CUBLAS_STATUS_NOT_SUPPORTED;
  }
  return a->columns == b->rows && a->rows == d->rows && b->columns == d->columns &&
                 c->rows == d->rows && c->columns == d->columns
             ? CUBLAS_STATUS_SUCCESS
             : CUBLAS_STATUS_INVALID_VALUE;
}

API cublasStatus_t cublasLtMatmulAlgoGetHeuristic(
    cublasLtHandle_t handle, cublasLtMatmulDesc_t operation, cublasLtMatrixLayout_t a,
    cublasLtMatrixLayout_t b, cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d,
    cublasLtMatmulPreference_t preference, int wanted, cublasLtMatmulHeuristicResult_t results[],
    int *found) {
  if (!handle || wanted < 1) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  cublasStatus_t status = check(operation, a, b, c, d);
  *found = status == CUBLAS_STATUS_SUCCESS;
  if (*found) {
    *results = (cublasLtMatmulHeuristicResult_t){.state = CUBLAS_STATUS_SUCCESS};
    for (int i = 0; i < MATRICES; i++)
      results->algo.alignment[i] = preference->alignment[i];
  }
  return status;
}

API cublasStatus_t cublasLtMatmul(cublasLtHandle_t handle, cublasLtMatmulDesc_t operation,
                                  const float *alpha, const float *a,
                                  cublasLtMatrixLayout_t aLayout, const float *b,
                                  cublasLtMatrixLayout_t bLayout, const float *beta, const float *c,
                                  cublasLtMatrixLayout_t cLayout, float *d,
                                  cublasLtMatrixLayout_t dLayout, const cublasLtMatmulAlgo_t *algo,
                                  void *workspace, size_t workspaceBytes, CUstream stream) {
  if (!handle || workspace || workspaceBytes != 0) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  cublasStatus_t status = check(operation, aLayout, bLayout, cLayout, dLayout);
  if (status != CUBLAS_STATUS_SUCCESS) {
    return status;
  }
  if (*alpha != 1 || *beta != 0) {
    return CUBLAS_STATUS_NOT_SUPPORTED;
  }
  const void *matrices[MATRICES] = {a, b, c, d};
  for (int i = 0; i < MATRICES; i++) {
    uint64_t alignment = (algo ? algo : &standard)->alignment[i];
    if (alignment == 0 || (uintptr_t)matrices[i] % alignment != 0) {
      return CUBLAS_STATUS_INVALID_VALUE;
    }
  }
  return blas_multiply((Product){dLayout->rows, dLayout->columns, aLayout->columns, a, b, d,
                                 aLayout->pitch, bLayout->pitch, dLayout->pitch},
                       stream);
}
