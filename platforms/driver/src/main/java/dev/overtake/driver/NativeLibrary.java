package dev.overtake.driver;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A C library, found as its ecosystem finds it: where a system property says; by the loader's own
 * path; in the usual folders. One that is not found is no error before something of it is called.
 *
 * <p>Immutable, thread-safe.
 */
public final class NativeLibrary {
  private static final MethodHandle UNAVAILABLE;

  static {
    try {
      UNAVAILABLE =
          MethodHandles.lookup()
              .findVirtual(
                  NativeLibrary.class,
                  "unavailable",
                  MethodType.methodType(RuntimeException.class, String.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final String title;
  private final Function<String, ? extends RuntimeException> exception;
  private final List<String> tried = new ArrayList<>();
  private final @Nullable SymbolLookup symbols;

  /**
   * @param title for people, such as {@code the CUDA driver}
   * @param property the system property that may name the file, or the folder that it is in; then
   *     no other is tried
   * @param fileNames by preference, such as {@code libcuda.so.1}
   * @param folders where to look after the loader has
   * @param exception what is thrown where the library, or a function of it, is not to be had
   */
  public NativeLibrary(
      String title,
      String property,
      List<String> fileNames,
      List<Path> folders,
      Function<String, ? extends RuntimeException> exception) {
    this.title = title;
    this.exception = exception;
    String asked = System.getProperty(property);
    symbols = asked != null ? openAsked(asked, fileNames) : search(fileNames, folders);
    if (symbols == null) {
      tried.add("the file that -D" + property + "=FILE names");
    }
  }

  /** A file that somebody names, and no other. */
  public NativeLibrary(Path file, Function<String, ? extends RuntimeException> exception) {
    title = file.toString();
    this.exception = exception;
    symbols = open(file.toAbsolutePath().toString());
  }

  private @Nullable SymbolLookup openAsked(String asked, List<String> fileNames) {
    Path path = Path.of(asked);
    return Files.isDirectory(path) ? searchFolders(fileNames, List.of(path)) : open(asked);
  }

  private @Nullable SymbolLookup search(List<String> fileNames, List<Path> folders) {
    for (String name : fileNames) {
      SymbolLookup found = open(name);
      if (found != null) {
        return found;
      }
    }
    return searchFolders(fileNames, folders);
  }

  private @Nullable SymbolLookup searchFolders(List<String> fileNames, List<Path> folders) {
    for (Path folder : folders) {
      for (String name : fileNames) {
        Path file = folder.resolve(name);
        SymbolLookup found = Files.exists(file) ? open(file.toString()) : null;
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  @SuppressWarnings("restricted") // what this class is for
  private @Nullable SymbolLookup open(String file) {
    try {
      return file.indexOf('/') >= 0
          ? SymbolLookup.libraryLookup(Path.of(file), Arena.global())
          : SymbolLookup.libraryLookup(file, Arena.global());
    } catch (IllegalArgumentException e) { // There is none, or the loader cannot use it.
      tried.add(NativeLoader.complaint(file).map(why -> file + " (" + why + ")").orElse(file));
      return null;
    }
  }

  /** Whether the library is there. */
  public boolean isFound() {
    return symbols != null;
  }

  /** Whether the library is there and has this function. */
  public boolean has(String function) {
    return symbols != null && symbols.find(function).isPresent();
  }

  /** A function that returns its status; in place of one that is not there, one that throws. */
  public MethodHandle bind(String function, MemoryLayout... parameters) {
    return bind(function, FunctionDescriptor.of(JAVA_INT, parameters));
  }

  /** Likewise, of any type. */
  @SuppressWarnings("restricted") // the callers take the descriptors from the library's headers
  public MethodHandle bind(String function, FunctionDescriptor type) {
    return symbols != null && has(function)
        ? Linker.nativeLinker().downcallHandle(symbols.findOrThrow(function), type)
        : refusal(function, type.toMethodType());
  }

  private MethodHandle refusal(String function, MethodType type) {
    MethodHandle thrower =
        MethodHandles.collectArguments(
            MethodHandles.throwException(type.returnType(), RuntimeException.class),
            0,
            MethodHandles.insertArguments(UNAVAILABLE, 0, this, function));
    return MethodHandles.dropArguments(thrower, 0, type.parameterList());
  }

  /** Why this function is not to be had. */
  public RuntimeException unavailable(String function) {
    return exception.apply(
        symbols == null
            ? "%s was not found; looked for %s".formatted(title, lookedFor())
            : "%s lacks %s: it is too old, and has to be updated".formatted(title, function));
  }

  /** What was looked for where the library is not there, each with what the loader said of it. */
  public String lookedFor() {
    return String.join(", ", tried);
  }

  /** What a downcall itself never throws: only what stands in for a missing function does. */
  public static RuntimeException unexpected(Throwable e) {
    return switch (e) {
      case RuntimeException exception -> exception;
      case Error error -> throw error;
      default -> new IllegalStateException("a native call failed in the JVM", e);
    };
  }
}
