package dev.overtake.platform.cuda;

import dev.overtake.driver.FailureReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A model that PyTorch's AOTInductor compiled, ready to run in this process: no Python, but
 * PyTorch's libraries. It consists of one or more segments, each of which is a command: that is
 * where an XQueue preempts it. Within a segment it cannot: to the XQueue that is one call, which
 * launches all its kernels.
 *
 * <p>A pass is what its commands do together; submit them in their order, and to one queue. Passes
 * may follow one another without waiting, also on several streams, but two threads must not launch
 * the model's commands at a time: load it once for each. Give its queue a {@link LaunchThread}: a
 * call takes the launching thread as long as launching its kernels does, and PyTorch keeps what it
 * finds out about a convolution for each thread anew.
 *
 * <p>The first passes load kernels and allocate memory, and may wait for the whole device: run some
 * before anything that must not wait.
 */
public final class AotiModel extends CudaResource {
  private record Segment(Path file, AotiPackage unpacked, Aoti library, long model, int outputs) {
    void free() {
      try (unpacked) {
        library.delete(model);
      }
    }
  }

  private final CudaContext context;
  private final Aoti.Place place;
  private final List<Segment> segments;
  private final List<TensorType> inputs;
  private final List<TensorType> outputs;

  /** Whether a thread launches one of its segments just now. */
  private final AtomicBoolean launching = new AtomicBoolean();

  private AotiModel(
      CudaContext context,
      Aoti.Place place,
      List<Segment> segments,
      List<TensorType> inputs,
      List<TensorType> outputs) {
    this.context = context;
    this.place = place;
    this.segments = segments;
    this.inputs = List.copyOf(inputs);
    this.outputs = List.copyOf(outputs);
  }

  /**
   * Loads a model that was exported; see {@link #load(CudaContext, List, List, List)}.
   *
   * @param context a device's primary context
   */
  public static AotiModel load(CudaContext context, ExportedModel exported) {
    return load(context, exported.segments(), exported.inputs(), exported.outputs());
  }

  /**
   * Loads a model; that may wait for the device. Its weights stay until the model is closed. What
   * its passes allocate is PyTorch's, which keeps it for later passes of any model until the
   * process ends.
   *
   * @param context a device's primary context: PyTorch works in no other
   * @param files packages ({@code .pt2}) or libraries ({@code .so}) of the segments in order; the
   *     outputs of each are the inputs of the next
   * @param inputs of the first, as it was compiled; it does not say so itself
   * @param outputs of the last
   * @throws CudaUnavailableException if PyTorch is not to be found, or one without CUDA is
   * @throws ModelFileException if a file is no such model, or one for another device
   * @throws LibraryStatusException if the model refuses to be loaded
   * @throws IllegalArgumentException if the context is not the primary one
   */
  public static AotiModel load(
      CudaContext context, List<Path> files, List<TensorType> inputs, List<TensorType> outputs) {
    if (files.isEmpty()) {
      throw new IllegalArgumentException("a model has at least one segment");
    }
    if (!context.isPrimary()) {
      throw new IllegalArgumentException(
          "%s is not the device's primary one, and PyTorch works in no other: open the model with openPrimaryContext()"
              .formatted(context));
    }
    var place = new Aoti.Place(Aoti.Kind.CUDA, context.device().ordinal());
    var segments = new ArrayList<Segment>();
    try {
      int expected = inputs.size();
      for (Path file : files) {
        segments.add(load(context, place, file, expected));
        expected = segments.getLast().outputs();
      }
      if (expected != outputs.size()) {
        throw counts(files.getLast(), "outputs", expected, outputs.size());
      }
      return new AotiModel(context, place, List.copyOf(segments), inputs, outputs);
    } catch (RuntimeException e) {
      suppressing(e, () -> context.run(() -> free(segments)));
      throw e;
    }
  }

  private static Segment load(CudaContext context, Aoti.Place place, Path file, int inputs) {
    AotiPackage unpacked = AotiPackage.open(file);
    try {
      unpacked.requireFor(file, context.device());
      Aoti library = Aoti.open(file, unpacked.library(), Aoti.Kind.CUDA);
      long model = context.call(() -> library.create(place, unpacked.kernels()));
      try {
        int found = library.inputs(model);
        if (found != inputs) {
          throw counts(file, "inputs", found, inputs);
        }
        return new Segment(file, unpacked, library, model, library.outputs(model));
      } catch (RuntimeException e) {
        suppressing(e, () -> context.run(() -> library.delete(model)));
        throw e;
      }
    } catch (RuntimeException e) {
      unpacked.close();
      throw e;
    }
  }

  /** What is to be done after a failure must not hide it. */
  private static void suppressing(RuntimeException failure, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException again) {
      failure.addSuppressed(again);
    }
  }

  private static ModelFileException counts(Path file, String what, int found, int expected) {
    return new ModelFileException(
        "%s has %d %s, and %d are expected: the files do not belong together, or not to these types"
            .formatted(file, found, what, expected));
  }

  /** The types of what a pass takes. */
  public List<TensorType> inputs() {
    return inputs;
  }

  /** The types of what it gives. */
  public List<TensorType> outputs() {
    return outputs;
  }

  /** How many commands a pass is, at least 1. */
  public int commandCount() {
    return segments.size();
  }

  /**
   * The commands of a pass.
   *
   * @param from a buffer for each of the model's inputs; must not change before the pass is done
   * @param to a buffer for each of its outputs; what the last segment made is copied there
   * @throws IllegalArgumentException if their number or a buffer's size is another than the model's
   */
  public List<CudaCommand> pass(List<DeviceBuffer> from, List<DeviceBuffer> to) {
    requireFit("input", inputs, from);
    requireFit("output", outputs, to);
    var resources = new ArrayList<CudaResource>(from);
    resources.addAll(to);
    resources.add(this);
    var commands = new ArrayList<CudaCommand>(segments.size());
    TensorHandOver taken = null;
    for (int i = 0; i < segments.size(); i++) {
      TensorHandOver given = i == segments.size() - 1 ? null : new TensorHandOver();
      commands.add(new SegmentCommand(resources, segments.get(i), from, to, taken, given));
      taken = given;
    }
    return commands;
  }

  private static void requireFit(String what, List<TensorType> types, List<DeviceBuffer> buffers) {
    if (types.size() != buffers.size()) {
      throw new IllegalArgumentException(
          "the model has %d %ss, and was given %d buffers for them"
              .formatted(types.size(), what, buffers.size()));
    }
    for (int i = 0; i < types.size(); i++) {
      if (types.get(i).bytes() != buffers.get(i).bytes()) {
        throw new IllegalArgumentException(
            "%s %d is %s, %d bytes, and was given a %s"
                .formatted(what, i, types.get(i), types.get(i).bytes(), buffers.get(i)));
      }
    }
  }

  /** One segment's run. */
  private final class SegmentCommand extends CudaCommand {
    private final Segment segment;
    private final List<DeviceBuffer> from;
    private final List<DeviceBuffer> to;
    private final @Nullable TensorHandOver taken;
    private final @Nullable TensorHandOver given;

    SegmentCommand(
        List<CudaResource> resources,
        Segment segment,
        List<DeviceBuffer> from,
        List<DeviceBuffer> to,
        @Nullable TensorHandOver taken,
        @Nullable TensorHandOver given) {
      super(resources);
      this.segment = segment;
      this.from = from;
      this.to = to;
      this.taken = taken;
      this.given = given;
    }

    /** Its tensors are made once. */
    @Override
    boolean fitsGraph() {
      return false;
    }

    @Override
    void enqueue(CudaStream stream, FailureReport failures) {
      if (!launching.compareAndSet(false, true)) {
        throw new IllegalStateException(
            "two threads launch commands of the same model at a time: load it once for each");
      }
      try {
        long[] made =
            segment
                .library()
                .run(
                    segment.model(),
                    taken == null ? tensors() : taken.take(),
                    segment.outputs(),
                    stream.handle());
        if (given == null) {
          copy(made, stream);
        } else {
          given.put(made);
        }
      } finally {
        launching.set(false);
      }
    }

    private long[] tensors() {
      var made = new long[from.size()];
      for (int i = 0; i < made.length; i++) {
        try {
          made[i] = Aoti.tensor(from.get(i).pointer(), inputs.get(i), place);
        } catch (RuntimeException e) {
          Aoti.deleteTensors(Arrays.copyOf(made, i));
          throw e;
        }
      }
      return made;
    }

    private void copy(long[] made, CudaStream stream) {
      try {
        for (int i = 0; i < made.length; i++) {
          if (!Aoti.isOf(made[i], outputs.get(i))) {
            throw new IllegalStateException(
                "output %d of %s is not %s without gaps: it was exported otherwise"
                    .formatted(i, segment.file(), outputs.get(i)));
          }
          CudaDriver.copyOnDevice(
              to.get(i).pointer(), Aoti.data(made[i]), outputs.get(i).bytes(), stream.handle());
        }
      } finally {
        Aoti.deleteTensors(made); // Their memory is used again in the order of the stream.
      }
    }

    /** Whatever became of it, nobody takes what it was to take any more. */
    @Override
    protected void finished() {
      if (taken != null) {
        taken.close();
      }
      super.finished();
    }

    @Override
    public String toString() {
      return segment.file().getFileName().toString();
    }
  }

  @Override
  public CudaContext context() {
    return context;
  }

  @Override
  boolean freeingWaits() {
    return true;
  }

  @Override
  void free() {
    free(segments);
  }

  /**
   * All of them, whatever becomes of one; the first failure is thrown.
   *
   * <p>A model whose memory cannot be freed ends the process (in some versions of PyTorch, whose
   * destructors throw). After a fault on the device nothing can be freed, and all of it is gone.
   */
  private static void free(List<Segment> segments) {
    if (segments.isEmpty()) {
      return; // Nothing that would be worth waiting for the device.
    }
    try {
      CudaDriver.synchronizeContext();
    } catch (CudaException e) {
      segments.forEach(segment -> segment.unpacked().close());
      throw e;
    }
    RuntimeException first = null;
    for (Segment segment : segments) {
      try {
        segment.free();
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }

  @Override
  public String toString() {
    return "model of %d segments on %s".formatted(segments.size(), context.device().label());
  }
}
