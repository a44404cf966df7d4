/* The CUDA driver as the gate uses it: what struct ot_driver asks for. */
#ifndef OT_CUDA_DRIVER_H
#define OT_CUDA_DRIVER_H

#include <stdbool.h>

#include "cuda_api.h"
#include "front.h"

extern const struct ot_need ot_cuda_needs[];

/* Once these are there: makes itself known to the gate. */
void ot_cuda_driver_start(bool usable);

/* Whether the gate asks this driver. If not, CUDA may be what another one is made of, which calls
 * it from anywhere, also where the gate called that one. */
bool ot_cuda_is_scheduled(void);

/* The device's primary context if it is active, without retaining it; NULL otherwise. */
void *ot_cuda_primary_context(CUdevice device);
bool ot_cuda_primary_is_active(CUdevice device);

#endif
