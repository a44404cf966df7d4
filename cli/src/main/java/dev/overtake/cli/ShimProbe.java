package dev.overtake.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;

/**
 * A program that says whether the shim was preloaded into it, as a program would find out: by
 * asking for its function. {@link Doctor} starts it with LD_PRELOAD.
 */
final class ShimProbe {
  private ShimProbe() {}

  /** Prints the version of the shim's interface, or 0 if there is no shim. */
  public static void main(String[] args) throws Throwable {
    var version =
        ShimFunctions.find("overtake_version", FunctionDescriptor.of(ValueLayout.JAVA_INT));
    System.out.println(version.isEmpty() ? 0 : (int) version.orElseThrow().invokeExact());
  }
}
