/* How a preloaded library gets between a program and a library that it loads at run time: by
 * answering dlsym. */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "preload.h"

#include "cuda_front.h"
#include "hip_front.h"
#include "opencl_front.h"

typedef void *dlsym_function(void *, const char *);

/* dlsym cannot be looked up by dlsym, which is ours; by version it can. These are all that glibc
 * ever gave it. */
static dlsym_function *find_real(void) {
  static const char *const versions[] = {"GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5"};
  for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
    void *found = dlvsym(RTLD_NEXT, "dlsym", versions[i]);
    if (found)
      return (dlsym_function *)found;
  }
  return NULL;
}

static dlsym_function *real_dlsym(void) {
  static dlsym_function *_Atomic known;
  dlsym_function *function = atomic_load_explicit(&known, memory_order_relaxed);
  if (!function)
    atomic_store_explicit(&known, function = find_real(), memory_order_relaxed);
  return function;
}

void *ot_real_dlsym(void *handle, const char *name) {
  dlsym_function *function = real_dlsym();
  /* It is us who ask, also where this is the last thing that our caller does: see below. */
  void *volatile found = function ? function(handle, name) : NULL;
  return found;
}

static void *front_dlsym(void *handle, const char *name) {
  return ot_cuda_is_name(name)  ? ot_cuda_symbol(handle, name)
         : ot_hip_is_name(name) ? ot_hip_symbol(handle, name)
                                : ot_opencl_symbol(handle, name);
}

static void *no_dlsym(void *handle, const char *name) {
  (void)handle;
  (void)name;
  return NULL;
}

/* Of all other names the answer is the real one's, to who really asked: libraries that are not
 * everybody's find by RTLD_DEFAULT what they are linked to. */
static bool is_fronted(const char *name) {
  return ot_cuda_is_name(name)  ? ot_cuda_has(name)
         : ot_hip_is_name(name) ? ot_hip_has(name)
                                : ot_opencl_is_name(name) && ot_opencl_has(name);
}

/*
 * dlsym asks who called it: RTLD_NEXT means the libraries behind the caller's. So the real one must
 * find our caller's address on the stack, not ours, which a jump does and a call does not. The
 * compiler makes one of a call in last position, but promises it to nobody; where there is no
 * promise to have, it is written out.
 */
__attribute__((used, visibility("hidden"))) dlsym_function *ot_choose_dlsym(void *handle,
                                                                            const char *name) {
  /* Who asks for the next one and stands before us finds ours, who stands behind us finds what is
   * behind him; but if there is none behind us, there is none at all. */
  if (name && is_fronted(name) && !(handle == RTLD_NEXT && ot_real_dlsym(RTLD_NEXT, name)))
    return front_dlsym;
  dlsym_function *function = real_dlsym();
  return function ? function : no_dlsym;
}

#if defined(__x86_64__)
__asm__(".text\n"
        ".globl dlsym\n"
        ".type dlsym, @function\n"
        "dlsym:\n"
        "  .cfi_startproc\n"
        "  endbr64\n"
        "  push %rdi\n"
        "  .cfi_adjust_cfa_offset 8\n"
        "  push %rsi\n"
        "  .cfi_adjust_cfa_offset 8\n"
        "  sub $8, %rsp\n"
        "  .cfi_adjust_cfa_offset 8\n"
        "  call ot_choose_dlsym\n"
        "  add $8, %rsp\n"
        "  .cfi_adjust_cfa_offset -8\n"
        "  pop %rsi\n"
        "  .cfi_adjust_cfa_offset -8\n"
        "  pop %rdi\n"
        "  .cfi_adjust_cfa_offset -8\n"
        "  jmp *%rax\n"
        "  .cfi_endproc\n"
        ".size dlsym, . - dlsym\n");
#elif defined(__aarch64__)
__asm__(".text\n"
        ".globl dlsym\n"
        ".type dlsym, %function\n"
        "dlsym:\n"
        "  stp x29, x30, [sp, #-32]!\n"
        "  stp x0, x1, [sp, #16]\n"
        "  bl ot_choose_dlsym\n"
        "  mov x16, x0\n"
        "  ldp x0, x1, [sp, #16]\n"
        "  ldp x29, x30, [sp], #32\n"
        "  br x16\n"
        ".size dlsym, . - dlsym\n");
#else
#error "dlsym must be passed on by a jump: write it for this processor"
#endif
