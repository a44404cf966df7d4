package dev.overtake.cli;

import dev.overtake.control.page.PagePath;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option by which every command that looks at the control page finds it. */
final class PageOption {
  @Option(
      names = "--page",
      paramLabel = "FILE",
      description =
          "The control page. Default: what OVERTAKE_PAGE says, else overtake/page in"
              + " XDG_RUNTIME_DIR if that is yours, else /dev/shm/overtake-UID/page.")
  private @Nullable Path page;

  Path file() {
    return page == null ? PagePath.of(System.getenv()) : page;
  }
}
