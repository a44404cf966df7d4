/*
 * The driver functions that the shim stands in front of. To be included with these macros defined; each function that takes
 * a stream has a twin whose stream 0 is the calling thread's own: _ptsz (or _ptds, where the stream is not an argument).
 *
 *   LAUNCH(name, stream, (parameters), (arguments))    a command in a stream
 *   COPY(name, (parameters), (arguments))              a command in the default stream; may return before it is complete
 *   COPY_TO_HOST(name, (parameters), (arguments))      a command in the default stream; complete when it returns
 *
 * What is not here passes through untouched.
 */
#define KERNEL_SHAPE unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared

LAUNCH(cuLaunchKernel, stream, (CUfunction f, KERNEL_SHAPE, CUstream stream, void **args, void **extra),
       (f, gx, gy, gz, bx, by, bz, shared, stream, args, extra))
LAUNCH(cuLaunchKernelEx, config->hStream, (const CUlaunchConfig *config, CUfunction f, void **args, void **extra),
       (config, f, args, extra))
LAUNCH(cuLaunchCooperativeKernel, stream, (CUfunction f, KERNEL_SHAPE, CUstream stream, void **args),
       (f, gx, gy, gz, bx, by, bz, shared, stream, args))
LAUNCH(cuGraphLaunch, stream, (CUgraphExec graph, CUstream stream), (graph, stream))
LAUNCH(cuLaunchHostFunc, stream, (CUstream stream, void *function, void *data), (stream, function, data))
LAUNCH(cuStreamAddCallback, stream, (CUstream stream, void *callback, void *data, unsigned flags),
       (stream, callback, data, flags))

LAUNCH(cuMemcpyAsync, stream, (CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream),
       (to, from, bytes, stream))
LAUNCH(cuMemcpyPeerAsync, stream,
       (CUdeviceptr to, CUcontext there, CUdeviceptr from, CUcontext here, size_t bytes, CUstream stream),
       (to, there, from, here, bytes, stream))
LAUNCH(cuMemcpyHtoDAsync_v2, stream, (CUdeviceptr to, const void *from, size_t bytes, CUstream stream),
       (to, from, bytes, stream))
LAUNCH(cuMemcpyDtoHAsync_v2, stream, (void *to, CUdeviceptr from, size_t bytes, CUstream stream),
       (to, from, bytes, stream))
LAUNCH(cuMemcpyDtoDAsync_v2, stream, (CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream),
       (to, from, bytes, stream))
LAUNCH(cuMemcpyHtoAAsync_v2, stream, (void *to, size_t offset, const void *from, size_t bytes, CUstream stream),
       (to, offset, from, bytes, stream))
LAUNCH(cuMemcpyAtoHAsync_v2, stream, (void *to, void *from, size_t offset, size_t bytes, CUstream stream),
       (to, from, offset, bytes, stream))
LAUNCH(cuMemcpy2DAsync_v2, stream, (const void *copy, CUstream stream), (copy, stream))
LAUNCH(cuMemcpy3DAsync_v2, stream, (const void *copy, CUstream stream), (copy, stream))
LAUNCH(cuMemcpy3DPeerAsync, stream, (const void *copy, CUstream stream), (copy, stream))

LAUNCH(cuMemsetD8Async, stream, (CUdeviceptr to, unsigned char value, size_t count, CUstream stream),
       (to, value, count, stream))
LAUNCH(cuMemsetD16Async, stream, (CUdeviceptr to, unsigned short value, size_t count, CUstream stream),
       (to, value, count, stream))
LAUNCH(cuMemsetD32Async, stream, (CUdeviceptr to, unsigned value, size_t count, CUstream stream),
       (to, value, count, stream))
LAUNCH(cuMemsetD2D8Async, stream,
       (CUdeviceptr to, size_t pitch, unsigned char value, size_t width, size_t height, CUstream stream),
       (to, pitch, value, width, height, stream))
LAUNCH(cuMemsetD2D16Async, stream,
       (CUdeviceptr to, size_t pitch, unsigned short value, size_t width, size_t height, CUstream stream),
       (to, pitch, value, width, height, stream))
LAUNCH(cuMemsetD2D32Async, stream,
       (CUdeviceptr to, size_t pitch, unsigned value, size_t width, size_t height, CUstream stream),
       (to, pitch, value, width, height, stream))

COPY(cuMemcpy, (CUdeviceptr to, CUdeviceptr from, size_t bytes), (to, from, bytes))
COPY(cuMemcpyPeer, (CUdeviceptr to, CUcontext there, CUdeviceptr from, CUcontext here, size_t bytes),
     (to, there, from, here, bytes))
COPY(cuMemcpyHtoD_v2, (CUdeviceptr to, const void *from, size_t bytes), (to, from, bytes))
COPY_TO_HOST(cuMemcpyDtoH_v2, (void *to, CUdeviceptr from, size_t bytes), (to, from, bytes))
COPY(cuMemcpyDtoD_v2, (CUdeviceptr to, CUdeviceptr from, size_t bytes), (to, from, bytes))
COPY(cuMemcpyHtoA_v2, (void *to, size_t offset, const void *from, size_t bytes), (to, offset, from, bytes))
COPY_TO_HOST(cuMemcpyAtoH_v2, (void *to, void *from, size_t offset, size_t bytes), (to, from, offset, bytes))
COPY(cuMemcpy2D_v2, (const void *copy), (copy))
COPY(cuMemcpy2DUnaligned_v2, (const void *copy), (copy))
COPY(cuMemcpy3D_v2, (const void *copy), (copy))
COPY(cuMemcpy3DPeer, (const void *copy), (copy))
COPY(cuMemsetD8_v2, (CUdeviceptr to, unsigned char value, size_t count), (to, value, count))
COPY(cuMemsetD16_v2, (CUdeviceptr to, unsigned short value, size_t count), (to, value, count))
COPY(cuMemsetD32_v2, (CUdeviceptr to, unsigned value, size_t count), (to, value, count))
COPY(cuMemsetD2D8_v2, (CUdeviceptr to, size_t pitch, unsigned char value, size_t width, size_t height),
     (to, pitch, value, width, height))
COPY(cuMemsetD2D16_v2, (CUdeviceptr to, size_t pitch, unsigned short value, size_t width, size_t height),
     (to, pitch, value, width, height))
COPY(cuMemsetD2D32_v2, (CUdeviceptr to, size_t pitch, unsigned value, size_t width, size_t height),
     (to, pitch, value, width, height))

#undef KERNEL_SHAPE
