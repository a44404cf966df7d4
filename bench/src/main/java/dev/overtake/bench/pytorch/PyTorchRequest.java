package dev.overtake.bench.pytorch;

import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.result.Topology;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asked of a test of PyTorch programs, with nothing left open.
 *
 * @param suite its label, such as {@code test5}
 * @param profile its label, for the record
 * @param device as PyTorch names it, such as {@code cuda:0}
 * @param python the interpreter: a path, or a name on PATH
 * @param shim the library; null if it is not known where it is
 * @param topology {@link Topology#THREADS} or {@link Topology#PROCESSES}
 * @param modes the baseline, or shims; each once
 * @param workload what the sides compute
 * @param rounds how often everything is measured, at least 1
 * @param seconds for how long in all rounds together, where the high side runs; above 0
 * @param referenceSeconds the same for what needs no tail: the baseline, and each side alone but
 *     for the high side without the shim, which all are compared with
 * @param startSeconds how long a program may take until it is ready, above 0
 */
public record PyTorchRequest(
    String suite,
    String profile,
    String device,
    String python,
    @Nullable Path shim,
    Topology topology,
    List<Mode> modes,
    Workload workload,
    int rounds,
    double seconds,
    double referenceSeconds,
    double startSeconds) {

  /** Keeps a copy of the list. */
  public PyTorchRequest {
    modes = List.copyOf(modes);
  }
}
