/* The bridge's hipBLAS, over cuBLAS: a product of matrices of floats, and what that takes. */
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

#define API __attribute__((visibility("default")))

typedef void *hipblasHandle_t;
typedef enum {
  HIPBLAS_STATUS_SUCCESS = 0,
  HIPBLAS_STATUS_NOT_INITIALIZED = 1,
  HIPBLAS_STATUS_ALLOC_FAILED = 2,
  HIPBLAS_STATUS_INVALID_VALUE = 3,
  HIPBLAS_STATUS_EXECUTION_FAILED = 5,
  HIPBLAS_STATUS_INTERNAL_ERROR = 6,
  HIPBLAS_STATUS_NOT_SUPPORTED = 7,
  HIPBLAS_STATUS_ARCH_MISMATCH = 8,
  HIPBLAS_STATUS_UNKNOWN = 11
} hipblasStatus_t;

#define PRODUCT                                                                                    \
  int transposeA, int transposeB, int rows, int columns, int inner, const float *alpha,            \
      const float *a, int aPitch, const float *b, int bPitch, const float *beta, float *c,         \
      int cPitch

static struct {
  int (*create)(hipblasHandle_t *);
  int (*destroy)(hipblasHandle_t);
  int (*set_stream)(hipblasHandle_t, void *);
  int (*sgemm)(hipblasHandle_t, PRODUCT);
} cublas;
/* Of HIP's, one that makes the device's context current, which cuBLAS needs and no caller knows of.
 */
static int (*bind)(int *, int *);
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int usable;

static void start(void) {
  static const char *const names[] = {"libcublas.so.13", "libcublas.so.12", "libcublas.so"};
  void *library = NULL, *hip = dlopen("libamdhip64.so", RTLD_NOW);
  for (size_t i = 0; !library && i < sizeof names / sizeof *names; i++)
    library = dlopen(names[i], RTLD_NOW);
  if (!library || !hip)
    return;
  cublas.create = dlsym(library, "cublasCreate_v2");
  cublas.destroy = dlsym(library, "cublasDestroy_v2");
  cublas.set_stream = dlsym(library, "cublasSetStream_v2");
  cublas.sgemm = dlsym(library, "cublasSgemm_v2");
  bind = (int (*)(int *, int *))dlsym(hip, "hipDeviceGetStreamPriorityRange");
  usable = cublas.create && cublas.destroy && cublas.set_stream && cublas.sgemm && bind;
}

static hipblasStatus_t translate(int status) {
  switch (status) {
  case 0:
    return HIPBLAS_STATUS_SUCCESS;
  case 1:
    return HIPBLAS_STATUS_NOT_INITIALIZED;
  case 3:
    return HIPBLAS_STATUS_ALLOC_FAILED;
  case 7:
    return HIPBLAS_STATUS_INVALID_VALUE;
  case 8:
    return HIPBLAS_STATUS_ARCH_MISMATCH;
  case 13:
    return HIPBLAS_STATUS_EXECUTION_FAILED;
  case 14:
    return HIPBLAS_STATUS_INTERNAL_ERROR;
  case 15:
    return HIPBLAS_STATUS_NOT_SUPPORTED;
  default:
    return HIPBLAS_STATUS_UNKNOWN;
  }
}

static hipblasStatus_t begin(void) {
  pthread_once(&once, start);
  return usable && bind(NULL, NULL) == 0 ? HIPBLAS_STATUS_SUCCESS : HIPBLAS_STATUS_NOT_INITIALIZED;
}

#define CALL(expression)                                                                           \
  do {                                                                                             \
    hipblasStatus_t begun = begin();                                                               \
    return begun != HIPBLAS_STATUS_SUCCESS ? begun : translate(expression);                        \
  } while (0)

API hipblasStatus_t hipblasCreate(hipblasHandle_t *handle) { CALL(cublas.create(handle)); }
API hipblasStatus_t hipblasDestroy(hipblasHandle_t handle) { CALL(cublas.destroy(handle)); }

API hipblasStatus_t hipblasSetStream(hipblasHandle_t handle, void *stream) {
  CALL(cublas.set_stream(handle, stream));
}

#define FIRST_OPERATION 111 /* HIPBLAS_OP_N; cuBLAS counts the same from 0 */

API hipblasStatus_t hipblasSgemm(hipblasHandle_t handle, PRODUCT) {
  CALL(cublas.sgemm(handle, transposeA - FIRST_OPERATION, transposeB - FIRST_OPERATION, rows,
                    columns, inner, alpha, a, aPitch, b, bPitch, beta, c, cPitch));
}

API const char *hipblasStatusToString(hipblasStatus_t status) {
  switch (status) {
#define NAME(code)                                                                                 \
  case code:                                                                                       \
    return #code
    NAME(HIPBLAS_STATUS_SUCCESS);
    NAME(HIPBLAS_STATUS_NOT_INITIALIZED);
    NAME(HIPBLAS_STATUS_ALLOC_FAILED);
    NAME(HIPBLAS_STATUS_INVALID_VALUE);
    NAME(HIPBLAS_STATUS_EXECUTION_FAILED);
    NAME(HIPBLAS_STATUS_INTERNAL_ERROR);
    NAME(HIPBLAS_STATUS_NOT_SUPPORTED);
    NAME(HIPBLAS_STATUS_ARCH_MISMATCH);
  default:
    return "HIPBLAS_STATUS_UNKNOWN";
  }
}
