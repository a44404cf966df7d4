/* Devices, and what is to be known about them. */
#include "bridge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERSION 60300000 /* as HIP of ROCm 6.3 says it */

API hipError_t hipInit(unsigned int flags) {
  return flags ? bridge_error(hipErrorInvalidValue) : bridge_result(bridge_start());
}

static hipError_t get_version(int *version) {
  if (!version)
    return bridge_error(hipErrorInvalidValue);
  const char *asked = getenv("HIPBRIDGE_VERSION");
  *version = asked ? atoi(asked) : VERSION;
  return hipSuccess;
}

API hipError_t hipDriverGetVersion(int *version) { return get_version(version); }
API hipError_t hipRuntimeGetVersion(int *version) { return get_version(version); }

API hipError_t hipGetDeviceCount(int *count) {
  if (!count)
    return bridge_error(hipErrorInvalidValue);
  *count = 0;
  HIP_TRY(bridge_start());
  return bridge_result(cuda.DeviceGetCount(count));
}

API hipError_t hipGetDevice(int *device) {
  if (!device)
    return bridge_error(hipErrorInvalidValue);
  HIP_TRY(bridge_start());
  *device = bridge_device;
  return hipSuccess;
}

API hipError_t hipSetDevice(int device) {
  CUdevice found;
  HIP_TRY(bridge_start());
  HIP_TRY(cuda.DeviceGet(&found, device));
  bridge_device = device;
  return hipSuccess;
}

API hipError_t hipDeviceGet(hipDevice_t *device, int ordinal) {
  HIP_TRY(bridge_start());
  return bridge_result(cuda.DeviceGet(device, ordinal));
}

API hipError_t hipDeviceGetName(char *name, int length, hipDevice_t device) {
  HIP_TRY(bridge_start());
  return bridge_result(cuda.DeviceGetName(name, length, device));
}

API hipError_t hipDeviceGetUuid(hipUUID *uuid, hipDevice_t device) {
  HIP_TRY(bridge_start());
  return bridge_result(cuda.DeviceGetUuid((CUuuid *)uuid, device));
}

API hipError_t hipDeviceGetPCIBusId(char *id, int length, int device) {
  HIP_TRY(bridge_start());
  return bridge_result(cuda.DeviceGetPCIBusId(id, length, device));
}

API hipError_t hipDeviceTotalMem(size_t *bytes, hipDevice_t device) {
  HIP_TRY(bridge_start());
  return bridge_result(cuda.DeviceTotalMem(bytes, device));
}

API hipError_t hipDeviceGetStreamPriorityRange(int *least, int *greatest) {
  HIP_TRY(bridge_bind());
  return bridge_result(cuda.CtxGetStreamPriorityRange(least, greatest));
}

API hipError_t hipDeviceSynchronize(void) {
  HIP_TRY(bridge_bind());
  return bridge_result(cuda.CtxSynchronize());
}

static const struct {
  hipDeviceAttribute_t hip;
  CUdevice_attribute cuda;
} attributes[] = {
    {hipDeviceAttributeAsyncEngineCount, CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT},
    {hipDeviceAttributeCanMapHostMemory, CU_DEVICE_ATTRIBUTE_CAN_MAP_HOST_MEMORY},
    {hipDeviceAttributeCanUseHostPointerForRegisteredMem,
     CU_DEVICE_ATTRIBUTE_CAN_USE_HOST_POINTER_FOR_REGISTERED_MEM},
    {hipDeviceAttributeComputeMode, CU_DEVICE_ATTRIBUTE_COMPUTE_MODE},
    {hipDeviceAttributeConcurrentKernels, CU_DEVICE_ATTRIBUTE_CONCURRENT_KERNELS},
    {hipDeviceAttributeCooperativeLaunch, CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH},
    {hipDeviceAttributeIntegrated, CU_DEVICE_ATTRIBUTE_INTEGRATED},
    {hipDeviceAttributeComputeCapabilityMajor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR},
    {hipDeviceAttributeManagedMemory, CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY},
    {hipDeviceAttributeMaxThreadsPerBlock, CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK},
    {hipDeviceAttributeComputeCapabilityMinor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR},
    {hipDeviceAttributeMultiprocessorCount, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT},
    {hipDeviceAttributePciBusId, CU_DEVICE_ATTRIBUTE_PCI_BUS_ID},
    {hipDeviceAttributePciDeviceId, CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID},
    {hipDeviceAttributePciDomainID, CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID},
    {hipDeviceAttributeStreamPrioritiesSupported, CU_DEVICE_ATTRIBUTE_STREAM_PRIORITIES_SUPPORTED},
    {hipDeviceAttributeUnifiedAddressing, CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING},
    {hipDeviceAttributeWarpSize, CU_DEVICE_ATTRIBUTE_WARP_SIZE},
    {hipDeviceAttributeMemoryPoolsSupported, CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED},
    {hipDeviceAttributeCanUseStreamWaitValue, CU_DEVICE_ATTRIBUTE_CAN_USE_64_BIT_STREAM_MEM_OPS},
};

API hipError_t hipDeviceGetAttribute(int *value, hipDeviceAttribute_t attribute, int device) {
  HIP_TRY(bridge_start());
  for (size_t i = 0; value && i < sizeof attributes / sizeof *attributes; i++) {
    if (attributes[i].hip == attribute)
      return bridge_result(cuda.DeviceGetAttribute(value, attributes[i].cuda, device));
  }
  return bridge_error(hipErrorInvalidValue);
}

/* Properties, in the layout of before ROCm 6 and in that from then on */

enum layout { R0000, R0600, LAYOUTS };

static const size_t bytes_of_all[LAYOUTS] = {HIP_PROPERTIES_BYTES, HIP_PROPERTIES_R0600_BYTES};

#define PLACE(member, old, new) static const size_t place_of_##member[LAYOUTS] = {old, new};
HIP_PROPERTIES(PLACE)
#undef PLACE

static hipError_t get_properties(void *properties, enum layout layout, int device) {
  const struct {
    const size_t *place;
    CUdevice_attribute attribute;
  } numbers[] = {
      {place_of_warpSize, CU_DEVICE_ATTRIBUTE_WARP_SIZE},
      {place_of_maxThreadsPerBlock, CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK},
      {place_of_major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR},
      {place_of_minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR},
      {place_of_multiProcessorCount, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT},
      {place_of_concurrentKernels, CU_DEVICE_ATTRIBUTE_CONCURRENT_KERNELS},
      {place_of_pciDomainID, CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID},
      {place_of_pciBusID, CU_DEVICE_ATTRIBUTE_PCI_BUS_ID},
      {place_of_pciDeviceID, CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID},
      {place_of_canMapHostMemory, CU_DEVICE_ATTRIBUTE_CAN_MAP_HOST_MEMORY},
      {place_of_integrated, CU_DEVICE_ATTRIBUTE_INTEGRATED},
      {place_of_cooperativeLaunch, CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH},
  };
  HIP_TRY(bridge_start());
  if (!properties)
    return bridge_error(hipErrorInvalidValue);
  char *all = properties;
  memset(all, 0, bytes_of_all[layout]);
  HIP_TRY(cuda.DeviceGetName(all, 256, device));
  HIP_TRY(cuda.DeviceTotalMem((size_t *)(all + place_of_totalGlobalMem[layout]), device));
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    HIP_TRY(cuda.DeviceGetAttribute((int *)(all + numbers[i].place[layout]), numbers[i].attribute,
                                    device));
  snprintf(all + place_of_gcnArchName[layout], 256, "sm_%d%d",
           *(int *)(all + place_of_major[layout]), *(int *)(all + place_of_minor[layout]));
  return hipSuccess;
}

#ifdef HIPBRIDGE_CHECK_ABI
#if HIP_VERSION_MAJOR < 6
#define PLACE(member, old, new)                                                                    \
  _Static_assert(offsetof(hipDeviceProp_t, member) == old, "place of " #member);
_Static_assert(sizeof(hipDeviceProp_t) == HIP_PROPERTIES_BYTES, "all properties");
#else
#define PLACE(member, old, new)                                                                    \
  _Static_assert(offsetof(hipDeviceProp_tR0600, member) == new, "place of " #member);
_Static_assert(sizeof(hipDeviceProp_tR0600) == HIP_PROPERTIES_R0600_BYTES, "all properties");
#endif
HIP_PROPERTIES(PLACE)
#else

hipError_t hipGetDeviceProperties(void *properties, int device);
API hipError_t hipGetDeviceProperties(void *properties, int device) {
  return get_properties(properties, R0000, device);
}

hipError_t hipGetDevicePropertiesR0600(void *properties, int device);
API hipError_t hipGetDevicePropertiesR0600(void *properties, int device) {
  return get_properties(properties, R0600, device);
}
#endif
