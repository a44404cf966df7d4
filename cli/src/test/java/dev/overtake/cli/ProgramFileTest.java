package dev.overtake.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramFileTest {
  private static final int LOADABLE = 1;
  private static final int INTERPRETER = 3;
  private static final int THIS_MACHINE =
      System.getProperty("os.arch").equals("aarch64") ? 183 : 62;

  @TempDir Path folder;

  private Path program(byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("program"), bytes);
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }

  /** The head of an ELF file with two segments, the second of a type that is asked for. */
  private static byte[] elf(int bits, int machine, int segment) {
    var elf = ByteBuffer.allocate(64 + 2 * 56).order(ByteOrder.LITTLE_ENDIAN);
    elf.put(new byte[] {0x7f, 'E', 'L', 'F', (byte) (bits / 32), 1, 1});
    elf.putShort(18, (short) machine)
        .putLong(32, 64)
        .putShort(54, (short) 56)
        .putShort(56, (short) 2);
    elf.putInt(64, LOADABLE).putInt(64 + 56, segment);
    return elf.array();
  }

  private Optional<String> objectionTo(byte[] bytes) throws IOException {
    return ProgramFile.find(program(bytes).toString(), "").orElseThrow().objection();
  }

  @Test
  void nothingIsWrongWithADynamicallyLinkedProgram() throws IOException {
    assertThat(objectionTo(elf(64, THIS_MACHINE, INTERPRETER))).isEmpty();
  }

  @Test
  void nothingCanBePreloadedIntoAStaticOne() throws IOException {
    assertThat(objectionTo(elf(64, THIS_MACHINE, LOADABLE)).orElseThrow())
        .contains("statically linked");
  }

  @Test
  void theLibraryIsOfOneArchitecture() throws IOException {
    assertThat(objectionTo(elf(32, THIS_MACHINE, INTERPRETER)).orElseThrow())
        .contains("another kind of processor");
    assertThat(objectionTo(elf(64, 40, INTERPRETER)).orElseThrow())
        .contains("another kind of processor");
  }

  @Test
  void aScriptIsWhatRunsIt() throws IOException {
    Path runs = Files.move(program(elf(64, THIS_MACHINE, LOADABLE)), folder.resolve("runs"));
    for (String line : List.of("#!" + runs, "#! " + runs + " -x\nmore", "#!" + runs + "\t\n")) {
      assertThat(objectionTo(line.getBytes(US_ASCII)).orElseThrow())
          .startsWith("is run by " + runs + ", which is statically linked");
    }
    assertThat(objectionTo(("#!" + folder + "/program\n").getBytes(US_ASCII))).isEmpty();
  }

  @Test
  void scriptsAndWhatIsShortAreNotObjectedTo() throws IOException {
    assertThat(objectionTo("#!/bin/sh\n".getBytes(US_ASCII))).isEmpty();
    assertThat(objectionTo("#!".getBytes(US_ASCII))).isEmpty();
    assertThat(objectionTo("#!/nowhere\n".getBytes(US_ASCII))).isEmpty();
    assertThat(objectionTo(new byte[0])).isEmpty();
    assertThat(objectionTo(new byte[] {0x7f, 'E'})).isEmpty();
  }

  @Test
  void aProgramIsLookedForAsTheKernelsCallersDo() throws IOException {
    program(new byte[0]);
    Files.createFile(folder.resolve("text"));
    Files.createDirectory(folder.resolve("folder"));
    String path = "/nowhere::" + folder;
    assertThat(ProgramFile.find("program", path)).isPresent();
    assertThat(ProgramFile.find("program", "/nowhere")).isEmpty();
    assertThat(ProgramFile.find("text", path)).isEmpty();
    assertThat(ProgramFile.find("folder", path)).isEmpty();
    assertThat(ProgramFile.find("nothing/there", path)).isEmpty();
  }
}
