/*
 * The command queues of the program: only those that it made through the shim are scheduled, since
 * of any other nobody would tell when it ends.
 *
 * Any thread may call these. Looking one up takes no lock.
 */
#ifndef OT_OPENCL_QUEUES_H
#define OT_OPENCL_QUEUES_H

#include <stdatomic.h>
#include <stdbool.h>

#include "opencl_api.h"

struct ot_cl_queue {
  _Atomic cl_command_queue handle; /* NULL: it has ended, and the entry is to be used again */
  cl_device_id device;
  bool in_order;
  _Atomic unsigned references; /* the program's own; the driver counts others beside */
  struct ot_cl_queue *next;
};

void ot_cl_queue_add(cl_command_queue handle, cl_device_id device, bool in_order);
/* NULL if it is not known. */
struct ot_cl_queue *ot_cl_queue_find(cl_command_queue handle);
void ot_cl_queue_remove(struct ot_cl_queue *queue);

#endif
