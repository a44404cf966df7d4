"""A stand-in for PyTorch in tests: as much of its surface as the workers' program touches.

Models sleep instead of computing, and a 'GPU' is a clock: an asynchronous pass moves the moment at which
the device will be free, and synchronize() sleeps until then. STUB_FAULT in the environment makes it
fail in the ways in which the real one does.
"""

import json
import os
import sys
import threading
import time

__version__ = "0.0.0+stub"

FAULT = os.environ.get("STUB_FAULT", "")
LOCK = threading.Lock()
free_at = 0.0


def launch(seconds):
    """Puts work behind what the device has to do already."""
    global free_at
    with LOCK:
        free_at = max(free_at, time.monotonic()) + seconds


def fault(name):
    return FAULT == name


if fault("missing"):
    raise ModuleNotFoundError("No module named 'torch'")
if fault("hang"):
    threading.Event().wait()
if fault("garbage"):
    json.dumps = lambda value: "not JSON"


class device:
    def __init__(self, name):
        self.type, _, index = name.partition(":")
        self.index = int(index) if index else None

    def __str__(self):
        return self.type


class no_grad:
    def __enter__(self):
        return self

    def __exit__(self, *failure):
        return False


class Tensor:
    def __init__(self, batch):
        self.batch = batch

    def backward(self):
        launch(0.0001)


def randn(batch, *shape, device=None):
    return Tensor(batch)


def randint(low, high, size, device=None):
    return Tensor(size[0])


def manual_seed(seed):
    pass


class Model:
    def __init__(self):
        self.calls = 0

    def eval(self):
        return self

    def train(self):
        return self

    def to(self, device):
        if fault("memory") and "--low-socket" in sys.argv:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB\nmore about it")
        return self

    def parameters(self):
        return []

    def __call__(self, x):
        self.calls += 1
        if self.calls == 1:
            sys.stdout.write("a stray print\n")  # in one piece: others write there, too
            if os.environ.get("OVERTAKE_PRIORITY"):
                sys.stderr.write("overtake: a line of the shim\n")
        if fault("die") and "--high-socket" not in sys.argv and self.calls > 12_000:
            print("Segmentation fault of the stub", file=sys.stderr, flush=True)
            os._exit(11)
        launch(0.0002)
        return x


class jit:
    @staticmethod
    def trace(model, x):
        return model

    @staticmethod
    def freeze(model):
        return model


class nn:
    @staticmethod
    def CrossEntropyLoss():
        return lambda output, labels: output


class optim:
    class SGD:
        def __init__(self, parameters, lr):
            pass

        def zero_grad(self):
            pass

        def step(self):
            launch(0.0001)


class version:
    cuda = "0.0"


class backends:
    class cudnn:
        @staticmethod
        def version():
            return 0


class cuda:
    class Stream:
        @staticmethod
        def synchronize():
            remaining = free_at - time.monotonic()
            if remaining > 0:
                time.sleep(remaining)

    @staticmethod
    def is_available():
        return not fault("no-gpu")

    @staticmethod
    def device_count():
        return 1

    @staticmethod
    def set_device(device):
        pass

    @staticmethod
    def current_stream():
        return cuda.Stream

    @staticmethod
    def get_device_name(device):
        return "Stub GPU"
