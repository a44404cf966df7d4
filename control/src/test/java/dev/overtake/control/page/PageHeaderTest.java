package dev.overtake.control.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What C makes of the control page. */
class PageHeaderTest {
  /** Tests run in the folder of their module. */
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final Map<String, List<Field>> STRUCTURES =
      Map.of(
          "ot_page_header", PageLayout.Header.FIELDS,
          "ot_device_line", PageLayout.Device.FIELDS,
          "ot_slot", PageLayout.Slot.FIELDS);

  @TempDir Path folder;

  @Test
  void theHeaderInTheTreeIsTheOneOfThisLayout() throws IOException {
    assertThat(Files.readString(ROOT.resolve(PageHeader.FILE)))
        .as("%s is not what PageLayout gives: run scripts/page-header", PageHeader.FILE)
        .isEqualTo(PageHeader.text());
  }

  @Test
  void aCompilerPutsEveryFieldWhereJavaDoes() throws Exception {
    assumeTrue(hasCompiler(), "there is no gcc on PATH");
    Files.writeString(folder.resolve("page.h"), PageHeader.text());
    Files.writeString(folder.resolve("offsets.c"), offsetsProgram());
    run("gcc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-o", "offsets", "offsets.c");

    Map<String, Integer> byC =
        run("./offsets")
            .lines()
            .map(line -> line.split(" "))
            .collect(Collectors.toMap(word -> word[0], word -> Integer.valueOf(word[1])));

    assertThat(new TreeMap<>(byC)).isEqualTo(new TreeMap<>(byJava()));
  }

  private static Map<String, Integer> byJava() {
    var offsets = new TreeMap<String, Integer>();
    STRUCTURES.forEach(
        (structure, fields) ->
            fields.forEach(
                field -> {
                  offsets.put(structure + "." + field.cName(), field.offset());
                  offsets.put(structure + "." + field.cName() + ".bytes", field.bytes());
                }));
    offsets.put("devices", PageLayout.DEVICES_OFFSET);
    offsets.put("slots", PageLayout.SLOTS_OFFSET);
    offsets.put("page", PageLayout.LENGTH);
    return offsets;
  }

  private static String offsetsProgram() {
    var program = new StringBuilder("#include <stdio.h>\n#include \"page.h\"\nint main(void) {\n");
    STRUCTURES.forEach(
        (structure, fields) ->
            fields.forEach(
                field ->
                    program.append(
                        """
                        printf("%1$s.%2$s %%zu\\n", offsetof(struct %1$s, %2$s));
                        printf("%1$s.%2$s.bytes %%zu\\n", sizeof(((struct %1$s *)0)->%2$s));
                        """
                            .formatted(structure, field.cName()))));
    program.append(
        """
        printf("devices %zu\\n", offsetof(struct ot_page, devices));
        printf("slots %zu\\n", offsetof(struct ot_page, slots));
        printf("page %zu\\n", sizeof(struct ot_page));
        return 0;
        }
        """);
    return program.toString();
  }

  private static boolean hasCompiler() throws InterruptedException {
    try {
      return new ProcessBuilder("gcc", "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private String run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", String.join(" ", command), output).isZero();
    return output;
  }
}
