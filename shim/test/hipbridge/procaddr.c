/* hipGetProcAddress: the functions of this very library, by their names. */
#include "bridge.h"

#include <dlfcn.h>

API hipError_t hipGetProcAddress(const char *symbol, void **function, int version, uint64_t flags,
                                 hipDriverProcAddressQueryResult *status) {
  (void)version;
  (void)flags;
  if (!symbol || !function)
    return bridge_error(hipErrorInvalidValue);
  Dl_info own;
  void *library = dladdr(&cuda, &own) ? dlopen(own.dli_fname, RTLD_NOW | RTLD_NOLOAD) : NULL;
  *function = library ? bridge_symbol(library, symbol) : NULL;
  if (status)
    *status = *function ? HIP_GET_PROC_ADDRESS_SUCCESS : HIP_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
  return *function ? hipSuccess : bridge_error(hipErrorInvalidValue);
}
