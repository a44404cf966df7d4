package dev.overtake.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a library can be preloaded into the program in a file, or into what runs the script in
 * it. What cannot be read or is neither is not objected to: the kernel decides what runs.
 */
final class ProgramFile {
  private static final int ELF_MAGIC = 0x7f454c46;
  private static final int ELF_CLASS_64 = 2;
  private static final int INTERPRETER_SEGMENT = 3;
  private static final int HEADER_BYTES = 64;

  /** As many scripts as the kernel runs by one another, and as much of a line as it reads. */
  private static final int MOST_INTERPRETERS = 5;

  private static final int FIRST_LINE_BYTES = 256;
  private static final Pattern INTERPRETER = Pattern.compile("#![ \\t]*([^ \\t\\n\\x00]+)");

  private static final int SET_UID = 04000;
  private static final int SET_GID = 02000;

  /** The machines that Java names, as ELF numbers them. */
  private static final Map<String, Integer> MACHINES = Map.of("amd64", 62, "aarch64", 183);

  private final Path file;

  private ProgramFile(Path file) {
    this.file = file;
  }

  /**
   * Finds a program as execvp does; names and path are byte strings.
   *
   * @param path the value of PATH
   * @return empty if there is no such file, or none whose name this JVM's encoding can express
   */
  static Optional<ProgramFile> find(String program, String path) {
    if (program.indexOf('/') >= 0) {
      return file(program);
    }
    for (String folder : path.split(":", -1)) {
      var found = file((folder.isEmpty() ? "." : folder) + "/" + program);
      if (found.isPresent() && Files.isExecutable(found.get().file)) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<ProgramFile> file(String name) {
    try {
      Path file = Path.of(ByteStrings.text(name));
      return Files.isRegularFile(file) ? Optional.of(new ProgramFile(file)) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  boolean isExecutable() {
    return Files.isExecutable(file);
  }

  /** Why the dynamic linker will not preload a library into it, if that is so. */
  Optional<String> objection() {
    return objection(MOST_INTERPRETERS);
  }

  private Optional<String> objection(int interpreters) {
    try {
      Optional<String> interpreter = interpreter();
      if (interpreter.isPresent()) { // Whose rights count, and not the script's.
        String name = interpreter.orElseThrow();
        return interpreters == 0
            ? Optional.empty()
            : file(name)
                .flatMap(found -> found.objection(interpreters - 1))
                .map(objection -> "is run by " + name + ", which " + objection);
      }
      return runsAsAnotherUser()
          ? Optional.of("is set-user-ID or set-group-ID, for which LD_PRELOAD is ignored")
          : elfObjection();
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }

  /** What the first line of a script names: a byte string. */
  private Optional<String> interpreter() throws IOException {
    if (!Files.isReadable(file)) {
      return Optional.empty(); // No script: whoever runs one has to read it.
    }
    try (var in = new RandomAccessFile(file.toFile(), "r")) {
      var start = new String(read(in, 0, FIRST_LINE_BYTES).array(), ISO_8859_1);
      Matcher line = INTERPRETER.matcher(start);
      return line.lookingAt() ? Optional.of(line.group(1)) : Optional.empty();
    }
  }

  private boolean runsAsAnotherUser() throws IOException {
    int mode = (int) Files.getAttribute(file, "unix:mode");
    if ((mode & (SET_UID | SET_GID)) == 0) {
      return false;
    }
    Path self = Path.of("/proc/self");
    return ((mode & SET_UID) != 0 && !same(self, "unix:uid"))
        || ((mode & SET_GID) != 0 && !same(self, "unix:gid"));
  }

  private boolean same(Path self, String attribute) throws IOException {
    return Files.getAttribute(file, attribute).equals(Files.getAttribute(self, attribute));
  }

  private Optional<String> elfObjection() throws IOException {
    try (var in = new RandomAccessFile(file.toFile(), "r")) {
      ByteBuffer header = read(in, 0, HEADER_BYTES);
      if (header.getInt(0) != ELF_MAGIC) {
        return Optional.empty();
      }
      Integer machine = MACHINES.get(System.getProperty("os.arch"));
      header.order(header.get(5) == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      if (header.get(4) != ELF_CLASS_64
          || (machine != null && Short.toUnsignedInt(header.getShort(18)) != machine)) {
        return Optional.of("is for another kind of processor than libovertake.so");
      }
      return hasInterpreter(in, header)
          ? Optional.empty()
          : Optional.of("is statically linked: nothing can be preloaded into it");
    }
  }

  private static boolean hasInterpreter(RandomAccessFile in, ByteBuffer header) throws IOException {
    int entryBytes = Short.toUnsignedInt(header.getShort(54));
    int entries = Short.toUnsignedInt(header.getShort(56));
    ByteBuffer table = read(in, header.getLong(32), entryBytes * entries).order(header.order());
    for (int i = 0; i < entries; i++) {
      if (table.getInt(i * entryBytes) == INTERPRETER_SEGMENT) {
        return true;
      }
    }
    return false;
  }

  /** Of a file that is shorter, the rest is zero. */
  private static ByteBuffer read(RandomAccessFile in, long offset, int length) throws IOException {
    var bytes = new byte[length];
    in.seek(offset);
    int count = 0;
    int more;
    while (count < length && (more = in.read(bytes, count, length - count)) > 0) {
      count += more;
    }
    return ByteBuffer.wrap(bytes);
  }
}
