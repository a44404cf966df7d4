package dev.overtake.driver;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Calls of a C library whose functions return a status, 0 for success, and leave results where
 * their arguments point. Thread-safe.
 */
public final class StatusCalls {
  /** Makes the exception for a function that returned this status. */
  public interface Refusal {
    RuntimeException of(String function, int status);
  }

  /** A call; declared to throw, since that is how a method handle is. */
  public interface Call {
    int status() throws Throwable;
  }

  /** A call that leaves one result of up to 8 bytes. */
  public interface ReadingCall {
    int status(long out) throws Throwable;
  }

  /** A call that leaves a text that ends with a zero. */
  public interface TextCall {
    int status(long text, int bytes) throws Throwable;
  }

  /** No status. */
  private static final int NEVER = Integer.MIN_VALUE;

  private static final int TEXT_BYTES = 256;

  /** Where a call leaves one result. */
  private static final ThreadLocal<MemorySegment> OUT =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(JAVA_LONG));

  private final int notReady;
  private final Refusal refusal;

  /** For a library none of whose functions says "not yet". */
  public StatusCalls(Refusal refusal) {
    this(NEVER, refusal);
  }

  /**
   * @param notReady the status that says "not yet" to a question
   */
  public StatusCalls(int notReady, Refusal refusal) {
    this.notReady = notReady;
    this.refusal = refusal;
  }

  /**
   * Where a call of this thread can leave one result of up to 8 bytes, until its next one. For
   * calls that may not allocate: what the others take does, where the compiler does not see through
   * it.
   */
  public static MemorySegment out() {
    return OUT.get();
  }

  /** What the call returns. */
  public int status(Call call) {
    try {
      return call.status();
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /** Throws what the refusal makes of a status that is not 0. */
  public void check(String function, int status) {
    if (status != 0) {
      throw refusal.of(function, status);
    }
  }

  /** Makes the call, and throws likewise. */
  public void check(String function, Call call) {
    check(function, status(call));
  }

  /** Whether what the call asks about is done. */
  public boolean isDone(String function, Call call) {
    int status = status(call);
    if (status == notReady) {
      return false;
    }
    check(function, status);
    return true;
  }

  /** The one result that the call leaves where its argument points. */
  public long read(String function, ReadingCall call) {
    MemorySegment out = out();
    out.set(JAVA_LONG, 0, 0); // An int fills half of it.
    try {
      check(function, call.status(out.address()));
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
    return out.get(JAVA_LONG, 0);
  }

  /** The text, of fewer than 256 bytes, that it leaves there. */
  public String readText(String function, TextCall call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(TEXT_BYTES);
      check(function, () -> call.status(text.address(), TEXT_BYTES));
      return text.getString(0);
    }
  }
}
