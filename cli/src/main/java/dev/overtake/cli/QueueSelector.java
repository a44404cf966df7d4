package dev.overtake.cli;

import dev.overtake.control.page.SlotStatus;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Which queues a command is about.
 *
 * @param text as it was typed
 */
record QueueSelector(String text, Predicate<SlotStatus> queues) {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
  private static final Pattern PID = Pattern.compile("pid:(\\d{1,9})");

  /** Those among these that it selects. */
  List<SlotStatus> among(List<SlotStatus> all) {
    return all.stream().filter(queues).toList();
  }

  /**
   * A slot's number; {@code pid:PID}; else a name in which * and ? stand for what they do in sh.
   */
  static final class Converter implements ITypeConverter<QueueSelector> {
    @Override
    public QueueSelector convert(String text) {
      if (NUMBER.matcher(text).matches()) {
        int slot = Integer.parseInt(text);
        return new QueueSelector(text, queue -> queue.slot() == slot);
      }
      var pid = PID.matcher(text);
      if (pid.matches()) {
        int process = Integer.parseInt(pid.group(1));
        return new QueueSelector(text, queue -> queue.owner().pid() == process);
      }
      if (text.isEmpty() || text.startsWith("pid:")) {
        throw new TypeConversionException(
            "'%s' is not a queue: give a slot's number, pid:PID, or a name".formatted(text));
      }
      Pattern name = glob(text);
      return new QueueSelector(text, queue -> name.matcher(queue.name()).matches());
    }

    private static Pattern glob(String text) {
      String regex =
          text.chars()
              .mapToObj(
                  c ->
                      switch (c) {
                        case '*' -> ".*";
                        case '?' -> ".";
                        default -> Pattern.quote(Character.toString(c));
                      })
              .collect(Collectors.joining());
      return Pattern.compile(regex, Pattern.DOTALL);
    }
  }
}
