package dev.overtake.driver;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * A kernel's arguments as drivers take them: native memory with the values, and an array of
 * pointers to them. Nothing of it ever changes, so any number of launches may use it at a time; the
 * driver copies the values when it launches. It is freed when nobody refers to it any more.
 *
 * @param pointers the array
 * @param sizes of the values, bytes
 */
public record KernelArguments(MemorySegment pointers, List<Long> sizes) {
  private static final long ALIGNMENT = 16;

  /**
   * Packs them: each an {@link Integer}, {@link Long}, {@link Short}, {@link Byte}, {@link Float}
   * or {@link Double}, a {@link DeviceMemory} for its address, or a {@link MemorySegment} for a
   * struct by value.
   *
   * @throws IllegalArgumentException if one is of another type
   */
  public static KernelArguments of(Object... arguments) {
    List<Long> sizes = Arrays.stream(arguments).map(KernelArguments::size).toList();
    long offset = aligned(arguments.length * JAVA_LONG.byteSize());
    long bytes = offset + sizes.stream().mapToLong(KernelArguments::aligned).sum();
    MemorySegment memory = Arena.ofAuto().allocate(bytes, ALIGNMENT);
    for (int i = 0; i < arguments.length; i++) {
      memory.setAtIndex(JAVA_LONG, i, memory.address() + offset);
      store(memory.asSlice(offset, sizes.get(i)), arguments[i]);
      offset += aligned(sizes.get(i));
    }
    return new KernelArguments(memory, sizes);
  }

  private static long aligned(long bytes) {
    return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
  }

  private static long size(Object argument) {
    return switch (argument) {
      case Integer _, Float _ -> JAVA_INT.byteSize();
      case Long _, Double _, DeviceMemory _ -> JAVA_LONG.byteSize();
      case Short _ -> JAVA_SHORT.byteSize();
      case Byte _ -> JAVA_BYTE.byteSize();
      case MemorySegment struct -> struct.byteSize();
      default ->
          throw new IllegalArgumentException(
              "a kernel takes numbers, buffers, and structs as MemorySegments, but was given a "
                  + argument.getClass().getName());
    };
  }

  private static void store(MemorySegment to, Object argument) {
    switch (argument) {
      case Integer value -> to.set(JAVA_INT, 0, value);
      case Long value -> to.set(JAVA_LONG, 0, value);
      case Float value -> to.set(JAVA_FLOAT, 0, value);
      case Double value -> to.set(JAVA_DOUBLE, 0, value);
      case Short value -> to.set(JAVA_SHORT, 0, value);
      case Byte value -> to.set(JAVA_BYTE, 0, value);
      case DeviceMemory memory -> to.set(JAVA_LONG, 0, memory.address());
      case MemorySegment struct -> to.copyFrom(struct);
      default -> throw new IllegalArgumentException(argument.getClass().getName());
    }
  }
}
