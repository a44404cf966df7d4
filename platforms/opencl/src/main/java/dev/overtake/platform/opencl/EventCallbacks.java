package dev.overtake.platform.opencl;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How a driver tells that a command has ended: it calls a function, on a thread of its own or, if
 * the command has ended already, on ours. There is one such function for all queues, which lives as
 * long as the process, and takes a queue's place in a table: a late call for a queue that was
 * closed finds none, or has another queue look in vain.
 */
final class EventCallbacks {
  private static final System.Logger LOGGER = System.getLogger(EventCallbacks.class.getName());
  private static final long FUNCTION = function();
  private static final ThreadLocal<Boolean> RUNNING = ThreadLocal.withInitial(() -> false);

  /** Never changed, but replaced. */
  private static volatile @Nullable OpenClHwQueue[] queues = {};

  private EventCallbacks() {}

  @SuppressWarnings("restricted") // of clSetEventCallback's type
  private static long function() {
    try {
      MethodHandle ended =
          MethodHandles.lookup()
              .findStatic(
                  EventCallbacks.class, "ended", MethodType.methodType(void.class, long.class));
      // The event and its status come before: the queue looks for itself.
      return Linker.nativeLinker()
          .upcallStub(
              MethodHandles.dropArguments(ended, 0, long.class, int.class),
              FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT, JAVA_LONG),
              Arena.global())
          .address();
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Returns the queue's place. */
  static synchronized int add(OpenClHwQueue queue) {
    int place = Arrays.asList(queues).indexOf(null);
    place = place < 0 ? queues.length : place;
    replace(place, queue);
    return place;
  }

  static synchronized void remove(int place) {
    replace(place, null);
  }

  private static void replace(int place, @Nullable OpenClHwQueue queue) {
    @Nullable OpenClHwQueue[] changed = Arrays.copyOf(queues, Math.max(queues.length, place + 1));
    changed[place] = queue;
    queues = changed;
  }

  /**
   * Has the queue of this place look once the event's command has ended; before this returns,
   * maybe.
   */
  static void request(long event, int place) {
    OpenCl.setEventCallback(event, FUNCTION, place);
  }

  /** Whether the calling thread is the driver's, and may not wait for it. */
  static boolean isRunning() {
    return RUNNING.get();
  }

  @SuppressWarnings("UnusedMethod") // FUNCTION is it
  private static void ended(long place) {
    boolean nested = RUNNING.get();
    RUNNING.set(true);
    try {
      OpenClHwQueue queue = queues[(int) place];
      if (queue != null) {
        queue.lookSoon();
      }
    } catch (RuntimeException
        | Error e) { // It would end the process; a scheduler of somebody's, say.
      LOGGER.log(Level.ERROR, "the listener of an OpenCL queue failed", e);
    } finally {
      RUNNING.set(nested);
    }
  }
}
