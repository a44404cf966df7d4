/* Stream memory operations: the calls. work.c runs them. */
#include "simcuda.h"

#define MOST_OPERATIONS 256

static CUresult check(const CUstreamBatchMemOpParams *op) {
  bool wide = op->operation == CU_STREAM_MEM_OP_WAIT_VALUE_64 ||
              op->operation == CU_STREAM_MEM_OP_WRITE_VALUE_64;
  switch (op->operation) {
  case CU_STREAM_MEM_OP_WAIT_VALUE_32:
  case CU_STREAM_MEM_OP_WRITE_VALUE_32:
  case CU_STREAM_MEM_OP_WAIT_VALUE_64:
  case CU_STREAM_MEM_OP_WRITE_VALUE_64:
    /* The device reaches host memory only where it is pinned or registered. */
    if (op->waitValue.address % (wide ? 8 : 4) != 0 ||
        !memory_is_pinned((const void *)(uintptr_t)op->waitValue.address)) {
      return CUDA_ERROR_INVALID_VALUE;
    }
    return CUDA_SUCCESS;
  case CU_STREAM_MEM_OP_BARRIER:
  case CU_STREAM_MEM_OP_FLUSH_REMOTE_WRITES:
    return CUDA_SUCCESS;
  default:
    return CUDA_ERROR_INVALID_VALUE;
  }
}

CUresult mem_ops_check(const CUstreamBatchMemOpParams *ops, unsigned count) {
  if (!settings()->memOps) {
    return CUDA_ERROR_NOT_SUPPORTED;
  }
  if (ops == NULL || count > MOST_OPERATIONS) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  for (unsigned i = 0; i < count; i++) {
    TRY(check(&ops[i]));
  }
  return CUDA_SUCCESS;
}

static CUresult submit(const char *name, CUstream handle, DefaultStream which, unsigned count,
                       const CUstreamBatchMemOpParams *ops) {
  ENTER(name);
  CUstream stream;
  TRY(stream_resolve(handle, which, &stream));
  TRY(mem_ops_check(ops, count));
  Work work;
  TRY(work_mem_ops(&work, ops, count));
  return stream_submit(stream, work, NULL);
}

API CUresult cuStreamBatchMemOp_v2(CUstream stream, unsigned int count,
                                   CUstreamBatchMemOpParams *ops, unsigned int flags) {
  (void)flags;
  return submit("cuStreamBatchMemOp", stream, LEGACY, count, ops);
}

API CUresult cuStreamBatchMemOp_v2_ptsz(CUstream stream, unsigned int count,
                                        CUstreamBatchMemOpParams *ops, unsigned int flags) {
  (void)flags;
  return submit("cuStreamBatchMemOp", stream, PER_THREAD, count, ops);
}

static CUstreamBatchMemOpParams single(CUstreamBatchMemOpType type, CUdeviceptr address,
                                       uint64_t value, unsigned flags) {
  CUstreamBatchMemOpParams op = {.operation = type};
  /* Waits and writes have the same layout. */
  op.waitValue.address = address;
  op.waitValue.value64 = value;
  op.waitValue.flags = flags;
  return op;
}

#define SINGLE(NAME, TYPE, VALUE)                                                                  \
  API CUresult NAME##_v2(CUstream stream, CUdeviceptr address, VALUE value, unsigned flags) {      \
    CUstreamBatchMemOpParams op = single(TYPE, address, value, flags);                             \
    return submit(#NAME, stream, LEGACY, 1, &op);                                                  \
  }                                                                                                \
  API CUresult NAME##_v2_ptsz(CUstream stream, CUdeviceptr address, VALUE value, unsigned flags) { \
    CUstreamBatchMemOpParams op = single(TYPE, address, value, flags);                             \
    return submit(#NAME, stream, PER_THREAD, 1, &op);                                              \
  }

SINGLE(cuStreamWaitValue32, CU_STREAM_MEM_OP_WAIT_VALUE_32, cuuint32_t)
SINGLE(cuStreamWaitValue64, CU_STREAM_MEM_OP_WAIT_VALUE_64, cuuint64_t)
SINGLE(cuStreamWriteValue32, CU_STREAM_MEM_OP_WRITE_VALUE_32, cuuint32_t)
SINGLE(cuStreamWriteValue64, CU_STREAM_MEM_OP_WRITE_VALUE_64, cuuint64_t)
