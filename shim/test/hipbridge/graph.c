/* Capture and graphs. */
#include "bridge.h"

API hipError_t hipStreamBeginCapture(hipStream_t stream, hipStreamCaptureMode mode) {
  BOUND_TO(stream, cuda.StreamBeginCapture(STREAM(stream), (CUstreamCaptureMode)mode));
}

API hipError_t hipStreamEndCapture(hipStream_t stream, hipGraph_t *graph) {
  BOUND_TO(stream, cuda.StreamEndCapture(STREAM(stream), (CUgraph *)graph));
}

API hipError_t hipStreamIsCapturing(hipStream_t stream, hipStreamCaptureStatus *status) {
  BOUND_TO(stream, cuda.StreamIsCapturing(STREAM(stream), (CUstreamCaptureStatus *)status));
}

API hipError_t hipThreadExchangeStreamCaptureMode(hipStreamCaptureMode *mode) {
  HIP_TRY(bridge_start());
  return bridge_result(cuda.ThreadExchangeStreamCaptureMode((CUstreamCaptureMode *)mode));
}

API hipError_t hipGraphDestroy(hipGraph_t graph) { BOUND(cuda.GraphDestroy((CUgraph)graph)); }

API hipError_t hipGraphGetNodes(hipGraph_t graph, hipGraphNode_t *nodes, size_t *count) {
  BOUND(cuda.GraphGetNodes((CUgraph)graph, (CUgraphNode *)nodes, count));
}

API hipError_t hipGraphInstantiateWithFlags(hipGraphExec_t *executable, hipGraph_t graph,
                                            unsigned long long flags) {
  BOUND(cuda.GraphInstantiateWithFlags((CUgraphExec *)executable, (CUgraph)graph, flags));
}

API hipError_t hipGraphInstantiate(hipGraphExec_t *executable, hipGraph_t graph,
                                   hipGraphNode_t *error_node, char *log, size_t log_bytes) {
  (void)error_node;
  if (log && log_bytes)
    *log = '\0';
  return hipGraphInstantiateWithFlags(executable, graph, 0);
}

API hipError_t hipGraphLaunch(hipGraphExec_t executable, hipStream_t stream) {
  BOUND_TO(stream, cuda.GraphLaunch((CUgraphExec)executable, STREAM(stream)));
}

API hipError_t hipGraphExecDestroy(hipGraphExec_t executable) {
  BOUND(cuda.GraphExecDestroy((CUgraphExec)executable));
}

/* ---- with the thread's own default stream ---- */

API hipError_t hipStreamBeginCapture_spt(hipStream_t stream, hipStreamCaptureMode mode) {
  return hipStreamBeginCapture(OR_PER_THREAD(stream), mode);
}

API hipError_t hipStreamEndCapture_spt(hipStream_t stream, hipGraph_t *graph) {
  return hipStreamEndCapture(OR_PER_THREAD(stream), graph);
}

API hipError_t hipGraphLaunch_spt(hipGraphExec_t executable, hipStream_t stream) {
  return hipGraphLaunch(executable, OR_PER_THREAD(stream));
}
