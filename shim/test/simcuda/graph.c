/*
 * Graphs. A launch is one operation of its stream, which runs the nodes one after the other in an
 * order that their edges allow: the order of their creation, since a node can only depend on older
 * ones. Other processes and streams get their turns between nodes. Nodes that could run side by
 * side do not: a node that waits for a value holds up the nodes after it, edge or not.
 */
#include <stdlib.h>
#include <string.h>

#include "simcuda.h"

#define GRAPH_MAGIC 0x47525048 /* "GRPH" */
#define EXEC_MAGIC 0x47455845  /* "GEXE" */

struct CUgraphNode_st {
  Work work;
  CUgraphNode next; /* younger */
  size_t afterCount;
  CUgraphNode after[];
};

struct CUgraph_st {
  uint32_t magic;
  CUgraphNode first, last;
  size_t count;
};

struct CUgraphExec_st {
  uint32_t magic;
  _Atomic int references;
  size_t count;
  Work work[];
};

static bool graph_valid(CUgraph graph) { return graph != NULL && graph->magic == GRAPH_MAGIC; }
static bool exec_valid(CUgraphExec exec) { return exec != NULL && exec->magic == EXEC_MAGIC; }

/* ---- graphs ---- */

CUresult graph_new(CUgraph *graph) {
  *graph = calloc(1, sizeof **graph);
  if (*graph == NULL) {
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  (*graph)->magic = GRAPH_MAGIC;
  return CUDA_SUCCESS;
}

void graph_free(CUgraph graph) {
  CUgraphNode node = graph->first;
  while (node != NULL) {
    CUgraphNode next = node->next;
    work_release(&node->work);
    free(node);
    node = next;
  }
  graph->magic = 0;
  free(graph);
}

CUresult graph_add(CUgraph graph, const CUgraphNode *after, size_t count, Work work,
                   CUgraphNode *node) {
  CUgraphNode made = calloc(1, sizeof *made + count * sizeof *after);
  if (made == NULL) {
    work_release(&work);
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  made->work = work;
  made->afterCount = count;
  if (count > 0) {
    memcpy(made->after, after, count * sizeof *after);
  }
  if (graph->first == NULL) {
    graph->first = made;
  } else {
    graph->last->next = made;
  }
  graph->last = made;
  graph->count++;
  *node = made;
  return CUDA_SUCCESS;
}

static bool among(CUgraphNode node, const CUgraphNode *nodes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (nodes[i] == node) {
      return true;
    }
  }
  return false;
}

static bool has_successor(CUgraphNode node) {
  for (CUgraphNode other = node->next; other != NULL; other = other->next) {
    if (among(node, other->after, other->afterCount)) {
      return true;
    }
  }
  return false;
}

bool graph_has_node_beyond(CUgraph graph, const CUgraphNode *ends, size_t count) {
  for (CUgraphNode node = graph->first; node != NULL; node = node->next) {
    if (!has_successor(node) && !among(node, ends, count)) {
      return true;
    }
  }
  return false;
}

API CUresult cuGraphCreate(CUgraph *graph, unsigned int flags) {
  ENTER("cuGraphCreate");
  return flags == 0 ? graph_new(graph) : CUDA_ERROR_INVALID_VALUE;
}

API CUresult cuGraphDestroy(CUgraph graph) {
  ENTER("cuGraphDestroy");
  if (!graph_valid(graph)) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  graph_free(graph);
  return CUDA_SUCCESS;
}

/* Takes the work over, whatever the result. */
static CUresult add_node(CUgraph graph, const CUgraphNode *after, size_t count, Work work,
                         CUgraphNode *node) {
  if (!graph_valid(graph) || node == NULL || (count > 0 && after == NULL)) {
    work_release(&work);
    return CUDA_ERROR_INVALID_VALUE;
  }
  return graph_add(graph, after, count, work, node);
}

static CUresult add_kernel(CUgraphNode *node, CUgraph graph, const CUgraphNode *after, size_t count,
                           CUfunction function, void **params, void **extra) {
  ENTER("cuGraphAddKernelNode");
  Work work;
  TRY(work_kernel(&work, function, params, extra));
  return add_node(graph, after, count, work, node);
}

API CUresult cuGraphAddKernelNode(CUgraphNode *node, CUgraph graph, const CUgraphNode *after,
                                  size_t count, const CUDA_KERNEL_NODE_PARAMS_v1 *params) {
  return add_kernel(node, graph, after, count, params->func, params->kernelParams, params->extra);
}

API CUresult cuGraphAddKernelNode_v2(CUgraphNode *node, CUgraph graph, const CUgraphNode *after,
                                     size_t count, const CUDA_KERNEL_NODE_PARAMS *params) {
  return add_kernel(node, graph, after, count, params->func, params->kernelParams, params->extra);
}

API CUresult cuGraphAddHostNode(CUgraphNode *node, CUgraph graph, const CUgraphNode *after,
                                size_t count, const CUDA_HOST_NODE_PARAMS *params) {
  ENTER("cuGraphAddHostNode");
  Work work = {.kind = WORK_HOST, .host = {.function = params->fn, .data = params->userData}};
  return add_node(graph, after, count, work, node);
}

API CUresult cuGraphAddEmptyNode(CUgraphNode *node, CUgraph graph, const CUgraphNode *after,
                                 size_t count) {
  ENTER("cuGraphAddEmptyNode");
  return add_node(graph, after, count, (Work){.kind = WORK_NOTHING}, node);
}

/* One slice of memory that is not an array. */
API CUresult cuGraphAddMemcpyNode(CUgraphNode *node, CUgraph graph, const CUgraphNode *after,
                                  size_t count, const CUDA_MEMCPY3D *what, CUcontext context) {
  ENTER("cuGraphAddMemcpyNode");
  TRY(context_usable(context));
  if (what->Depth != 1 || what->srcZ != 0 || what->dstZ != 0 ||
      what->srcMemoryType == CU_MEMORYTYPE_ARRAY || what->dstMemoryType == CU_MEMORYTYPE_ARRAY) {
    return CUDA_ERROR_NOT_SUPPORTED;
  }
  const char *src = what->srcMemoryType == CU_MEMORYTYPE_HOST
                        ? what->srcHost
                        : (const void *)(uintptr_t)what->srcDevice;
  char *dst = what->dstMemoryType == CU_MEMORYTYPE_HOST ? what->dstHost
                                                        : (void *)(uintptr_t)what->dstDevice;
  Work work = {.kind = WORK_COPY,
               .copy = {.dst = dst + what->dstY * what->dstPitch + what->dstXInBytes,
                        .src = src + what->srcY * what->srcPitch + what->srcXInBytes,
                        .dstPitch = what->dstPitch,
                        .srcPitch = what->srcPitch,
                        .width = what->WidthInBytes,
                        .height = what->Height}};
  return add_node(graph, after, count, work, node);
}

API CUresult cuGraphAddBatchMemOpNode(CUgraphNode *node, CUgraph graph, const CUgraphNode *after,
                                      size_t count, const CUDA_BATCH_MEM_OP_NODE_PARAMS *params) {
  ENTER("cuGraphAddBatchMemOpNode");
  TRY(mem_ops_check(params->paramArray, params->count));
  Work work;
  TRY(work_mem_ops(&work, params->paramArray, params->count));
  return add_node(graph, after, count, work, node);
}

API CUresult cuGraphGetNodes(CUgraph graph, CUgraphNode *nodes, size_t *count) {
  ENTER("cuGraphGetNodes");
  if (!graph_valid(graph) || count == NULL) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (nodes == NULL) {
    *count = graph->count;
    return CUDA_SUCCESS;
  }
  size_t i = 0;
  for (CUgraphNode node = graph->first; node != NULL && i < *count; node = node->next) {
    nodes[i++] = node;
  }
  *count = i;
  return CUDA_SUCCESS;
}

API CUresult cuGraphNodeGetType(CUgraphNode node, CUgraphNodeType *type) {
  ENTER("cuGraphNodeGetType");
  static const CUgraphNodeType types[] = {
      [WORK_NOTHING] = CU_GRAPH_NODE_TYPE_EMPTY,
      [WORK_KERNEL] = CU_GRAPH_NODE_TYPE_KERNEL,
      [WORK_COPY] = CU_GRAPH_NODE_TYPE_MEMCPY,
      [WORK_FILL] = CU_GRAPH_NODE_TYPE_MEMSET,
      [WORK_HOST] = CU_GRAPH_NODE_TYPE_HOST,
      [WORK_CALLBACK] = CU_GRAPH_NODE_TYPE_HOST,
      [WORK_RECORD] = CU_GRAPH_NODE_TYPE_EVENT_RECORD,
      [WORK_WAIT_EVENT] = CU_GRAPH_NODE_TYPE_WAIT_EVENT,
      [WORK_MEMOPS] = CU_GRAPH_NODE_TYPE_BATCH_MEM_OP,
      [WORK_FREE] = CU_GRAPH_NODE_TYPE_MEM_FREE,
      [WORK_GRAPH] = CU_GRAPH_NODE_TYPE_GRAPH,
  };
  if (node == NULL) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  *type = types[node->work.kind];
  return CUDA_SUCCESS;
}

/* ---- executable graphs ---- */

static CUresult instantiate(const char *name, CUgraphExec *exec, CUgraph graph) {
  ENTER(name);
  if (!graph_valid(graph) || exec == NULL) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  CUgraphExec made = calloc(1, sizeof *made + graph->count * sizeof(Work));
  if (made == NULL) {
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  made->magic = EXEC_MAGIC;
  made->references = 1;
  for (CUgraphNode node = graph->first; node != NULL; node = node->next) {
    CUresult result = work_copy(&made->work[made->count], &node->work);
    if (result != CUDA_SUCCESS) {
      graph_release(made);
      return result;
    }
    made->count++;
  }
  *exec = made;
  return CUDA_SUCCESS;
}

API CUresult cuGraphInstantiate(CUgraphExec *exec, CUgraph graph, CUgraphNode *errorNode, char *log,
                                size_t logBytes) {
  (void)errorNode;
  (void)log;
  (void)logBytes;
  return instantiate("cuGraphInstantiate", exec, graph);
}

API CUresult cuGraphInstantiate_v2(CUgraphExec *exec, CUgraph graph, CUgraphNode *errorNode,
                                   char *log, size_t logBytes) {
  (void)errorNode;
  (void)log;
  (void)logBytes;
  return instantiate("cuGraphInstantiate", exec, graph);
}

API CUresult cuGraphInstantiateWithFlags(CUgraphExec *exec, CUgraph graph,
                                         unsigned long long flags) {
  (void)flags;
  return instantiate("cuGraphInstantiateWithFlags", exec, graph);
}

API CUresult cuGraphInstantiateWithParams(CUgraphExec *exec, CUgraph graph,
                                          CUDA_GRAPH_INSTANTIATE_PARAMS *params) {
  CUresult result = instantiate("cuGraphInstantiateWithParams", exec, graph);
  params->hErrNode_out = NULL;
  params->result_out =
      result == CUDA_SUCCESS ? CUDA_GRAPH_INSTANTIATE_SUCCESS : CUDA_GRAPH_INSTANTIATE_ERROR;
  return result;
}

API CUresult cuGraphInstantiateWithParams_ptsz(CUgraphExec *exec, CUgraph graph,
                                               CUDA_GRAPH_INSTANTIATE_PARAMS *params) {
  return cuGraphInstantiateWithParams(exec, graph, params);
}

CUgraphExec graph_retain(CUgraphExec exec) {
  atomic_fetch_add(&exec->references, 1);
  return exec;
}

void graph_release(CUgraphExec exec) {
  if (atomic_fetch_sub(&exec->references, 1) == 1) {
    for (size_t i = 0; i < exec->count; i++) {
      work_release(&exec->work[i]);
    }
    exec->magic = 0;
    free(exec);
  }
}

API CUresult cuGraphExecDestroy(CUgraphExec exec) {
  ENTER("cuGraphExecDestroy");
  if (!exec_valid(exec)) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  graph_release(exec);
  return CUDA_SUCCESS;
}

/* Copies nothing: there is nowhere to upload to. */
static CUresult upload(CUgraphExec exec, CUstream handle, DefaultStream which) {
  ENTER("cuGraphUpload");
  CUstream stream;
  TRY(stream_resolve(handle, which, &stream));
  return exec_valid(exec) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

API CUresult cuGraphUpload(CUgraphExec exec, CUstream stream) {
  return upload(exec, stream, LEGACY);
}

API CUresult cuGraphUpload_ptsz(CUgraphExec exec, CUstream stream) {
  return upload(exec, stream, PER_THREAD);
}

static CUresult launch(CUgraphExec exec, CUstream handle, DefaultStream which) {
  ENTER("cuGraphLaunch");
  CUstream stream;
  TRY(stream_resolve(handle, which, &stream));
  if (!exec_valid(exec)) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  Work work = {.kind = WORK_GRAPH, .graph = graph_retain(exec)};
  return stream_submit(stream, work, NULL);
}

API CUresult cuGraphLaunch(CUgraphExec exec, CUstream stream) {
  return launch(exec, stream, LEGACY);
}

API CUresult cuGraphLaunch_ptsz(CUgraphExec exec, CUstream stream) {
  return launch(exec, stream, PER_THREAD);
}

uint64_t graph_run(CUstream stream, CUgraphExec exec, int tid, uint64_t ready) {
  for (size_t i = 0; i < exec->count && stream->context->error == CUDA_SUCCESS; i++) {
    ready = work_run(stream, &exec->work[i], tid, ready);
  }
  return ready;
}
