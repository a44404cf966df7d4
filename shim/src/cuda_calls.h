/*
 * The driver functions that the shim stands in front of. To be included with these macros defined;
 * each function that takes a stream has a twin whose stream 0 is the calling thread's own: _ptsz
 * (or _ptds, where the stream is not an argument).
 *
 *   LAUNCH(name, stream, kind, (parameters), (arguments))    a command in a stream
 *   COPY(name, kind, (parameters), (arguments))              a command in the default stream; may
 * return before its end COPY_TO_HOST(name, kind, (parameters), (arguments))      a command in the
 * default stream; complete when it returns
 *
 * The kind is KERNEL(function, grid…), BYTES(what, bytes) or ONE_OF(what): see forecast.h.
 *
 * What is not here passes through untouched.
 */
#define KERNEL_SHAPE                                                                               \
  unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared

LAUNCH(cuLaunchKernel, stream, KERNEL(f, gx, gy, gz),
       (CUfunction f, KERNEL_SHAPE, CUstream stream, void **args, void **extra),
       (f, gx, gy, gz, bx, by, bz, shared, stream, args, extra))
LAUNCH(cuLaunchKernelEx, config->hStream,
       KERNEL(f, config->grid[0], config->grid[1], config->grid[2]),
       (const CUlaunchConfig *config, CUfunction f, void **args, void **extra),
       (config, f, args, extra))
LAUNCH(cuLaunchCooperativeKernel, stream, KERNEL(f, gx, gy, gz),
       (CUfunction f, KERNEL_SHAPE, CUstream stream, void **args),
       (f, gx, gy, gz, bx, by, bz, shared, stream, args))
LAUNCH(cuGraphLaunch, stream, ONE_OF(graph), (CUgraphExec graph, CUstream stream), (graph, stream))
LAUNCH(cuLaunchHostFunc, stream, ONE_OF(function), (CUstream stream, void *function, void *data),
       (stream, function, data))
LAUNCH(cuStreamAddCallback, stream, ONE_OF(callback),
       (CUstream stream, void *callback, void *data, unsigned flags),
       (stream, callback, data, flags))

LAUNCH(cuMemcpyAsync, stream, BYTES(cuMemcpyAsync, bytes),
       (CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream), (to, from, bytes, stream))
LAUNCH(cuMemcpyPeerAsync, stream, BYTES(cuMemcpyPeerAsync, bytes),
       (CUdeviceptr to, CUcontext there, CUdeviceptr from, CUcontext here, size_t bytes,
        CUstream stream),
       (to, there, from, here, bytes, stream))
LAUNCH(cuMemcpyHtoDAsync_v2, stream, BYTES(cuMemcpyHtoDAsync_v2, bytes),
       (CUdeviceptr to, const void *from, size_t bytes, CUstream stream), (to, from, bytes, stream))
LAUNCH(cuMemcpyDtoHAsync_v2, stream, BYTES(cuMemcpyDtoHAsync_v2, bytes),
       (void *to, CUdeviceptr from, size_t bytes, CUstream stream), (to, from, bytes, stream))
LAUNCH(cuMemcpyDtoDAsync_v2, stream, BYTES(cuMemcpyDtoDAsync_v2, bytes),
       (CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream), (to, from, bytes, stream))
LAUNCH(cuMemcpyHtoAAsync_v2, stream, BYTES(cuMemcpyHtoAAsync_v2, bytes),
       (void *to, size_t offset, const void *from, size_t bytes, CUstream stream),
       (to, offset, from, bytes, stream))
LAUNCH(cuMemcpyAtoHAsync_v2, stream, BYTES(cuMemcpyAtoHAsync_v2, bytes),
       (void *to, void *from, size_t offset, size_t bytes, CUstream stream),
       (to, from, offset, bytes, stream))
LAUNCH(cuMemcpy2DAsync_v2, stream, ONE_OF(cuMemcpy2DAsync_v2), (const void *copy, CUstream stream),
       (copy, stream))
LAUNCH(cuMemcpy3DAsync_v2, stream, ONE_OF(cuMemcpy3DAsync_v2), (const void *copy, CUstream stream),
       (copy, stream))
LAUNCH(cuMemcpy3DPeerAsync, stream, ONE_OF(cuMemcpy3DPeerAsync),
       (const void *copy, CUstream stream), (copy, stream))

LAUNCH(cuMemsetD8Async, stream, BYTES(cuMemsetD8Async, count),
       (CUdeviceptr to, unsigned char value, size_t count, CUstream stream),
       (to, value, count, stream))
LAUNCH(cuMemsetD16Async, stream, BYTES(cuMemsetD16Async, count),
       (CUdeviceptr to, unsigned short value, size_t count, CUstream stream),
       (to, value, count, stream))
LAUNCH(cuMemsetD32Async, stream, BYTES(cuMemsetD32Async, count),
       (CUdeviceptr to, unsigned value, size_t count, CUstream stream), (to, value, count, stream))
LAUNCH(cuMemsetD2D8Async, stream, BYTES(cuMemsetD2D8Async, width *height),
       (CUdeviceptr to, size_t pitch, unsigned char value, size_t width, size_t height,
        CUstream stream),
       (to, pitch, value, width, height, stream))
LAUNCH(cuMemsetD2D16Async, stream, BYTES(cuMemsetD2D16Async, width *height),
       (CUdeviceptr to, size_t pitch, unsigned short value, size_t width, size_t height,
        CUstream stream),
       (to, pitch, value, width, height, stream))
LAUNCH(cuMemsetD2D32Async, stream, BYTES(cuMemsetD2D32Async, width *height),
       (CUdeviceptr to, size_t pitch, unsigned value, size_t width, size_t height, CUstream stream),
       (to, pitch, value, width, height, stream))

COPY(cuMemcpy, BYTES(cuMemcpy, bytes), (CUdeviceptr to, CUdeviceptr from, size_t bytes),
     (to, from, bytes))
COPY(cuMemcpyPeer, BYTES(cuMemcpyPeer, bytes),
     (CUdeviceptr to, CUcontext there, CUdeviceptr from, CUcontext here, size_t bytes),
     (to, there, from, here, bytes))
COPY(cuMemcpyHtoD_v2, BYTES(cuMemcpyHtoD_v2, bytes),
     (CUdeviceptr to, const void *from, size_t bytes), (to, from, bytes))
COPY_TO_HOST(cuMemcpyDtoH_v2, BYTES(cuMemcpyDtoH_v2, bytes),
             (void *to, CUdeviceptr from, size_t bytes), (to, from, bytes))
COPY(cuMemcpyDtoD_v2, BYTES(cuMemcpyDtoD_v2, bytes),
     (CUdeviceptr to, CUdeviceptr from, size_t bytes), (to, from, bytes))
COPY(cuMemcpyHtoA_v2, BYTES(cuMemcpyHtoA_v2, bytes),
     (void *to, size_t offset, const void *from, size_t bytes), (to, offset, from, bytes))
COPY_TO_HOST(cuMemcpyAtoH_v2, BYTES(cuMemcpyAtoH_v2, bytes),
             (void *to, void *from, size_t offset, size_t bytes), (to, from, offset, bytes))
COPY(cuMemcpy2D_v2, ONE_OF(cuMemcpy2D_v2), (const void *copy), (copy))
COPY(cuMemcpy2DUnaligned_v2, ONE_OF(cuMemcpy2DUnaligned_v2), (const void *copy), (copy))
COPY(cuMemcpy3D_v2, ONE_OF(cuMemcpy3D_v2), (const void *copy), (copy))
COPY(cuMemcpy3DPeer, ONE_OF(cuMemcpy3DPeer), (const void *copy), (copy))
COPY(cuMemsetD8_v2, BYTES(cuMemsetD8_v2, count),
     (CUdeviceptr to, unsigned char value, size_t count), (to, value, count))
COPY(cuMemsetD16_v2, BYTES(cuMemsetD16_v2, count),
     (CUdeviceptr to, unsigned short value, size_t count), (to, value, count))
COPY(cuMemsetD32_v2, BYTES(cuMemsetD32_v2, count), (CUdeviceptr to, unsigned value, size_t count),
     (to, value, count))
COPY(cuMemsetD2D8_v2, BYTES(cuMemsetD2D8_v2, width *height),
     (CUdeviceptr to, size_t pitch, unsigned char value, size_t width, size_t height),
     (to, pitch, value, width, height))
COPY(cuMemsetD2D16_v2, BYTES(cuMemsetD2D16_v2, width *height),
     (CUdeviceptr to, size_t pitch, unsigned short value, size_t width, size_t height),
     (to, pitch, value, width, height))
COPY(cuMemsetD2D32_v2, BYTES(cuMemsetD2D32_v2, width *height),
     (CUdeviceptr to, size_t pitch, unsigned value, size_t width, size_t height),
     (to, pitch, value, width, height))

#undef KERNEL_SHAPE
