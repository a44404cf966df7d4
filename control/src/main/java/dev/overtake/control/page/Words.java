package dev.overtake.control.page;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The mapped page as fields of structures: every read acquires, every write releases, and the rest
 * is compare-and-set. A structure is known by its base, in bytes from the start of the page.
 * Thread-safe.
 */
final class Words {
  private static final VarHandle U32 =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
  private static final VarHandle U64 =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

  private final MemorySegment page;

  Words(MemorySegment page) {
    this.page = page;
  }

  int u32(long base, Field field) {
    return (int) U32.getAcquire(page, base + field.offset());
  }

  void u32(long base, Field field, int value) {
    U32.setRelease(page, base + field.offset(), value);
  }

  boolean compareAndSet(long base, Field field, int expected, int value) {
    return U32.compareAndSet(page, base + field.offset(), expected, value);
  }

  void increment(long base, Field field) {
    var _ = (int) U32.getAndAdd(page, base + field.offset(), 1);
  }

  long u64(long base, Field field) {
    return element(base, field, 0);
  }

  /** Element {@code index} of an array of u64. */
  long element(long base, Field field, int index) {
    return (long) U64.getAcquire(page, base + field.offset() + 8L * index);
  }

  void u64(long base, Field field, long value) {
    U64.setRelease(page, base + field.offset(), value);
  }

  boolean compareAndSet(long base, Field field, long expected, long value) {
    return U64.compareAndSet(page, base + field.offset(), expected, value);
  }

  void setBits(long base, Field field, int index, long bits) {
    var _ = (long) U64.getAndBitwiseOr(page, base + field.offset() + 8L * index, bits);
  }

  void clearBits(long base, Field field, int index, long bits) {
    var _ = (long) U64.getAndBitwiseAnd(page, base + field.offset() + 8L * index, ~bits);
  }

  byte[] bytes(long base, Field field) {
    return page.asSlice(base + field.offset(), field.bytes()).toArray(ValueLayout.JAVA_BYTE);
  }

  void bytes(long base, Field field, byte[] value) {
    MemorySegment target = page.asSlice(base + field.offset(), field.bytes());
    int length = Math.min(value.length, field.bytes());
    MemorySegment.copy(value, 0, target, ValueLayout.JAVA_BYTE, 0, length);
    target.asSlice(length).fill((byte) 0);
  }

  /** The characters before the NUL; what is not UTF-8 shows as replacement characters. */
  String text(long base, Field field) {
    byte[] bytes = bytes(base, field);
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  /** Cuts what does not fit; a NUL always ends it. */
  void text(long base, Field field, String value) {
    byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
    byte[] bytes = new byte[field.bytes()];
    System.arraycopy(encoded, 0, bytes, 0, Math.min(encoded.length, bytes.length - 1));
    bytes(base, field, bytes);
  }

  /** The word itself, for the kernel to look at: a futex. */
  MemorySegment futex(long base, Field field) {
    return page.asSlice(base + field.offset(), 4);
  }
}
