package dev.overtake.shim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives each test a {@link Lab}; when a test fails, shows what its programs wrote. */
final class Labs implements ParameterResolver, AfterEachCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(Labs.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
    return parameter.getParameter().getType() == Lab.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
    try {
      var lab = new Lab(Files.createTempDirectory("overtake-shim-test"));
      test.getStore(NAMESPACE).put(test.getUniqueId(), lab);
      return lab;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void afterEach(ExtensionContext test) throws IOException {
    Lab lab = test.getStore(NAMESPACE).remove(test.getUniqueId(), Lab.class);
    if (lab == null) {
      return;
    }
    if (test.getExecutionException().isPresent()) {
      System.err.printf("The programs of %s:%n%s%n", test.getDisplayName(), lab.report());
    }
    try {
      lab.close();
    } finally {
      delete(lab.folder());
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
