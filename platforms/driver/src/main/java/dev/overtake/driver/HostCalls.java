package dev.overtake.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Java that a driver calls when it comes to it in a stream. The driver is given one C function for
 * all calls, {@code void (*)(void *)}, and a number that tells which is meant.
 *
 * <p>Thread-safe.
 */
public final class HostCalls {
  private static final Map<Long, Runnable> EXPECTED = new ConcurrentHashMap<>();
  private static final AtomicLong NUMBERS = new AtomicLong();
  private static final long ENTRY = entry();

  /** Whether the thread is one of a driver's that is in a call. */
  private static final ThreadLocal<Boolean> RUNNING = ThreadLocal.withInitial(() -> false);

  private HostCalls() {}

  @SuppressWarnings("restricted") // void (*)(void *), as drivers declare it
  private static long entry() {
    try {
      return Linker.nativeLinker()
          .upcallStub(
              MethodHandles.lookup()
                  .findStatic(
                      HostCalls.class, "call", MethodType.methodType(void.class, long.class)),
              FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG),
              Arena.global())
          .address();
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The address of the C function. */
  public static long function() {
    return ENTRY;
  }

  /**
   * A call that is to come, once.
   *
   * @param call must not throw: that would end the process
   * @return what the driver has to give to {@link #function}
   */
  public static long expect(Runnable call) {
    long number = NUMBERS.incrementAndGet();
    EXPECTED.put(number, call);
    return number;
  }

  /** The call does not come any more, or has come. */
  public static void forget(long number) {
    EXPECTED.remove(number);
  }

  /** Whether the calling thread is a driver's, and may not wait for it. */
  public static boolean isRunning() {
    return RUNNING.get();
  }

  @SuppressWarnings("UnusedMethod") // ENTRY is it
  private static void call(long number) {
    Runnable call = EXPECTED.remove(number);
    if (call != null) {
      try {
        RUNNING.set(true);
        call.run();
      } finally {
        RUNNING.remove();
      }
    }
  }
}
