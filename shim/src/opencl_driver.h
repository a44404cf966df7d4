/* OpenCL as the gate uses it: what struct ot_driver asks for. A context of the gate's is a device,
 * since that is what a command queue is on. */
#ifndef OT_OPENCL_DRIVER_H
#define OT_OPENCL_DRIVER_H

#include <stdbool.h>

#include "front.h"
#include "opencl_api.h"

extern const struct ot_need ot_opencl_needs[];

/* Called once these are there. */
void ot_opencl_driver_start(bool usable);

/* Makes itself known to the gate: with the first command queue, since programs ask for platforms
 * and devices that they do not use. */
void ot_opencl_claim(void);

/* Whether the gate asks this driver; in a program of two, the first that it used. */
bool ot_opencl_is_scheduled(void);

/* The device that the gate is called about, by the calling thread; NULL afterwards. */
void ot_opencl_use(cl_device_id device);

/* What a queue that was just made is on. False if the driver does not say. */
bool ot_opencl_describe(cl_command_queue queue, cl_device_id *device, bool *in_order);

#endif
