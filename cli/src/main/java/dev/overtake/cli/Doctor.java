package dev.overtake.cli;

import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.PageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Tries everything that scheduling of unmodified programs rests on, for real where that does no
 * harm, and in processes of their own where it could.
 */
final class Doctor {
  private static final String SHIM = "shim";
  private static final String DRIVER = "driver";
  private static final String MPS = "MPS";
  private static final String OPENCL = "OpenCL";
  private static final String HIP = "HIP";
  private static final String PAGE = "control page";
  private static final String DISABLE = "OVERTAKE_DISABLE";
  private static final int VERSION = 1;

  private final Path home;

  /** A machine that has a HIP or OpenCL device that works needs no CUDA driver. */
  private boolean hasOtherDevice;

  private final List<Finding> findings = new ArrayList<>();

  /**
   * @param home where the jars and the shim are
   */
  Doctor(Path home) {
    this.home = home;
  }

  /** What was found, in the order in which one thing rests on the other. */
  List<Finding> findings() {
    return List.copyOf(findings);
  }

  /** Whether unmodified programs would be scheduled. */
  boolean wouldSchedule() {
    return findings.stream().noneMatch(finding -> finding.result() == Finding.Result.FAILED);
  }

  /** The shim: whether it is there, can be preloaded, and is the one that this program knows. */
  void shim() throws IOException {
    Path library = library();
    if (!Files.isReadable(library)) {
      findings.add(
          Finding.failed(
              SHIM,
              library + " is missing",
              "install what builds it ('apt-get install gcc make') and try again"));
      return;
    }
    if (!ProgramEnvironment.canBePreloaded(library.toString())) {
      findings.add(
          Finding.failed(
              SHIM,
              library + " has a space or colon in its path, which LD_PRELOAD cannot express",
              "move Overtake to a folder without them"));
      return;
    }
    ChildProcess.Output output = ChildProcess.java(ShimProbe.class, preload());
    String said = output.lines().isEmpty() ? "nothing" : output.lines().getLast();
    findings.add(
        said.equals(Integer.toString(VERSION))
            ? Finding.ok(SHIM, library + ", version " + VERSION + ", was preloaded into a program")
            : Finding.failed(
                SHIM,
                "%s was preloaded into a program that found version %s of it (status %d)"
                    .formatted(library, said, output.status()),
                "look at what 'LD_PRELOAD=%s true' says; build or install it again"
                    .formatted(library)));
  }

  /**
   * The CUDA driver, and each device: whether a stream can wait for the host, which level 2 needs,
   * and whether what runs can be interrupted, which is level 3.
   */
  void driver() throws IOException {
    driver(ChildProcess.java(DriverProbe.class, preload()));
  }

  void driver(ChildProcess.Output output) {
    var devices = new ArrayList<Finding>();
    boolean mps = false;
    String problem = output.status() == 0 ? "" : "it ended with status " + output.status();
    for (String line : output.lines()) {
      String[] words = line.split("\t", -1);
      switch (words[0]) {
        case "driver" -> findings.add(Finding.ok(DRIVER, "CUDA driver, version " + words[1]));
        case "device" -> {
          devices.add(device(words));
          mps |= words[5].equals("1");
        }
        default -> problem = words[words.length - 1];
      }
    }
    if (!problem.isEmpty()) {
      findings.add(
          new Finding(
              DRIVER,
              hasOtherDevice ? Finding.Result.WARNING : Finding.Result.FAILED,
              "the CUDA driver does not work: " + problem,
              "on a machine with an NVIDIA GPU, see that 'nvidia-smi' works; in a container, start"
                  + " it with '--gpus all'"));
    } else if (devices.isEmpty()) {
      findings.add(
          Finding.failed(
              DRIVER, "the CUDA driver has no device", "look at what CUDA_VISIBLE_DEVICES says"));
    }
    findings.addAll(devices);
    if (!devices.isEmpty()) {
      findings.add(mps(mps));
    }
  }

  private static Finding mps(boolean runs) {
    return runs
        ? Finding.ok(MPS, "MPS shares the GPU; programs of priority 1 and above go first in it")
        : Finding.warning(
            MPS,
            "none is at work: a request may wait until the longest kernel of another process ends",
            "for shorter tails start it with 'nvidia-cuda-mps-control -d', before the programs; a"
                + " kernel that faults then ends them all");
  }

  /** OpenCL: which devices there are, and whether they do what both levels need. */
  void openCl() throws IOException {
    openCl(ChildProcess.java(OpenClProbe.class, Map.of()));
  }

  void openCl(ChildProcess.Output output) {
    for (String line : output.lines()) {
      String[] words = line.split("\t", -1);
      if (words.length == 4) {
        findings.add(openClDevice(words));
        hasOtherDevice |= words[3].equals("ok");
      } else if (words[0].equals("none")) {
        findings.add(Finding.ok(OPENCL, "not used here: " + words[1]));
      }
    }
    if (output.status() != 0) {
      findings.add(
          Finding.warning(
              OPENCL,
              "a driver ends the process that uses it, with status " + output.status(),
              "see whether clinfo runs, and which files /etc/OpenCL/vendors has"));
    }
  }

  private static Finding openClDevice(String[] words) {
    String device = "%s (%s)".formatted(words[1], words[2]);
    return words[3].equals("ok")
        ? Finding.ok(
            words[0],
            device
                + ": programs at level 1, Java at levels 1 and 2; commands waited for a user event")
        : Finding.warning(words[0], device + ": " + words[3], "see whether clinfo shows it");
  }

  /** HIP: which devices there are, and whether a stream waits for the host, which level 2 needs. */
  void hip() throws IOException {
    hip(ChildProcess.java(HipProbe.class, Map.of()));
  }

  void hip(ChildProcess.Output output) {
    for (String line : output.lines()) {
      String[] words = line.split("\t", -1);
      if (words.length == 5) {
        findings.add(hipDevice(words));
        hasOtherDevice |= words[4].equals("ok");
      } else if (words[0].equals("none")) {
        findings.add(Finding.ok(HIP, "not used here: " + words[1]));
      }
    }
    if (output.status() != 0) {
      findings.add(
          Finding.warning(
              HIP,
              "the runtime ends the process that uses it, with status " + output.status(),
              "see whether rocminfo runs"));
    }
  }

  private static Finding hipDevice(String[] words) {
    String device = "%s (HIP %s)".formatted(words[1], words[2]);
    if (!words[4].equals("ok")) {
      return Finding.warning(words[0], device + ": " + words[4], "see whether rocminfo shows it");
    }
    return words[3].equals("L2")
        ? Finding.ok(
            words[0],
            device
                + ": programs at level 1, Java at levels 1 and 2; a stream waited for the host, and"
                + " went on")
        : Finding.warning(
            words[0],
            device + ": level 1 only, since streams cannot wait for the host",
            "look whether ROCm can be updated; level 1 works as it is");
  }

  private static Finding device(String[] words) {
    String check = "device " + words[1];
    String name = words[2];
    if (!words[3].equals("ok")) {
      return Finding.warning(
          check,
          name + ": it gives no context now: " + words[3],
          "see in 'nvidia-smi' whether its memory is full or a process has it to itself, and try"
              + " again once that ends");
    }
    return words[4].equals("ok")
        ? Finding.ok(
            check,
            name
                + (words[6].equals("1")
                    ? ": levels 1 to 3; a stream waited for the host, what ran was stopped, and"
                        + " both went on"
                    : ": levels 1 and 2; a stream waited for the host, and went on; what runs"
                        + " cannot be interrupted"))
        : Finding.warning(
            check,
            name + ": level 1 only, since streams cannot wait for the host: " + words[4],
            "look whether the driver can be updated; level 1 works as it is");
  }

  /** The control page: whether it can be created and written, and who looks after it. */
  void page(Path file) {
    try (var page = ControlPage.openOrCreate(file)) {
      findings.add(Finding.ok(PAGE, file + " can be written"));
      findings.add(
          page.daemon().alive(System.nanoTime())
              ? Finding.ok("daemon", "process %d is at work".formatted(page.daemon().pid()))
              : Finding.warning(
                  "daemon",
                  "none is at work; priorities need none, other policies do",
                  "'overtake run' starts it, and so does 'overtake daemon'"));
    } catch (PageException e) {
      findings.add(Finding.failed(PAGE, String.valueOf(e.getMessage()), "see the message"));
    }
  }

  /** The environment: whether it says that nothing is to be scheduled. */
  void environment(Map<String, String> variables) {
    if (!variables.getOrDefault(DISABLE, "").isEmpty()) {
      findings.add(
          Finding.failed(
              "environment",
              DISABLE + " is set, which turns scheduling off",
              "'unset %s', and look what sets it".formatted(DISABLE)));
    }
  }

  /** A program: whether the dynamic linker would preload the shim into it. */
  void program(String name) {
    findings.add(new ProgramCheck(library(), preload()).of(name));
  }

  private Path library() {
    return home.resolve("libovertake.so");
  }

  /** Present, and scheduling nothing: a probe is not to be held. */
  private Map<String, String> preload() {
    return Map.of("LD_PRELOAD", library().toString(), DISABLE, "1");
  }
}
