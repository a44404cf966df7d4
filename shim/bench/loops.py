"""Loops of a PyTorch program that does nothing else, to see what the shim costs it. scripts/bench-alone runs them.

    loops.py LOOP DEVICE

Says "ready" when it is warm; then, for each line SECONDS on standard input, works for that long and says what it took:
"COUNT NANOSECONDS", from a device that was idle to one that is idle again. Ends at the end of standard input.

A loop is what it does again and again, how often before it waits for the device, and for how many seconds it rests before
that; rests do not count.
"""

import sys
import time

import torch
import torchvision


def inference(device, batch=256):
    """Large kernels, one thread launching far ahead of the device."""
    with torch.no_grad():
        x = torch.randn(batch, 3, 224, 224, device=device)
        model = torchvision.models.resnet50(weights=None).eval().to(device)
        model = torch.jit.freeze(torch.jit.trace(model, x))

    def iterate():
        with torch.no_grad():
            model(x)

    return iterate, 20, 0


def inference16(device):
    """The same with a batch so small that launching takes about as long as the work."""
    return inference(device, batch=16)


def training(device):
    """An eager training loop, which is bound by launching on a fast device."""
    model = torchvision.models.resnet50(weights=None).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    x = torch.randn(32, 3, 224, 224, device=device)
    y = torch.randint(0, 1000, (32,), device=device)

    def iterate():
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()

    return iterate, 20, 0


def small(device):
    """Kernels so small that they end before the next is launched."""
    x = torch.ones(1024, device=device)

    def iterate():
        for _ in range(1000):
            x.add_(1)

    return iterate, 1, 0


def latency(device, rest=0):
    """One small request after the other, each waited for, as a server does."""
    with torch.no_grad():
        x = torch.randn(1, 3, 224, 224, device=device)
        model = torchvision.models.resnet18(weights=None).eval().to(device)
        model = torch.jit.freeze(torch.jit.trace(model, x))

    def iterate():
        with torch.no_grad():
            model(x)

    return iterate, 1, rest


def requests(device):
    """The same of a server that has little to do: what it has in caches is old by the next request."""
    return latency(device, rest=0.05)


LOOPS = {loop.__name__: loop for loop in (inference, inference16, training, small, latency, requests)}


def main():
    name, device = sys.argv[1:]
    torch.cuda.set_device(device)
    iterate, together, rest = LOOPS[name](torch.device(device))
    for _ in range(10):
        iterate()
    torch.cuda.synchronize()
    print("ready", flush=True)
    for line in sys.stdin:
        count = worked = 0
        while worked < float(line) * 1e9:
            time.sleep(rest)
            start = time.monotonic_ns()
            for _ in range(together):
                iterate()
            torch.cuda.current_stream().synchronize()
            worked += time.monotonic_ns() - start
            count += together
        print(count, worked, flush=True)


main()
