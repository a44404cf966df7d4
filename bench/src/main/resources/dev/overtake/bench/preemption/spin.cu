// Kernels that do nothing but last, by the device's clock. The simulated driver knows them by their names.

static __device__ unsigned long long now() {
  unsigned long long nanos;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(nanos));
  return nanos;
}

static __device__ void spin(unsigned long long nanos) {
  unsigned long long start = now();
  while (now() - start < nanos) {
  }
}

extern "C" __global__ void busy(unsigned long long nanos) { spin(nanos); }

// In memory of the host.
struct Counted {
  unsigned long long nanos;
  unsigned int begun;
  unsigned int ended;
};

extern "C" __global__ void counted(volatile Counted *counted) {
  counted->begun = counted->begun + 1;
  __threadfence_system();
  spin(counted->nanos);
  counted->ended = counted->ended + 1;
}
