/*
 * The part of OpenCL's ABI that the shim uses, declared here so that it builds without OpenCL's
 * headers. Names and values are those of cl.h.
 */
#ifndef OT_OPENCL_API_H
#define OT_OPENCL_API_H

#include <stddef.h>
#include <stdint.h>

typedef int32_t cl_int;
typedef uint32_t cl_uint;
typedef uint64_t cl_bitfield;
typedef struct _cl_platform_id *cl_platform_id;
typedef struct _cl_device_id *cl_device_id;
typedef struct _cl_context *cl_context;
typedef struct _cl_command_queue *cl_command_queue;
typedef struct _cl_kernel *cl_kernel;
typedef struct _cl_mem *cl_mem;
typedef struct _cl_event *cl_event;

#define CL_SUCCESS 0
#define CL_INVALID_OPERATION (-59)

#define CL_COMPLETE 0
#define CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE ((cl_bitfield)1)

#define CL_DEVICE_TYPE_CPU ((cl_bitfield)2)
#define CL_DEVICE_TYPE_ALL ((cl_bitfield)0xFFFFFFFF)
#define CL_PLATFORM_NAME 0x0902
#define CL_DEVICE_TYPE 0x1000
#define CL_DEVICE_NAME 0x102B
#define CL_DEVICE_PLATFORM 0x1031
#define CL_DEVICE_PARENT_DEVICE 0x1042
#define CL_DEVICE_UUID_KHR 0x106A
#define CL_QUEUE_DEVICE 0x1091
#define CL_QUEUE_PROPERTIES 0x1093
#define CL_EVENT_COMMAND_QUEUE 0x11D0
#define CL_EVENT_COMMAND_EXECUTION_STATUS 0x11D3

#endif
