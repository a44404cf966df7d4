"""An unmodified OpenCL program by pyopencl, as either side of scripts/bench-opencl.

    opencl.py calibrate MICROS             prints how many iterations a kernel of so long has
    opencl.py requests ITERATIONS KERNELS SECONDS RATE
    opencl.py batch ITERATIONS KERNELS     until standard input ends

The last two print "ready" once they have computed a pass, and begin when they are given a line. At their end they print one of
JSON: of requests the latencies in ms, from when each was due; of batch the passes and the seconds that they took; of both the
digests of what was computed, one if all is well.
"""

import hashlib
import json
import select
import sys
import time

import numpy
import pyopencl

ITEMS, GROUP = 1024, 64
WARM_UP_PASSES = 3
SOURCE = """
kernel void work(global float *x, int iterations) {
  float y = x[get_global_id(0)];
  for (int i = 0; i < iterations; i++) y = y * 0.999f + 0.5f;
  x[get_global_id(0)] = y;
}
"""


class Pass:
    """Always the same: from a start that is written, by kernels, to a result that is read."""

    def __init__(self, iterations, kernels):
        context = pyopencl.Context([pyopencl.get_platforms()[0].get_devices()[0]])
        self.queue = pyopencl.CommandQueue(context)
        self.start = numpy.arange(ITEMS, dtype=numpy.float32)
        self.result = numpy.empty_like(self.start)
        self.buffer = pyopencl.Buffer(context, pyopencl.mem_flags.READ_WRITE, self.start.nbytes)
        self.kernel = pyopencl.Program(context, SOURCE).build().work
        self.kernel.set_args(self.buffer, numpy.int32(iterations))
        self.kernels = kernels
        self.digests = set()

    def run(self):
        pyopencl.enqueue_copy(self.queue, self.buffer, self.start, is_blocking=False)
        for _ in range(self.kernels):
            pyopencl.enqueue_nd_range_kernel(self.queue, self.kernel, (ITEMS,), (GROUP,))
        pyopencl.enqueue_copy(self.queue, self.result, self.buffer)
        self.digests.add(hashlib.sha256(self.result.tobytes()).hexdigest())

    def warm_up(self):
        for _ in range(WARM_UP_PASSES):
            self.run()
        print("ready", flush=True)
        sys.stdin.readline()


def calibrate(micros):
    iterations, kernels = 1000, 20
    while True:
        work = Pass(iterations, kernels)
        work.run()
        seconds = min(timed(work.run) for _ in range(5)) / kernels
        if seconds > micros / 4e6:
            return round(iterations * micros / 1e6 / seconds)
        iterations *= 4


def timed(call):
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def requests(iterations, kernels, seconds, rate):
    work = Pass(iterations, kernels)
    work.warm_up()
    begin, latencies = time.perf_counter(), []
    for i in range(round(seconds * rate)):
        due = begin + i / rate
        time.sleep(max(0, due - time.perf_counter()))
        work.run()
        latencies.append((time.perf_counter() - due) * 1000)
    return {"latenciesMs": latencies, "digests": sorted(work.digests)}


def batch(iterations, kernels):
    work = Pass(iterations, kernels)
    work.warm_up()
    begin, passes = time.perf_counter(), 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        work.run()
        passes += 1
    return {"passes": passes, "seconds": time.perf_counter() - begin, "digests": sorted(work.digests)}


def main():
    role, numbers = sys.argv[1], [float(word) for word in sys.argv[2:]]
    if role == "calibrate":
        print(calibrate(*numbers))
    elif role == "requests":
        print(json.dumps(requests(int(numbers[0]), int(numbers[1]), *numbers[2:])))
    else:
        print(json.dumps(batch(*map(int, numbers))))


main()
