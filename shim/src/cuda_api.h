/*
 * The part of the CUDA driver's ABI that the shim uses, declared here so that it builds without
 * CUDA's headers and serves every driver from 11.8 to 13. Names and values are those of cuda.h;
 * test/abi compares them with it.
 */
#ifndef OT_CUDA_API_H
#define OT_CUDA_API_H

#include <stddef.h>
#include <stdint.h>

typedef int CUresult;
typedef int CUdevice;
typedef struct CUctx_st *CUcontext;
typedef struct CUstream_st *CUstream;
typedef struct CUevent_st *CUevent;
typedef struct CUfunc_st *CUfunction;
typedef struct CUgraph_st *CUgraph;
typedef struct CUgraphExec_st *CUgraphExec;
typedef unsigned long long CUdeviceptr;

enum {
  CUDA_SUCCESS = 0,
  CUDA_ERROR_INVALID_VALUE = 1,
  CUDA_ERROR_NOT_FOUND = 500,
  CUDA_ERROR_NOT_READY = 600,
  CUDA_ERROR_NOT_PERMITTED = 800,
  CUDA_ERROR_NOT_SUPPORTED = 801,
  CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED = 900, /* the first of those about captures */
  CUDA_ERROR_STREAM_CAPTURE_INVALIDATED = 901,
  CUDA_ERROR_CAPTURED_EVENT = 907, /* the last but one */
  CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD = 908,
};

enum { CU_STREAM_CAPTURE_STATUS_NONE = 0 };
enum { CU_STREAM_CAPTURE_MODE_RELAXED = 2 };
enum { CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM = 2 };
enum { CU_EVENT_DISABLE_TIMING = 2 };
enum { CU_MEMHOSTREGISTER_DEVICEMAP = 2 };
enum { CU_STREAM_MEM_OP_WAIT_VALUE_32 = 1, CU_STREAM_MEM_OP_WRITE_VALUE_32 = 2 };
enum { CU_STREAM_WAIT_VALUE_GEQ = 0 };

/* CUlaunchConfig: of it, the stream alone is looked at. */
typedef struct {
  unsigned grid[3], block[3], shared_bytes;
  CUstream hStream;
  void *attributes;
  unsigned attribute_count;
} CUlaunchConfig;

/* CUstreamBatchMemOpParams for the operations used here. */
typedef union {
  struct {
    unsigned operation;
    CUdeviceptr address;
    uint32_t value, value_high; /* of a 64-bit operation */
    unsigned flags;
    CUdeviceptr alias;
  } value32;
  uint64_t pad[6];
} CUstreamBatchMemOpParams;

#endif
