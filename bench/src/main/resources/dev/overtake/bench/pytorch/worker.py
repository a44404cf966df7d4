"""A PyTorch program with a latency-critical side, a batch side, or both in two threads.

It stands for the programs that people run: plain PyTorch on the current stream, and nothing in it
knows how its work is scheduled, but for the priority that the high side's thread gives itself when
asked to (--priority), for good or for each request. What it does when is said over one Unix socket a
side, in lines:

    high side   <- request N                 -> done N SERVICE_NANOS
    low side    <- start | stop              -> iterations COUNT MONOTONIC_NANOS, stopped
    both        <- (end of stream: end)      -> ready JSON | failed MESSAGE

A socket a side, so that the thread that serves requests blocks in the read of its own. Standard output
and standard error are for people. At the end of standard input the program ends, whatever it is
doing: so it never outlives the one that started it.
"""

import signal

# Ctrl-C in a terminal reaches every program there; when to end is for the one that started this to say.
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGHUP, signal.SIG_IGN)

import argparse
import contextlib
import ctypes
import json
import os
import platform
import re
import socket
import sys
import threading
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # also where Python is told to leave it out
writes_no_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # into a folder that is deleted

import overtake

sys.dont_write_bytecode = writes_no_bytecode

WARM_UP_PASSES = 8
IMAGE = (3, 224, 224)
CLASSES = 1000

# Models are built one after the other: the random weights come from one generator.
BUILDING = threading.Lock()


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--eager", action="store_true", help="neither traced nor frozen")
    parser.add_argument("--priority", type=int, help="that the high side's thread gives itself")
    parser.add_argument("--priority-per-request", action="store_true", help="and takes back after each request")
    parser.add_argument("--high-socket")
    parser.add_argument("--high-model", default="resnet18")
    parser.add_argument("--high-batch", type=int, default=1)
    parser.add_argument("--low-socket")
    parser.add_argument("--low-model", default="resnet50")
    parser.add_argument("--low-batch", type=int, default=256)
    parser.add_argument("--low-sync", type=int, default=20, help="iterations between synchronizations")
    parser.add_argument("--low-train", action="store_true", help="train instead of inferring")
    return parser.parse_args()


class Channel:
    """One side's socket: lines in, lines out."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(path)
        self.reader = self.socket.makefile("rb")

    def lines(self):
        return self.reader

    def say(self, text):
        self.socket.sendall(text.encode() + b"\n")


class Device:
    """Where the models run. PyTorch's current device is a thread's own: make it in the thread that uses it."""

    def __init__(self, name):
        import torch

        self.device = torch.device(name)
        self.gpu = self.device.type == "cuda"
        if self.gpu:
            if not torch.cuda.is_available():
                raise RuntimeError("PyTorch %s finds no GPU that it can use" % torch.__version__)
            if (self.device.index or 0) >= torch.cuda.device_count():
                raise RuntimeError("there is no %s, PyTorch finds %d GPU(s)" % (name, torch.cuda.device_count()))
            torch.cuda.set_device(self.device)

    def synchronize(self):
        if self.gpu:
            import torch

            torch.cuda.current_stream().synchronize()

    def describe(self):
        import torch
        import torchvision

        return {
            "pid": os.getpid(),
            "scheduled": overtake.active(),
            "deviceName": torch.cuda.get_device_name(self.device) if self.gpu else str(self.device),
            "pythonVersion": platform.python_version(),
            "torchVersion": torch.__version__,
            "torchvisionVersion": torchvision.__version__,
            "cudaVersion": torch.version.cuda if self.gpu else None,
            "cudnnVersion": str(torch.backends.cudnn.version()) if self.gpu else None,
            "driverVersion": driver_version() if self.gpu else None,
            "mps": mps_shares(self.device.index or 0) if self.gpu else None,
        }


def driver_version():
    try:
        with open("/proc/driver/nvidia/version", encoding="utf-8") as version:
            found = re.search(r"\d+\.\d+(\.\d+)?", version.read())
            return found.group(0) if found else None
    except OSError:
        return None


def mps_shares(ordinal):
    """Whether NVIDIA's MPS shares the device between processes; None if nobody says."""
    mps_enabled = 133  # CU_DEVICE_ATTRIBUTE_MPS_ENABLED
    device, shared = ctypes.c_int(), ctypes.c_int()
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return None
    known = driver.cuDeviceGet(ctypes.byref(device), ordinal) == 0
    known = known and driver.cuDeviceGetAttribute(ctypes.byref(shared), mps_enabled, device) == 0
    return bool(shared.value) if known else None


def network(name, seed):
    import torch
    import torchvision

    torch.manual_seed(seed)
    builder = getattr(torchvision.models, name, None)
    if not callable(builder):
        raise RuntimeError("torchvision %s has no model '%s'" % (torchvision.__version__, name))
    return builder(weights=None)


def images(batch, device):
    import torch

    return torch.randn(batch, *IMAGE, device=device.device)


def inference(name, batch, seed, eager, device):
    """One pass through a model that does not learn, as something to call."""
    import torch

    with torch.no_grad():
        model = network(name, seed).eval().to(device.device)
        x = images(batch, device)
        if not eager:
            model = torch.jit.freeze(torch.jit.trace(model, x))

    def run():
        with torch.no_grad():
            model(x)

    return run


def training(name, batch, seed, device):
    """One training step, as something to call."""
    import torch

    model = network(name, seed).train().to(device.device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
    criterion = torch.nn.CrossEntropyLoss()
    x = images(batch, device)
    labels = torch.randint(0, CLASSES, (batch,), device=device.device)

    def run():
        optimizer.zero_grad()
        loss = criterion(model(x), labels)
        loss.backward()
        optimizer.step()

    return run


def warm(run, device):
    for _ in range(WARM_UP_PASSES):
        run()
    device.synchronize()


def high_side(channel, options):
    with BUILDING:
        device = Device(options.device)
        run = inference(options.high_model, options.high_batch, options.seed, options.eager, device)
        warm(run, device)
    per_request = contextlib.nullcontext()
    if options.priority_per_request:
        per_request = overtake.priority(options.priority)
    elif options.priority is not None:
        overtake.set_priority(options.priority)
        warm(run, device)
    channel.say("ready " + json.dumps(device.describe()))
    for line in channel.lines():
        number = int(line.split()[1])
        begin = time.perf_counter_ns()
        with per_request:
            run()
            device.synchronize()
        channel.say("done %d %d" % (number, time.perf_counter_ns() - begin))


def low_side(channel, options):
    with BUILDING:
        device = Device(options.device)
        if options.low_train:
            run = training(options.low_model, options.low_batch, options.seed + 1, device)
        else:
            run = inference(options.low_model, options.low_batch, options.seed + 1, options.eager, device)
        warm(run, device)
    channel.say("ready " + json.dumps(device.describe()))
    starts, running = threading.Semaphore(0), threading.Event()
    threading.Thread(target=obey, args=(channel, starts, running), daemon=True).start()
    while True:
        starts.acquire()  # each is answered by 'stopped', also where the stop came right behind it
        iterations = 0
        while running.is_set():
            for _ in range(options.low_sync):
                run()
            device.synchronize()
            iterations += options.low_sync
            channel.say("iterations %d %d" % (iterations, time.clock_gettime_ns(time.CLOCK_MONOTONIC)))
        channel.say("stopped")


def obey(channel, starts, running):
    """Turns what the low side is told into what its loop looks at, so that it never waits for a message."""
    for line in channel.lines():
        if line == b"start\n":
            running.set()
            starts.release()
        elif line == b"stop\n":
            running.clear()
    end(0)


def side(work, path, options):
    channel = Channel(path)
    try:
        work(channel, options)
        end(0)
    except BrokenPipeError:
        end(0)
    except BaseException as failure:  # Whatever it is, the other end must hear of it.
        traceback.print_exc()
        lines = str(failure).strip().splitlines()
        advice = ""
        if isinstance(failure, ImportError):
            advice = "; install PyTorch and torchvision, or name a Python that has them with --python"
        channel.say("failed %s: %s%s" % (type(failure).__name__, lines[0] if lines else "no message", advice))
        end(1)


def end(status):
    """Ends the program at once: a driver's clean-up may wait for work that nobody wants any more."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def end_with_input():
    while sys.stdin.buffer.read(1):
        pass
    end(0)


def main():
    options = arguments()
    threading.Thread(target=end_with_input, daemon=True).start()
    threads = []
    if options.high_socket:
        high = (high_side, options.high_socket, options)
        threads.append(threading.Thread(target=side, args=high, name="bench-high"))
    if options.low_socket:
        low = (low_side, options.low_socket, options)
        threads.append(threading.Thread(target=side, args=low, name="bench-low"))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


main()
