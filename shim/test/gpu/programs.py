"""PyTorch programs that use a GPU in the ways that programs do, one a function. scripts/check-gpu runs each with and without
the shim, and compares what they print.

    programs.py PROGRAM

Prints the program's results, which depend on no timing. Everything runs with deterministic algorithms and fixed seeds.
"""

import hashlib
import os
import sys

os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

import torch
import torchvision

DEVICE = torch.device("cuda:0")


def digest(*tensors):
    """Of every bit of them."""
    found = hashlib.sha256()
    for tensor in tensors:
        found.update(tensor.detach().cpu().flatten().view(torch.uint8).numpy().tobytes())
    return found.hexdigest()[:16]


def images(batch):
    return torch.randn(batch, 3, 224, 224, device=DEVICE)


def inference():
    with torch.no_grad():
        x = images(16)
        model = torchvision.models.resnet50(weights=None).eval().to(DEVICE)
        model = torch.jit.freeze(torch.jit.trace(model, x))
        for _ in range(50):
            y = model(x)
        print(digest(y))


def training():
    model = torchvision.models.resnet18(weights=None).to(DEVICE)
    optimizer = torch.optim.Adam(model.parameters())
    x, target = images(32), torch.randint(0, 1000, (32,), device=DEVICE)
    for _ in range(20):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x), target)
        loss.backward()
        optimizer.step()
    print(digest(loss, *model.parameters()))


def mixed_precision():
    model = torchvision.models.vit_b_16(weights=None).to(DEVICE)
    optimizer = torch.optim.AdamW(model.parameters(), fused=True)
    scaler = torch.amp.GradScaler()
    x, target = images(8), torch.randint(0, 1000, (8,), device=DEVICE)
    for _ in range(10):
        optimizer.zero_grad()
        with torch.autocast("cuda", dtype=torch.float16):
            loss = torch.nn.functional.cross_entropy(model(x), target)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
    print(digest(loss))


def cuda_graph():
    """Captured whole, replayed many times, with inputs copied in between."""
    model = torchvision.models.resnet18(weights=None).eval().to(DEVICE)
    with torch.no_grad():
        x = images(4)
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                model(x)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            y = model(x)
        results = []
        for _ in range(50):
            x.copy_(images(4))
            graph.replay()
            results.append(y.clone())
        print(digest(*results))


def compiled():
    """Triton kernels, and CUDA graphs that PyTorch makes by itself."""

    @torch.compile(mode="reduce-overhead")
    def step(a, b):
        return torch.nn.functional.gelu(a @ b).softmax(-1) + a.sin()

    a, b = torch.randn(512, 512, device=DEVICE), torch.randn(512, 512, device=DEVICE)
    results = [step(a, b).clone() for _ in range(50)]
    print(digest(*results))


def streams():
    """Streams of several priorities that wait for each other by events, with copies from and to pinned memory."""
    pinned = [torch.randn(1 << 18).pin_memory() for _ in range(6)]
    back = [torch.empty(1 << 18).pin_memory() for _ in range(6)]
    queues = [torch.cuda.Stream(priority=-(n % 3)) for n in range(6)]
    before = None
    total = torch.zeros(1 << 18, device=DEVICE)
    torch.cuda.synchronize()
    for _ in range(40):
        for n, queue in enumerate(queues):
            with torch.cuda.stream(queue):
                moved = pinned[n].to(DEVICE, non_blocking=True)
                moved = (moved * 3).tanh()
                if before:
                    queue.wait_event(before)
                total.mul_(0.5).add_(moved)
                before = queue.record_event()
                moved.record_stream(queue)
                back[n].copy_(moved, non_blocking=True)
    torch.cuda.synchronize()
    print(digest(total, *back))


def threads():
    """Each with a stream and a model of its own."""
    import threading

    results = {}

    def work(n):
        generator = torch.Generator(DEVICE).manual_seed(n)
        with torch.cuda.stream(torch.cuda.Stream()), torch.no_grad():
            x = torch.randn(512, 512, device=DEVICE, generator=generator)
            for _ in range(300):
                x = torch.tanh(x @ x / 20)
            torch.cuda.current_stream().synchronize()
            results[n] = digest(x)

    workers = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(sorted(results.items()))


class Noise(torch.utils.data.Dataset):
    def __len__(self):
        return 64

    def __getitem__(self, n):
        return torch.randn(3, 64, 64, generator=torch.Generator().manual_seed(n)), n % 10


def loader():
    """Worker processes, forked before and after the device is in use, and a thread that pins what they bring."""
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3 * 64 * 64, 10)).to(DEVICE)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
    for _ in range(2):
        for x, target in torch.utils.data.DataLoader(Noise(), batch_size=8, num_workers=3, pin_memory=True):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(
                model(x.to(DEVICE, non_blocking=True)), target.to(DEVICE, non_blocking=True)
            )
            loss.backward()
            optimizer.step()
    print(digest(loss, *model.parameters()))


def async_allocator():
    """Memory from cuMallocAsync, which is ordered by stream. scripts/check-gpu sets what asks for it."""
    assert torch.cuda.memory.get_allocator_backend() == "cudaMallocAsync"
    x = torch.ones(1 << 20, device=DEVICE)
    for n in range(200):
        y = torch.randn(1 << (10 + n % 12), device=DEVICE)
        x = x * 0.99 + y.mean()
    print(digest(x))


def events():
    """Events that time, and are asked about."""
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    x = torch.randn(1024, 1024, device=DEVICE)
    start.record()
    for _ in range(100):
        x = torch.tanh(x @ x / 30)
    end.record()
    while not end.query():
        pass
    print(start.elapsed_time(end) > 0, digest(x))


def profiled():
    """PyTorch's profiler puts itself between the program and the driver, too."""
    x = torch.randn(1024, 1024, device=DEVICE)
    activities = [torch.profiler.ProfilerActivity.CPU, torch.profiler.ProfilerActivity.CUDA]
    with torch.profiler.profile(activities=activities) as profile:
        for _ in range(10):
            x = torch.tanh(x @ x / 30)
        torch.cuda.synchronize()
    kernels = [event for event in profile.events() if event.device_type == torch.autograd.DeviceType.CUDA]
    print(len(kernels) >= 20, digest(x))


def error():
    """A kernel that fails: the program hears of it as it would without the shim."""
    torch.ones(4, device=DEVICE)[torch.tensor([9], device=DEVICE)]
    try:
        torch.cuda.synchronize()
        print("nothing")
    except RuntimeError as failure:
        print(type(failure).__name__, "device-side assert" in str(failure))
    sys.stdout.flush()
    os._exit(0)  # There is nothing left to clean up that would not fail again.


def exchange(rank, world, results):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=os.environ["CHECK_PORT"])
    torch.cuda.set_device(rank)
    torch.manual_seed(1)
    torch.distributed.init_process_group("nccl", rank=rank, world_size=world)
    model = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(512, 512).to(rank), device_ids=[rank])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for n in range(30):
        generator = torch.Generator("cuda:%d" % rank).manual_seed(100 * n + rank)
        x = torch.randn(64, 512, device="cuda:%d" % rank, generator=generator)
        optimizer.zero_grad()
        model(x).square().mean().backward()
        optimizer.step()
    x = torch.full((1 << 20,), float(rank + 1), device="cuda:%d" % rank)
    torch.distributed.all_reduce(x)
    results[rank] = digest(x, *model.parameters())
    torch.distributed.destroy_process_group()


def several_gpus():
    """A process a GPU, which exchange gradients by NCCL."""
    world = torch.cuda.device_count()
    with torch.multiprocessing.get_context("spawn").Manager() as manager:
        results = manager.dict()
        torch.multiprocessing.spawn(exchange, (world, results), nprocs=world)
        print(sorted(results.items()))


def own_and_peer():
    """One process that uses all GPUs, with copies from one to the next."""
    devices = [torch.device("cuda:%d" % n) for n in range(torch.cuda.device_count())]
    x = torch.randn(1 << 18, device=DEVICE)
    for n in range(60):
        x = (x.to(devices[n % len(devices)], non_blocking=True) * 1.01).sin()
    print(digest(x))


PROGRAMS = [
    inference, training, mixed_precision, cuda_graph, compiled, streams, threads, loader, async_allocator, events, profiled,
    error, several_gpus, own_and_peer,
]

if __name__ == "__main__":
    torch.manual_seed(1)
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False
    {program.__name__: program for program in PROGRAMS}[sys.argv[1]]()
