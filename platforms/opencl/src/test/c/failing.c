/* An OpenCL library whose device is lost at the first kernel of no work items: it refuses that and
 * all later ones, as drivers do after a fault, and says of user events, too, that they failed.
 * Everything else is the real library's, which this one is linked with. */
#include <dlfcn.h>
#include <stddef.h>

#define CL_INVALID_COMMAND_QUEUE (-36)

typedef int enqueue(void *, void *, unsigned, const size_t *, const size_t *, const size_t *,
                    unsigned, void *const *, void **);
typedef int set_status(void *, int);
typedef int of_queue(void *);
enqueue clEnqueueNDRangeKernel;
set_status clSetUserEventStatus;
of_queue clReleaseCommandQueue;

static volatile int lost;

int clEnqueueNDRangeKernel(void *queue, void *kernel, unsigned dimensions, const size_t *offset,
                           const size_t *global, const size_t *local, unsigned waits,
                           void *const *list, void **event) {
  if (*global == 0)
    lost = 1;
  if (lost)
    return CL_INVALID_COMMAND_QUEUE;
  enqueue *real = (enqueue *)dlsym(RTLD_NEXT, "clEnqueueNDRangeKernel");
  return real(queue, kernel, dimensions, offset, global, local, waits, list, event);
}

/* What waits for the event runs all the same, or nobody could end. */
int clSetUserEventStatus(void *event, int status) {
  set_status *real = (set_status *)dlsym(RTLD_NEXT, "clSetUserEventStatus");
  int result = real(event, status);
  return lost ? CL_INVALID_COMMAND_QUEUE : result;
}

/* What was taken ends before the queue does, and the program: PoCL, still compiling a kernel while
 * the process takes its libraries down, crashes in them. */
int clReleaseCommandQueue(void *queue) {
  of_queue *finish = (of_queue *)dlsym(RTLD_NEXT, "clFinish");
  of_queue *real = (of_queue *)dlsym(RTLD_NEXT, "clReleaseCommandQueue");
  finish(queue);
  return real(queue);
}
