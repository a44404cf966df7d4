package dev.overtake.control.daemon;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a daemon is started.
 *
 * @param page the control page; created where there is none
 * @param port of the API on the loopback interface; 0: any that is free; null: {@link
 *     #DEFAULT_PORT}, or any that is free where that is taken, since tools go by the port file
 * @param policy to choose at the start; null: what the page says
 * @param policies of one's own: jars, or folders of jars, in which they are; see {@link PolicyJars}
 * @param version of Overtake, for people
 */
public record DaemonConfig(
    Path page,
    @Nullable Integer port,
    @Nullable String policy,
    List<Path> policies,
    String version) {
  public static final int DEFAULT_PORT = 7427;

  public DaemonConfig {
    policies = List.copyOf(policies);
  }
}
