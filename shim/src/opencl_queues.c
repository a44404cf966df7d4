#include "opencl_queues.h"

#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t adding = PTHREAD_MUTEX_INITIALIZER;
static struct ot_cl_queue *_Atomic queues; /* grows at its head, and never shrinks */

static struct ot_cl_queue *unused(void) {
  for (struct ot_cl_queue *queue = queues; queue; queue = queue->next) {
    if (!atomic_load(&queue->handle))
      return queue;
  }
  struct ot_cl_queue *queue = calloc(1, sizeof *queue);
  if (queue) {
    queue->next = queues;
    atomic_store(&queues, queue);
  }
  return queue;
}

void ot_cl_queue_add(cl_command_queue handle, cl_device_id device, bool in_order) {
  pthread_mutex_lock(&adding);
  struct ot_cl_queue *queue = unused();
  if (queue) {
    queue->device = device;
    queue->in_order = in_order;
    atomic_store(&queue->references, 1);
    atomic_store(&queue->handle, handle);
  }
  pthread_mutex_unlock(&adding);
}

struct ot_cl_queue *ot_cl_queue_find(cl_command_queue handle) {
  if (!handle)
    return NULL;
  for (struct ot_cl_queue *queue = atomic_load(&queues); queue; queue = queue->next) {
    if (atomic_load_explicit(&queue->handle, memory_order_acquire) == handle)
      return queue;
  }
  return NULL;
}

void ot_cl_queue_remove(struct ot_cl_queue *queue) { atomic_store(&queue->handle, NULL); }
