package dev.overtake.control.page;

import java.util.Locale;

/**
 * One field of the control page.
 *
 * @param name as people and Java know it
 * @param type of one element
 * @param count elements; more than 1 is an array
 * @param offset bytes from the start of the structure that it is in
 * @param doc what it holds, one sentence without a full stop
 */
record Field(String name, Type type, int count, int offset, String doc) {
  /** What an element is, and how C declares it. */
  enum Type {
    CHAR(1, "char"),
    U8(1, "uint8_t"),
    U32(4, "_Atomic uint32_t"),
    I32(4, "_Atomic int32_t"),
    U64(8, "_Atomic uint64_t");

    private final int bytes;
    private final String declaration;

    Type(int bytes, String declaration) {
      this.bytes = bytes;
      this.declaration = declaration;
    }

    int bytes() {
      return bytes;
    }

    String declaration() {
      return declaration;
    }
  }

  static Field chars(String name, int count, int offset, String doc) {
    return new Field(name, Type.CHAR, count, offset, doc);
  }

  static Field bytes(String name, int count, int offset, String doc) {
    return new Field(name, Type.U8, count, offset, doc);
  }

  static Field u32(String name, int offset, String doc) {
    return new Field(name, Type.U32, 1, offset, doc);
  }

  static Field i32(String name, int offset, String doc) {
    return new Field(name, Type.I32, 1, offset, doc);
  }

  static Field u64(String name, int offset, String doc) {
    return new Field(name, Type.U64, 1, offset, doc);
  }

  static Field u64s(String name, int count, int offset, String doc) {
    return new Field(name, Type.U64, count, offset, doc);
  }

  /** Its length, all elements of it. */
  int bytes() {
    return type.bytes() * count;
  }

  /** The offset of the first byte after it. */
  int end() {
    return offset + bytes();
  }

  /** Its name in C: {@code daemonPid} is {@code daemon_pid}. */
  String cName() {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
