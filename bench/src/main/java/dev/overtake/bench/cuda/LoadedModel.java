package dev.overtake.bench.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.overtake.bench.harness.Inference;
import dev.overtake.bench.harness.InferenceSource;
import dev.overtake.bench.harness.LoadException;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.platform.cuda.AotiModel;
import dev.overtake.platform.cuda.CudaCommand;
import dev.overtake.platform.cuda.CudaContext;
import dev.overtake.platform.cuda.CudaResource;
import dev.overtake.platform.cuda.CudaStream;
import dev.overtake.platform.cuda.DeviceBuffer;
import dev.overtake.platform.cuda.ElementType;
import dev.overtake.platform.cuda.ExportedModel;
import dev.overtake.platform.cuda.HostBuffer;
import dev.overtake.platform.cuda.LaunchThread;
import dev.overtake.platform.cuda.TensorType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * One side's model with its recorded input on the device, and the thread that launches it. It lasts
 * for a whole test, since what PyTorch does first takes long and waits for the device: loading
 * kernels, allocating and, in each thread anew, choosing how to compute a convolution.
 */
final class LoadedModel implements InferenceSource, AutoCloseable {
  private static final int WARM_UP_PASSES = 5;

  /**
   * How far an output may be from PyTorch's, as a share of the largest one. Both round products to
   * TF32 (10 bits) where the device has it, each in an order of its own; what is computed wrongly
   * is further off.
   */
  private static final double TOLERANCE = 0.02;

  private final ExportedModel exported;
  private final AotiModel model;
  private final LaunchThread thread;
  private final List<DeviceBuffer> inputs = new ArrayList<>();
  private final List<DeviceBuffer> outputs = new ArrayList<>();

  /**
   * Loads it; no pass has run yet.
   *
   * @param name of the thread
   * @throws dev.overtake.platform.cuda.CudaException if it cannot be loaded
   */
  LoadedModel(CudaContext context, Path folder, String name) {
    exported = ExportedModel.read(folder);
    model = AotiModel.load(context, exported);
    thread = new LaunchThread(name);
    try {
      model.inputs().forEach(type -> inputs.add(context.allocate(type.bytes())));
      model.outputs().forEach(type -> outputs.add(context.allocate(type.bytes())));
    } catch (RuntimeException e) { // Of a device that has no room for them, most likely.
      close();
      throw e;
    }
  }

  ExportedModel exported() {
    return exported;
  }

  LaunchThread thread() {
    return thread;
  }

  @Override
  public int commandCount() {
    return model.commandCount();
  }

  @Override
  public Inference next(IntConsumer afterCommands) {
    return new CudaPass(model.pass(inputs, outputs), afterCommands);
  }

  /**
   * Runs some passes over the recorded input in a stream, and compares the outputs with what
   * PyTorch made of it.
   *
   * @return by how much they differ at most
   * @throws LoadException if that is too much, or the recorded tensors cannot be read
   */
  double check(CudaStream stream) throws InterruptedException {
    CudaContext context = stream.context();
    try (Arena arena = Arena.ofConfined();
        XQueue queue = XQueue.on(thread.launching(stream.openQueue())).open()) {
      for (int i = 0; i < inputs.size(); i++) {
        MemorySegment recorded = recorded(exported.inputFile(i), model.inputs().get(i), arena);
        try (HostBuffer host = context.allocateHost(recorded.byteSize())) {
          host.segment().copyFrom(recorded);
          queue.await(queue.submit(CudaCommand.copy(host, inputs.get(i))));
        }
      }
      for (int i = 0; i < WARM_UP_PASSES; i++) {
        next(_ -> {}).commands().forEach(queue::submit);
      }
      queue.awaitAll();
      double difference = 0;
      for (int i = 0; i < outputs.size(); i++) {
        try (HostBuffer host = context.allocateHost(outputs.get(i).bytes())) {
          queue.await(queue.submit(CudaCommand.copy(outputs.get(i), host)));
          MemorySegment expected = recorded(exported.outputFile(i), model.outputs().get(i), arena);
          difference = Math.max(difference, difference(i, host.segment(), expected));
        }
      }
      return difference;
    }
  }

  private static MemorySegment recorded(Path file, TensorType type, Arena arena) {
    if (type.element() != ElementType.FLOAT32) {
      throw new LoadException(
          "%s is of %s: the bench feeds and compares models of float32".formatted(file, type),
          null);
    }
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() != type.bytes()) {
        throw new LoadException(
            "%s has %d bytes, and %s has %d: export the model anew"
                .formatted(file, channel.size(), type, type.bytes()),
            null);
      }
      return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException e) {
      throw new LoadException(file + " cannot be read: export the model anew", e);
    }
  }

  /** A NaN differs from everything. */
  private double difference(int output, MemorySegment made, MemorySegment expected) {
    double largest = 0;
    double difference = 0;
    for (long i = 0; i < expected.byteSize() / Float.BYTES; i++) {
      float wanted = expected.getAtIndex(JAVA_FLOAT, i);
      largest = Math.max(largest, Math.abs(wanted));
      difference = Math.max(difference, Math.abs(made.getAtIndex(JAVA_FLOAT, i) - wanted));
    }
    if (!(difference <= TOLERANCE * largest)) {
      throw new LoadException(
          "%s does not compute what PyTorch computed: output %d differs by %.3g at most, and PyTorch's are up to %.3g; export it anew, with the PyTorch that is installed"
              .formatted(exported.folder(), output, difference, largest),
          null);
    }
    return difference;
  }

  @Override
  public void close() {
    thread.close();
    inputs.forEach(CudaResource::close);
    outputs.forEach(CudaResource::close);
    model.close();
  }
}
