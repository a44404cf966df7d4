package dev.overtake.platform.opencl;

/** A program's source has errors. The message has the compiler's own, with their lines. */
public final class ProgramBuildException extends OpenClException {
  private final String log;

  ProgramBuildException(String device, String log, OpenClStatusException cause) {
    super("the program does not compile for " + device + ":\n" + log.strip(), cause);
    this.log = log;
  }

  /** All that the compiler said, errors and warnings. */
  public String log() {
    return log;
  }
}
