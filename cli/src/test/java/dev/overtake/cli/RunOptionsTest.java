package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.overtake.cli.RunOptions.WrongUseException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunOptionsTest {
  private static RunOptions parse(String... arguments) throws WrongUseException {
    return RunOptions.parse(List.of(arguments));
  }

  /** Options as one line, before a program. */
  private static RunOptions options(String line) throws WrongUseException {
    return RunOptions.parse(List.of((line + " -- true").strip().split(" ")));
  }

  @Test
  void whatIsNotGivenIsLeftToTheEnvironment() throws WrongUseException {
    RunOptions options = parse("--", "python", "serve.py");
    assertThat(options.variables()).isEmpty();
    assertThat(options.page()).isEmpty();
    assertThat(options.startDaemon()).isTrue();
    assertThat(options.command()).containsExactly("python", "serve.py");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--priority 10      | OVERTAKE_PRIORITY | 10",
        "--priority=-255    | OVERTAKE_PRIORITY | -255",
        "--priority -5      | OVERTAKE_PRIORITY | -5",
        "--priority 1 --priority 2 | OVERTAKE_PRIORITY | 2",
        "--scope thread     | OVERTAKE_SCOPE | thread",
        "--level 1          | OVERTAKE_LEVEL | 1",
        "--threshold 16 --batch 8 | OVERTAKE_THRESHOLD | 16",
        "--threshold 16 --batch 8 | OVERTAKE_BATCH | 8",
        "--threshold 65536 --batch 65536 | OVERTAKE_BATCH | 65536",
        "--in-flight 300us  | OVERTAKE_IN_FLIGHT_US | 300",
        "--in-flight 2ms    | OVERTAKE_IN_FLIGHT_US | 2000",
        "--in-flight 1s     | OVERTAKE_IN_FLIGHT_US | 1000000",
        "--linger 150us     | OVERTAKE_LINGER_US | 150",
        "--linger 0us       | OVERTAKE_LINGER_US | 0",
        "--escape 2s        | OVERTAKE_ESCAPE_MS | 2000",
        "--utilization 75%  | OVERTAKE_UTILIZATION_PERCENT | 75",
        "--utilization=5    | OVERTAKE_UTILIZATION_PERCENT | 5",
        "--timeslice 2ms    | OVERTAKE_TIMESLICE_US | 2000",
        "--deadline 20ms    | OVERTAKE_DEADLINE_US | 20000",
        "--laxity 1ms --lax-priority -5 --critical-priority 9 | OVERTAKE_LAXITY_US | 1000",
        "--laxity 1ms --lax-priority -5 --critical-priority 9 | OVERTAKE_LAX_PRIORITY | -5",
        "--laxity 1ms --lax-priority -5 --critical-priority 9 | OVERTAKE_CRITICAL_PRIORITY | 9",
        "--target 5ms       | OVERTAKE_TARGET_US | 5000",
        "--target 5ms --percentile 99   | OVERTAKE_TARGET_PERCENTILE_HUNDREDTHS | 9900",
        "--target 5ms --percentile 99.9 | OVERTAKE_TARGET_PERCENTILE_HUNDREDTHS | 9990",
        "--target 5ms --percentile 0.05 | OVERTAKE_TARGET_PERCENTILE_HUNDREDTHS | 5",
        "--window-active    | OVERTAKE_WINDOW_ACTIVE | 1",
        "--quiet            | OVERTAKE_LOG | quiet",
        "--verbose          | OVERTAKE_LOG | debug",
        "--thread serve-.*=10 --thread a=b=-3 | OVERTAKE_THREADS | serve-.*=10,a=b=-3",
      })
  void optionsBecomeTheVariablesOfTheShim(String line, String variable, String value)
      throws WrongUseException {
    assertThat(options(line).variables()).containsEntry(variable, Optional.of(value));
  }

  @Test
  void adaptiveLingerIsTheShimsDefaultWhateverTheEnvironmentSays() throws WrongUseException {
    assertThat(options("--linger adaptive").variables())
        .isEqualTo(Map.of("OVERTAKE_LINGER_US", Optional.empty()));
  }

  /** Commands would go before time. */
  @Test
  void aBoundByTimeTakesTheEnvironmentsBoundByCommandsAway() throws WrongUseException {
    assertThat(options("--in-flight 300us").variables())
        .isEqualTo(
            Map.of(
                "OVERTAKE_IN_FLIGHT_US",
                Optional.of("300"),
                "OVERTAKE_THRESHOLD",
                Optional.empty(),
                "OVERTAKE_BATCH",
                Optional.empty()));
  }

  @Test
  void optionsOfTheProgramAreItsOwn() throws WrongUseException {
    RunOptions options = parse("--priority", "3", "python", "--priority", "x", "--", "--help");
    assertThat(options.command()).containsExactly("python", "--priority", "x", "--", "--help");
    assertThat(RunOptions.asksForHelp(new String[] {"run", "python", "--help"})).isFalse();
    assertThat(RunOptions.asksForHelp(new String[] {"run", "--", "--help"})).isFalse();
    assertThat(RunOptions.asksForHelp(new String[] {"run", "--page", "-h", "true"})).isFalse();
    assertThat(RunOptions.asksForHelp(new String[] {"run", "--quiet", "--help"})).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--priority 256         | --priority is '256': give a number from -255 to 255",
        "--priority -256        | --priority is '-256'",
        "--priority 1x          | --priority is '1x'",
        "--priority=            | --priority is ''",
        "--priority 99999999999 | --priority is '99999999999'",
        "--prioritty 3          | run has no option '--prioritty'",
        "--quiet=yes            | run has no option '--quiet=yes'",
        "--scope queue          | --scope is 'queue': give one of process, thread, stream",
        "--level 4              | --level is '4': give one of 1, 2, 3",
        "--threshold 4          | give both or neither",
        "--batch 4              | give both or neither",
        "--threshold 0 --batch 1 | --threshold is '0': give 1 to 65536",
        "--threshold 65537 --batch 1 | --threshold is '65537': give 1 to 65536",
        "--threshold 9 --batch 65537 | --batch is '65537': give 1 to 65536",
        "--threshold 2 --batch 3 | --batch is above --threshold",
        "--threshold 2 --batch 1 --in-flight 1ms | give one of them",
        "--in-flight 300        | give a length of time",
        "--in-flight 0us        | give a length of time from 1us to 1s",
        "--in-flight 2h         | give a length of time",
        "--in-flight 1000001us  | give a length of time from 1us to 1s",
        "--linger sometimes     | give a length of time",
        "--linger 2s            | give a length of time from 0us to 1s",
        "--escape 3601s         | give a length of time from 1us to 3600s",
        "--escape 100us         | give whole milliseconds",
        "--thread serve         | give REGEX=PRIORITY",
        "--thread =3            | give REGEX=PRIORITY",
        "--thread a{1,2}=3      | cannot have a comma",
        "--thread serve=high    | the priority in --thread is 'high'",
        "--utilization 0%       | --utilization is '0%': give 1% to 100%",
        "--utilization 101      | give 1% to 100%",
        "--timeslice 2          | give a length of time",
        "--laxity 1ms           | give all or none",
        "--lax-priority 3       | give all or none",
        "--laxity 1ms --lax-priority 3 --critical-priority 2 | gets more urgent by waiting",
        "--percentile 99        | --percentile goes with --target",
        "--target 1ms --percentile 100   | give 0.01 to 99.99",
        "--target 1ms --percentile 99.   | give 0.01 to 99.99",
        "--target 1ms --percentile 1.234 | give 0.01 to 99.99",
        "--page=                | --page needs the name of a file",
      })
  void whatCannotBeMeantIsNamed(String line, String message) {
    assertThatThrownBy(() -> options(line))
        .isInstanceOf(WrongUseException.class)
        .hasMessageContaining(message);
  }

  @Test
  void withoutProgramItSaysHowToNameOne() {
    assertThatThrownBy(() -> parse()).hasMessageContaining("run needs a program");
    assertThatThrownBy(() -> parse("--")).hasMessageContaining("run needs a program");
    assertThatThrownBy(() -> parse("--priority")).hasMessageContaining("--priority needs a value");
  }

  private static String help() {
    var out = new StringWriter();
    Main.commandLine(Map.of()).setOut(new PrintWriter(out)).execute("run", "--help");
    return out.toString();
  }

  @Test
  void helpExplainsEveryOption() {
    assertThat(RunOptions.names())
        .isNotEmpty()
        .allSatisfy(name -> assertThat(help()).contains(name));
  }

  /** It is laid out by hand: in a narrower terminal than that would need, nothing would line up. */
  @Test
  void helpFitsATerminalOfUsualWidth() {
    assertThat(help().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(80));
    String[] laidOut =
        Main.commandLine(Map.of())
            .getSubcommands()
            .get("run")
            .getCommandSpec()
            .usageMessage()
            .footer();
    assertThat(help().lines())
        .containsAll(Stream.of(laidOut).flatMap(line -> line.formatted().lines()).toList());
  }

  @Test
  void everyOptionInHelpIsTaken() {
    assertThat(Pattern.compile("(?<![\\w-])--[a-z-]+").matcher(help()).results())
        .extracting(MatchResult::group)
        .hasSizeGreaterThan(RunOptions.names().size())
        .filteredOn(name -> !RunOptions.asksForHelp(new String[] {"run", name}))
        .isSubsetOf(RunOptions.names());
  }
}
