package dev.overtake.platform.hip;

/** A kernel's source has errors. The message has the compiler's own, with their lines. */
public final class KernelCompilationException extends HipException {
  private final String log;

  KernelCompilationException(String name, String log) {
    super(name + " does not compile:\n" + log.strip(), null);
    this.log = log;
  }

  /** All that the compiler said, errors and warnings. */
  public String log() {
    return log;
  }
}
