// The kernels of the simulated driver (shim/test/simcuda/module.c), for a real device: AMD's by hipRTC, and NVIDIA's by
// way of the bridge (shim/test/hipbridge), whose hipRTC is NVRTC.

extern "C" __global__ void empty() {}

// One thread at a time: not every machine has atomics on memory of the host.
extern "C" __global__ void add_one(volatile unsigned int *word) { *word = *word + 1; }

extern "C" __global__ void await_word(volatile unsigned int *word) {
  word[1] = 1;
  while (*word == 0) {
  }
}

static __device__ unsigned long long now() {
#ifdef __CUDACC_RTC__
  unsigned long long nanos;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(nanos));
  return nanos;
#else
  return 10 * wall_clock64(); // of 100 MHz on AMD's devices
#endif
}

extern "C" __global__ void busy(unsigned long long nanos) {
  unsigned long long start = now();
  while (now() - start < nanos) {
  }
}

extern "C" __global__ void fault() { *(volatile int *)8 = 1; }
