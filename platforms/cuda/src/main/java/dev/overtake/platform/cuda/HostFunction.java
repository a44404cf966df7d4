package dev.overtake.platform.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A command that calls Java. The driver is given one C function for all of them and a number that
 * tells which is meant.
 */
final class HostFunction extends CudaCommand {
  private static final Map<Long, HostFunction> LAUNCHED = new ConcurrentHashMap<>();
  private static final AtomicLong NUMBERS = new AtomicLong();
  private static final MemorySegment ENTRY = entry();

  /** Whether the thread is one of the driver's that is in a function. */
  private static final ThreadLocal<Boolean> RUNNING = ThreadLocal.withInitial(() -> false);

  private final Runnable function;
  private final long number = NUMBERS.incrementAndGet();
  private @Nullable FailureReport failures;

  HostFunction(Runnable function) {
    super(List.of());
    this.function = function;
  }

  @SuppressWarnings("restricted") // CUhostFn of cuda.h
  private static MemorySegment entry() {
    try {
      return Linker.nativeLinker()
          .upcallStub(
              MethodHandles.lookup()
                  .findStatic(
                      HostFunction.class, "call", MethodType.methodType(void.class, long.class)),
              FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG),
              Arena.global());
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @Override
  boolean fitsGraph() {
    return false;
  }

  @Override
  void enqueue(CudaStream stream, FailureReport failures) {
    this.failures = failures;
    LAUNCHED.put(number, this);
    try {
      CudaDriver.launchHostFunction(stream.handle(), ENTRY.address(), number);
    } catch (RuntimeException e) {
      LAUNCHED.remove(number);
      throw e;
    }
  }

  /** Called by the driver. An exception would end the process. */
  @SuppressWarnings("UnusedMethod") // ENTRY is it
  private static void call(long number) {
    HostFunction command = LAUNCHED.remove(number);
    if (command != null) {
      command.call();
    }
  }

  static boolean isRunning() {
    return RUNNING.get();
  }

  private void call() {
    try {
      RUNNING.set(true);
      function.run();
    } catch (Throwable e) {
      if (failures != null) {
        failures.failed(this, e);
      }
    } finally {
      RUNNING.remove();
    }
  }

  /** The driver forgets those of a context that has failed. */
  @Override
  protected void finished() {
    super.finished();
    LAUNCHED.remove(number);
  }
}
