// The kernels of the simulated driver (shim/test/simcuda/module.c), for a real one.

extern "C" __global__ void empty() {}

// One thread at a time: not every machine has atomics on memory of the host.
extern "C" __global__ void add_one(volatile unsigned int *word) { *word = *word + 1; }

extern "C" __global__ void await_word(volatile unsigned int *word) {
  word[1] = 1;
  while (*word == 0) {
  }
}

static __device__ unsigned long long now() {
  unsigned long long nanos;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(nanos));
  return nanos;
}

extern "C" __global__ void busy(unsigned long long nanos) {
  unsigned long long start = now();
  while (now() - start < nanos) {
  }
}

extern "C" __global__ void fault() { *(volatile int *)8 = 1; }
