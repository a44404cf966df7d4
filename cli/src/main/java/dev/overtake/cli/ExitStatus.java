package dev.overtake.cli;

/** What every command ends with. */
public final class ExitStatus {
  /** It did what was asked. */
  public static final int OK = 0;

  /** It was asked rightly and failed, also where the machine lacks what it needs. */
  public static final int FAILED = 1;

  /**
   * The command line is wrong, or names what cannot be used. {@code overtake run}, whose other
   * statuses are the program's, ends so too where the shim is missing.
   */
  public static final int WRONG_USE = 2;

  private ExitStatus() {}
}
