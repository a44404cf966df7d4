/* HIP as the gate uses it: what struct ot_driver asks for. A context of the gate's is a device. */
#ifndef OT_HIP_DRIVER_H
#define OT_HIP_DRIVER_H

#include <stdbool.h>

#include "front.h"

extern const struct ot_need ot_hip_needs[];

/* Called once these are there. */
void ot_hip_driver_start(bool usable);

/* Whether the gate asks this driver. */
bool ot_hip_is_scheduled(void);
/* Makes itself known to the gate: with the first command, since programs ask HIP for devices that
 * use another's. In a program of two drivers it is the first that it uses. */
bool ot_hip_claims(void);

/* The context of the calling thread's current device. */
void *ot_hip_context(void);

#endif
