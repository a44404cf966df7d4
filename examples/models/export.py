#!/usr/bin/env python3
"""Exports a ResNet for programs without Python: compiled by PyTorch's AOTInductor, in segments between which it can be
preempted, with an input and the output that PyTorch itself computes for it.

    export.py OUT MODEL:BATCH[:SEGMENTS] ...      as in  export.py models resnet18:1 resnet50:256:17

Each model goes into a folder of its own, such as OUT/resnet50-b256 (OUT/resnet50-b256-whole if asked for in one segment
though more were possible: MODEL:BATCH:1). What is in it: see ExportedModel in platforms/cuda. Without SEGMENTS a model is
one. Needs Python 3.11 or later, PyTorch, torchvision and a C++ compiler ($CXX, else g++) that links the system's libstdc++: a model that brings one of
its own crashes who loads it. The models run on this machine's kind of GPU alone, and with its version of PyTorch.
Weights are random (nothing is downloaded), the same for every batch.
"""
import argparse
import concurrent.futures
import contextlib
import importlib.util
import io
import multiprocessing
import os
import pathlib
import re
import sys
import time

SEED = 1
IMAGE = 224


def parts(network, segments):
    """The network's layers in order, in this many groups of about as many blocks each."""
    import torch

    layers = [torch.nn.Sequential(network.conv1, network.bn1, network.relu, network.maxpool)]
    for layer in (network.layer1, network.layer2, network.layer3, network.layer4):
        layers += list(layer)
    layers[-1] = torch.nn.Sequential(layers[-1], network.avgpool, torch.nn.Flatten(1), network.fc)
    if segments > len(layers):
        raise ValueError(f"{segments} segments were asked for, and the model has {len(layers)} parts at most")
    cuts = [round(i * len(layers) / segments) for i in range(segments + 1)]
    return [torch.nn.Sequential(*layers[begin:end]) for begin, end in zip(cuts, cuts[1:])]


def network(name):
    import torch
    import torchvision

    if not hasattr(torchvision.models, name):
        raise ValueError("torchvision has no such model")
    torch.manual_seed(SEED)
    made = getattr(torchvision.models, name)(weights=None).eval()
    # A fresh ResNet's activations grow from block to block; trained ones have statistics that keep them in bounds.
    with torch.no_grad():
        for module in made.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.momentum = None
        made.train()(torch.rand(8, 3, IMAGE, IMAGE))
        made.eval()
    return made


def layers_and_images(spec):
    import torch

    device, name, batch, segments = spec
    # Convolutions want channels last; so do the tensors between segments, or each would be turned around twice.
    groups = parts(network(name).to(device, memory_format=torch.channels_last), segments)
    images = torch.rand(batch, 3, IMAGE, IMAGE, generator=torch.Generator().manual_seed(SEED)).to(device)
    return groups, images


def shape(tensor):
    return f"{str(tensor.dtype).removeprefix('torch.')} {'x'.join(str(size) for size in tensor.shape)}"


def prepare(spec, folder):
    """Runs the model in PyTorch and keeps its input and output. Tells what model.properties says of it, and how the tensor
    that each segment is given is laid out: shape and strides."""
    import torch

    device, name, batch, segments = spec
    if device == "cuda" and not torch.cuda.is_available():
        raise ValueError("PyTorch finds no GPU; --device cpu tries the export itself")
    groups, images = layers_and_images(spec)
    layouts, given = [], images
    with torch.no_grad():
        for group in groups:
            layouts.append((given.shape, given.stride()))
            given = group(given)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.properties").unlink(missing_ok=True)  # What is there from before is not whole from here on.
    images.cpu().numpy().tofile(folder / "input-0.bin")
    given.cpu().contiguous().numpy().tofile(folder / "output-0.bin")
    properties = (
        f"name={name}\ntorch={torch.__version__}\nsegments={segments}\n"
        f"inputs={shape(images)}\noutputs={shape(given)}\n"
    )
    return properties, layouts


def compile_segment(job):
    """Compiles one segment; a process of its own, since compiling is what takes the time."""
    spec, index, layout, file = job
    import torch

    began = time.time()
    groups, _ = layers_and_images(spec)
    given = torch.empty_strided(*layout, device=spec[0]).zero_()
    log = io.StringIO()
    try:
        with torch.no_grad(), contextlib.redirect_stdout(log):
            program = torch.export.export(groups[index], (given,))
            torch._inductor.aoti_compile_and_package(program, package_path=str(file))
    except Exception:
        sys.stderr.write(log.getvalue())
        raise
    return f"{file.parent.name}/{file.name} in {time.time() - began:.0f} s"


def read(text):
    """What MODEL:BATCH[:SEGMENTS] says, and the folder that the model goes into."""
    given = re.fullmatch(r"(resnet\w+):([1-9]\d*)(?::([1-9]\d*))?", text)
    if not given:
        raise argparse.ArgumentTypeError(f"'{text}' is not a model: give a ResNet's name, a batch size and perhaps segments, as resnet50:256:17")
    name, batch, segments = given.groups(default="1")
    folder = f"{name}-b{batch}" + ("-whole" if given[3] == "1" else "")
    return (name, int(batch), int(segments)), folder


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path, metavar="OUT")
    parser.add_argument("models", type=read, nargs="+", metavar="MODEL:BATCH[:SEGMENTS]")
    parser.add_argument("--device", default="cuda", choices=["cuda", "cpu"], help="cuda (the default), or cpu to try the export itself")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="compilations at a time")
    options = parser.parse_args()

    for module in ("torch", "torchvision"):
        if not importlib.util.find_spec(module):
            sys.exit(f"export.py: {sys.executable} has no {module}: pip install torch torchvision, or take a python3 that has them")
    wanted = [((options.device, *model), folder) for model, folder in options.models]
    names = [name for _, name in wanted]
    for name in names:
        if names.count(name) > 1:
            parser.error(f"{name} would be written twice: give a model and batch once, or another OUT")

    began = time.time()
    jobs, properties = [], {}
    for spec, name in wanted:
        folder = options.out / name
        try:
            with processes(1) as pool:
                properties[folder], layouts = pool.submit(prepare, spec, folder).result()
        except ValueError as error:
            sys.exit(f"export.py: {name}: {error}")
        jobs += [(spec, i, layout, folder / f"segment-{i:02d}.pt2") for i, layout in enumerate(layouts)]
    # The processes keep the processors busy: each compiles its kernels by as many threads as are left for it.
    os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", str(max(1, options.jobs // len(jobs))))
    # Large ones first, so that none is left alone at the end.
    jobs.sort(key=lambda job: job[0][3])
    with processes(min(options.jobs, len(jobs))) as pool:
        try:
            for done in concurrent.futures.as_completed([pool.submit(compile_segment, job) for job in jobs]):
                print(f"[{time.time() - began:4.0f} s] {done.result()}", flush=True)
        finally:
            pool.shutdown(cancel_futures=True)  # After a failure, those that have not begun.
    for folder, text in properties.items():
        (folder / "model.properties").write_text(text)  # The last: who looks for it finds the rest.


def processes(count):
    """Each does one thing and gives the device's memory back. Spawned: a forked one cannot use CUDA."""
    spawn = multiprocessing.get_context("spawn")
    return concurrent.futures.ProcessPoolExecutor(count, mp_context=spawn, max_tasks_per_child=1)


if __name__ == "__main__":
    main()
