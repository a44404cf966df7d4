package dev.overtake.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;

/**
 * Arguments, paths and variables as the operating system has them: bytes that end with a NUL and
 * need not be text in any encoding. A <i>byte string</i> is a String with one char a byte, so that
 * what ASCII can say may be said about it and every byte arrives where it is passed on to.
 */
final class ByteStrings {
  /** How Java reads and writes the names of files. */
  private static final Charset FILE_NAMES = Charset.forName(System.getProperty("sun.jnu.encoding"));

  private ByteStrings() {}

  /** What Java makes of a byte string that names a file. */
  static String text(String byteString) {
    return new String(bytes(byteString), FILE_NAMES);
  }

  /** Whether Java can name what a byte string names. */
  static boolean isText(String byteString) {
    return ofText(text(byteString)).equals(byteString);
  }

  /** The byte string of a name that came from Java. */
  static String ofText(String text) {
    return new String(text.getBytes(FILE_NAMES), ISO_8859_1);
  }

  /** The bytes of a byte string, without a NUL. */
  static byte[] bytes(String byteString) {
    return byteString.getBytes(ISO_8859_1);
  }

  /** The byte strings in a block in which a NUL ends each. */
  static List<String> split(byte[] block) {
    var strings = new ArrayList<String>();
    int start = 0;
    for (int i = 0; i < block.length; i++) {
      if (block[i] == 0) {
        strings.add(new String(block, start, i - start, ISO_8859_1));
        start = i + 1;
      }
    }
    return strings;
  }
}
