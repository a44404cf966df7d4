package dev.overtake.platform.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On headers as the ELF specification has them, and on a library that a compiler made. */
class ExecutableStackTest {
  private static final int LOAD = 1;
  private static final int GNU_STACK = 0x6474e551;
  private static final int READ_WRITE_EXECUTE = 7;
  private static final int READ_WRITE = 6;

  @TempDir Path folder;

  private Path library;

  private static byte[] headers(int stackFlags) {
    ByteBuffer bytes = ByteBuffer.allocate(64 + 2 * 56).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1});
    bytes.putLong(32, 64).putShort(54, (short) 56).putShort(56, (short) 2);
    bytes.putInt(64, LOAD).putInt(68, READ_WRITE_EXECUTE);
    bytes.putInt(120, GNU_STACK).putInt(124, stackFlags);
    return bytes.array();
  }

  private byte[] denied(byte[] content) throws IOException {
    library = Files.write(folder.resolve("model.so"), content);
    ExecutableStack.deny(library);
    return Files.readAllBytes(library);
  }

  @Test
  void takesTheFlagAndNothingElse() throws IOException {
    assertThat(denied(headers(READ_WRITE_EXECUTE))).isEqualTo(headers(READ_WRITE));
  }

  @Test
  void leavesALibraryThatAsksForNone() throws IOException {
    assertThat(denied(headers(READ_WRITE))).isEqualTo(headers(READ_WRITE));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 7, 57, 63, 64, 100, 125})
  void leavesWhatEndsTooSoon(int length) throws IOException {
    byte[] content = Arrays.copyOf(headers(READ_WRITE_EXECUTE), length);
    assertThat(denied(content)).isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1_000_000})
  void leavesWhatHasItsHeadersNowhere(long place) throws IOException {
    byte[] content = headers(READ_WRITE_EXECUTE);
    ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putLong(32, place);
    assertThat(denied(content)).isEqualTo(content);
  }

  @Test
  void leavesWhatIsNoLibrary() throws IOException {
    byte[] content = headers(READ_WRITE_EXECUTE);
    content[4] = 1; // 32 bit
    assertThat(denied(content)).isEqualTo(content);
  }

  /** The stand-in for a compiled model is linked as one is. */
  @Test
  @Tag("simulated")
  void aModelIsUnpackedWithoutIt() throws IOException {
    byte[] linked = Files.readAllBytes(ModelFiles.packed());
    try (var model = AotiPackage.open(ModelFiles.write(folder.resolve("model.pt2"), ""))) {
      byte[] unpacked = Files.readAllBytes(model.library());
      int place = Arrays.mismatch(linked, unpacked);
      assertThat(linked[place]).isEqualTo((byte) READ_WRITE_EXECUTE);
      assertThat(unpacked[place]).isEqualTo((byte) READ_WRITE);
      linked[place] = unpacked[place];
      assertThat(unpacked).isEqualTo(linked);
    }
  }
}
