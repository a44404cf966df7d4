package dev.overtake.cli;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.overtake.cli.CudaDriver.CudaException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A program that tries the CUDA driver and prints what it can do, a line each, words parted by
 * tabs: {@code driver VERSION}, {@code device INDEX NAME CONTEXT WAIT MPS STOP} for each device, or
 * {@code error MESSAGE}. A process of its own, since a driver that is broken may crash whoever
 * calls it.
 */
final class DriverProbe {
  private static final int MPS_ENABLED = 133; // of cuda.h

  private static final int WAIT_VALUE_32 = 1;
  private static final int WRITE_VALUE_32 = 2;
  private static final long OPERATION_BYTES = 48;
  private static final long OPERATION_ADDRESS = 8;
  private static final long OPERATION_VALUE = 16;
  private static final int GATE = 0;
  private static final int MARKER = 4;
  private static final long DEADLINE_NANOS = 2_000_000_000L;

  /** A write that nothing stops arrives in some microseconds. */
  private static final long STOPPED_MILLIS = 20;

  private DriverProbe() {}

  /** Prints; ends with status 0 even if there is no driver. */
  public static void main(String[] args) {
    try (Arena arena = Arena.ofConfined()) {
      var driver = new CudaDriver(arena);
      driver.initialize();
      print("driver", driver.version());
      int count = driver.deviceCount();
      for (int i = 0; i < count; i++) {
        int device = driver.device(i);
        String context = context(driver, device);
        String streamWait = context.equals("ok") ? streamWait(driver, arena) : "not tried";
        print(
            "device",
            i,
            driver.name(device),
            context,
            streamWait,
            mps(driver, device),
            streamWait.equals("ok") ? canStop(driver, device, arena) : 0);
      }
    } catch (IllegalArgumentException e) {
      print("error", "libcuda.so.1 cannot be loaded");
    } catch (CudaException e) {
      print("error", String.valueOf(e.getMessage()));
    }
  }

  /**
   * Has this thread use the device's primary context, in which all else is tried.
   *
   * @return {@code ok}, or why there is none: a device that is full, or another process's alone
   */
  private static String context(CudaDriver driver, int device) {
    try {
      driver.usePrimaryContext(device);
      return "ok";
    } catch (CudaException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** 1 if MPS shares the device between processes; a driver that knows no such attribute: 0. */
  private static int mps(CudaDriver driver, int device) {
    try {
      return driver.attribute(device, MPS_ENABLED);
    } catch (CudaException e) {
      return 0;
    }
  }

  /**
   * Has the shim stop what this process runs on the device: nothing may arrive from a stream then,
   * and must once it is let go on.
   *
   * @return 1, or 0 where that is not so
   */
  private static int canStop(CudaDriver driver, int device, Arena arena) {
    var function =
        ShimFunctions.find(
            "overtake_try_interrupt", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    if (function.isEmpty()) {
      return 0;
    }
    MethodHandle interrupt = function.orElseThrow();
    try {
      MemorySegment uuid = driver.uuid(device);
      MemorySegment stream = driver.stream();
      MemorySegment word = driver.sharedMemory(Long.BYTES);
      MemorySegment write = arena.allocate(OPERATION_BYTES, Long.BYTES);
      operation(write, 0, WRITE_VALUE_32, driver.deviceAddress(word));
      boolean stood;
      boolean started;
      boolean stopped = (int) interrupt.invokeExact(uuid, 1) == 1;
      try {
        driver.batchMemoryOperations(stream, write, 1);
        Thread.sleep(STOPPED_MILLIS); // that nothing arrives shows in time alone
        stood = word.get(JAVA_INT, 0) == 0;
      } finally {
        started = (int) interrupt.invokeExact(uuid, 0) == 1;
      }
      long begin = System.nanoTime();
      while (!driver.isDone(stream) && System.nanoTime() - begin < DEADLINE_NANOS) {
        Thread.onSpinWait();
      }
      return stopped && stood && started && word.get(JAVA_INT, 0) == 1 ? 1 : 0;
    } catch (Throwable e) {
      return 0;
    }
  }

  /**
   * Has a stream wait for a word of host memory and then write another: it must not go on before
   * the host opens the first, and must then.
   *
   * @return {@code ok}, or what went wrong
   */
  private static String streamWait(CudaDriver driver, Arena arena) {
    try {
      MemorySegment stream = driver.stream();
      MemorySegment words = driver.sharedMemory(Long.BYTES);
      long address = driver.deviceAddress(words);
      MemorySegment operations = arena.allocate(2 * OPERATION_BYTES, Long.BYTES);
      operation(operations, 0, WAIT_VALUE_32, address + GATE);
      operation(operations, OPERATION_BYTES, WRITE_VALUE_32, address + MARKER);
      driver.batchMemoryOperations(stream, operations, 2);
      boolean waited = !driver.isDone(stream) && words.get(JAVA_INT, MARKER) == 0;
      words.set(JAVA_INT, GATE, 1);
      long begin = System.nanoTime();
      while (!driver.isDone(stream)) {
        if (System.nanoTime() - begin > DEADLINE_NANOS) {
          return "a wait in a stream does not end when the host lets it";
        }
        Thread.onSpinWait();
      }
      if (!waited) {
        return "a wait in a stream does not wait";
      }
      return words.get(JAVA_INT, MARKER) == 1 ? "ok" : "a write in a stream does not arrive";
    } catch (CudaException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Of value 1, and with flags 0: a wait for at least that. */
  private static void operation(MemorySegment operations, long offset, int kind, long address) {
    operations.set(JAVA_INT, offset, kind);
    operations.set(JAVA_LONG, offset + OPERATION_ADDRESS, address);
    operations.set(JAVA_INT, offset + OPERATION_VALUE, 1);
  }

  private static void print(Object... words) {
    var line = new StringBuilder();
    for (Object word : words) {
      line.append(line.isEmpty() ? "" : "\t").append(word);
    }
    System.out.println(line);
  }
}
