package dev.overtake.cli;

/** What every command ends with. */
public final class ExitStatus {
  /** It did what was asked. */
  public static final int OK = 0;

  /** It was asked rightly and failed. */
  public static final int FAILED = 1;

  /** It was asked wrongly, or the machine lacks what it needs: asking again changes nothing. */
  public static final int WRONG_USE = 2;

  private ExitStatus() {}
}
