package dev.overtake.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code overtake run} as help shows it. {@link Main} hands the command itself to {@link Run}
 * before picocli is loaded.
 */
@Command(
    name = "run",
    description = {
      "Runs a program, unmodified, so that what it submits to a GPU is scheduled by priority with"
          + " what other such programs submit.",
      "The program takes the place of this command: process id, signals, terminal, open files and"
          + " exit status are its own. Its environment gets LD_PRELOAD and a variable for each"
          + " option given; options not given are left to the variables of that name in the"
          + " environment, but of --in-flight and --threshold the one given counts. It also gets"
          + " CUDA_MPS_CLIENT_PRIORITY, by the priority, unless that is set.%n"
    },
    customSynopsis = "overtake run [OPTIONS] -- PROGRAM [ARGS]...",
    footer = {
      "%nThe queue:",
      "  --priority N          -255 to 255, larger for more urgent. Default: 0.",
      "                        (OVERTAKE_PRIORITY)",
      "  --scope SCOPE         What is one queue: process, thread or stream.",
      "                        Default: process. (OVERTAKE_SCOPE)",
      "  --thread REGEX=N      A queue of their own, with priority N, for the threads",
      "                        whose whole name matches a POSIX extended expression.",
      "                        Repeatable, 16 times at most. What counts is the name",
      "                        at the thread's first command. (OVERTAKE_THREADS)",
      "%nHow it gives way:",
      "  --level 1|2|3         1: commands not yet submitted wait. 2: also those that",
      "                        the GPU has not started. 3: also the kernel that runs,",
      "                        which is interrupted. Default: the best the device can",
      "                        do. (OVERTAKE_LEVEL)",
      "  --in-flight TIME      How much work is submitted ahead, in each stream.",
      "                        Default: 300us. (OVERTAKE_IN_FLIGHT_US)",
      "  --threshold T --batch B",
      "                        The same in commands: at most T ahead, a marker every",
      "                        B. (OVERTAKE_THRESHOLD, OVERTAKE_BATCH)",
      "  --linger TIME         How long it counts as busy once its work has ended:",
      "                        200us, or adaptive, at most 200us. Default: adaptive.",
      "                        (OVERTAKE_LINGER_US)",
      "  --escape TIME         How long it waits for somebody above who makes no",
      "                        progress, before commands of its own are let through,",
      "                        one at a time, until there is some; ten times as long",
      "                        for another process. Default: 100ms.",
      "                        (OVERTAKE_ESCAPE_MS)",
      "%nFor policies other than HPF; 'overtake hint' changes it later:",
      "  --utilization P       The share of the device that it shall have: 75%%.",
      "                        (OVERTAKE_UTILIZATION_PERCENT)",
      "  --timeslice TIME      How long it shall run at a time where it takes turns:",
      "                        2ms. (OVERTAKE_TIMESLICE_US)",
      "  --deadline TIME       Idle again within this time of becoming ready: 20ms.",
      "                        (OVERTAKE_DEADLINE_US)",
      "  --laxity TIME --lax-priority N --critical-priority N",
      "                        How long it can wait, and its priority until and from",
      "                        then on. (OVERTAKE_LAXITY_US, OVERTAKE_LAX_PRIORITY,",
      "                        OVERTAKE_CRITICAL_PRIORITY)",
      "  --target TIME         What its requests shall take at most: 5ms.",
      "                        (OVERTAKE_TARGET_US)",
      "  --percentile P        How many of a hundred shall keep to it. Default: 99.",
      "                        (OVERTAKE_TARGET_PERCENTILE_HUNDREDTHS)",
      "  --window-active       Its window is the one that a person works in.",
      "                        (OVERTAKE_WINDOW_ACTIVE=1)",
      "%nBesides:",
      "  --page FILE           The control page, which programs that share a GPU have",
      "                        in common. Default: $XDG_RUNTIME_DIR/overtake/page if",
      "                        that folder is yours, else /dev/shm/overtake-UID/page.",
      "                        (OVERTAKE_PAGE)",
      "  --no-daemon           Do not start the daemon where none runs. Priorities",
      "                        need none.",
      "  --quiet, --verbose    Nothing, or more, on standard error.",
      "                        (OVERTAKE_LOG=quiet, debug)",
      "  OVERTAKE_DISABLE=1    In the environment of a program: it runs unscheduled.",
      "%nExit status: the program's; 126 if it cannot be run, 127 if it is not found,",
      "2 if this command was used wrongly or the shim is missing."
    })
final class RunCommand implements Callable<Integer> {
  @Parameters(hidden = true)
  @SuppressWarnings("UnusedVariable") // whatever stands there, call() says what it must be
  private List<String> arguments = List.of();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
  private CommandSpec spec;

  @Override
  public Integer call() {
    throw new WrongUse(spec.commandLine()).wrong("'run' must be the first word behind 'overtake'");
  }
}
