package dev.overtake.platform.cuda;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * A compiled model keeps its weights in a section of assembler that does not say whether it needs
 * an executable stack; the linker then asks for one for the whole library. It needs none, and is
 * better off without: the JVM loses the guards of its stacks, and glibc refuses such a library from
 * 2.41 on.
 *
 * @see <a href="https://refspecs.linuxfoundation.org/elf/elf.pdf">ELF, program header</a>
 */
final class ExecutableStack {
  private static final byte[] ELF_64_LITTLE_ENDIAN = {0x7f, 'E', 'L', 'F', 2, 1};
  private static final int TABLE_PLACE = 32; // e_phoff
  private static final int ENTRY_SIZE = 54; // e_phentsize
  private static final int ENTRIES = 56; // e_phnum
  private static final int HEADER_SIZE = 64;
  private static final int FLAGS = 4; // of an entry, p_flags behind p_type
  private static final int GNU_STACK = 0x6474e551; // PT_GNU_STACK
  private static final int EXECUTABLE = 1; // PF_X

  private ExecutableStack() {}

  /** Has a library not ask for one. Leaves what is no 64-bit little-endian ELF file as it is. */
  static void deny(Path library) throws IOException {
    try (var file = new RandomAccessFile(library.toFile(), "rw")) {
      ByteBuffer header = read(file, 0, HEADER_SIZE);
      if (header.remaining() < HEADER_SIZE
          || header.mismatch(ByteBuffer.wrap(ELF_64_LITTLE_ENDIAN))
              != ELF_64_LITTLE_ENDIAN.length) {
        return;
      }
      int size = Short.toUnsignedInt(header.getShort(ENTRY_SIZE));
      int count = Short.toUnsignedInt(header.getShort(ENTRIES));
      for (int i = 0; i < count; i++) {
        long place = header.getLong(TABLE_PLACE) + (long) i * size;
        ByteBuffer entry = read(file, place, size);
        if (entry.remaining() >= FLAGS + Integer.BYTES && entry.getInt(0) == GNU_STACK) {
          file.seek(place + FLAGS); // A byte is enough: the least significant comes first.
          file.write(entry.get(FLAGS) & ~EXECUTABLE);
        }
      }
    }
  }

  /** So many bytes, or those that there are. */
  private static ByteBuffer read(RandomAccessFile file, long place, int size) throws IOException {
    if (place < 0 || place > file.length()) {
      return ByteBuffer.allocate(0);
    }
    var bytes = new byte[(int) Math.min(file.length() - place, size)];
    file.seek(place);
    file.readFully(bytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
