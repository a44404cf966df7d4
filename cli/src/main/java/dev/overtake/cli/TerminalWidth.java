package dev.overtake.cli;

import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How wide what is printed may be, in characters. */
final class TerminalWidth {
  /** How the launcher says how wide the terminal is. */
  private static final String PROPERTY = "overtake.columns";

  /** Of a table where a terminal does not say how wide it is, or where there is none. */
  private static final int DEFAULT_OF_TABLE = 160;

  /** Of the progress bar if only standard error is a terminal: it must not wrap. */
  private static final int DEFAULT_OF_BAR = 80;

  private TerminalWidth() {}

  /** Of a progress bar on standard error. */
  static int ofBar() {
    // A pseudo-terminal may have 0 columns, for which the bar would open a terminal of its own.
    int found = Integer.getInteger(PROPERTY, 0);
    return found > 0 ? found : DEFAULT_OF_BAR;
  }

  /** Of a table on standard output. */
  static int ofTable() {
    return ofTable(System.getenv("COLUMNS"), System.getProperty(PROPERTY));
  }

  /**
   * As the first of these says that is a number above 0.
   *
   * @param wanted the environment's COLUMNS, which shells do not export by themselves
   * @param found the terminal's width as the launcher found it; null where there is none
   */
  static int ofTable(@Nullable String wanted, @Nullable String found) {
    return Stream.of(Optional.ofNullable(wanted), Optional.ofNullable(found))
        .flatMap(Optional::stream)
        .filter(text -> text.matches("[1-9][0-9]{0,6}"))
        .mapToInt(Integer::parseInt)
        .findFirst()
        .orElse(DEFAULT_OF_TABLE);
  }
}
