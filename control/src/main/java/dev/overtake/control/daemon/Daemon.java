package dev.overtake.control.daemon;

import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.Controls;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The daemon of one control page: from {@link #start} on it answers requests, in {@link #run} it
 * works. It leaves the page as if it had never been there: every gate open that nobody suspended,
 * and in the place of a policy that it decided by, highest priority first, decided by the shims. If
 * it is killed, the shims find its heartbeat stale and open what it closed.
 */
public final class Daemon implements AutoCloseable {
  private static final LongSupplier NANO_CLOCK = System::nanoTime; // CLOCK_MONOTONIC, on Linux

  private final ControlPage page;
  private final PageLock lock;
  private final DutyCycle dutyCycle;
  private final HttpApi api;
  private final PresenceAgent presence;
  private final PortFile portFile;
  private final ApiToken token;

  private Daemon(
      DaemonConfig config,
      ControlPage page,
      @Nullable Object pageKey,
      PageLock lock,
      PolicyCatalog catalog,
      Consumer<String> warnings)
      throws IOException {
    this.page = page;
    this.lock = lock;
    int pid = (int) ProcessHandle.current().pid();
    var accounting = new AccountingAgent(page);
    presence = new PresenceAgent(config.page(), pageKey, warnings, () -> stop());
    dutyCycle =
        new DutyCycle(
            page.doorbell(),
            NANO_CLOCK,
            List.of(
                new HeartbeatAgent(page.daemon(), pid),
                presence,
                new LivenessAgent(page, warnings),
                new PolicyAgent(page, catalog, warnings),
                accounting));
    token = new ApiToken(config.page());
    api =
        new HttpApi(
            config.port(),
            token,
            new Routes(page, catalog, accounting, describe(config, catalog), NANO_CLOCK),
            warnings);
    portFile = new PortFile(config.page());
    try {
      portFile.write(api.port());
    } catch (IOException | RuntimeException e) {
      api.close();
      token.delete();
      throw e;
    }
  }

  /**
   * Opens the page and the API.
   *
   * @param warnings one line each, about what happens to queues; called by several threads
   * @throws IOException with a one-line message: the page cannot be used, another daemon has it,
   *     the port that was named is taken
   * @throws IllegalArgumentException if there is no policy of that name
   */
  public static Daemon start(DaemonConfig config, Consumer<String> warnings) throws IOException {
    return start(config, PolicyCatalog.installed(config.policies(), warnings), warnings);
  }

  static Daemon start(DaemonConfig config, PolicyCatalog catalog, Consumer<String> warnings)
      throws IOException {
    String policy = config.policy();
    if (policy != null && catalog.mode(policy).isEmpty()) {
      throw new IllegalArgumentException(
          "there is no policy '%s': give one of %s"
              .formatted(policy, String.join(", ", catalog.names())));
    }
    ControlPage page = ControlPage.openOrCreate(config.page());
    Object pageKey = PresenceAgent.key(config.page()); // It may be replaced while this waits.
    try {
      PageLock lock = PageLock.take(config.page());
      try {
        var daemon = new Daemon(config, page, pageKey, lock, catalog, warnings);
        if (policy != null) {
          new Controls(page).policy(catalog.mode(policy).orElseThrow(), policy);
        }
        return daemon;
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      page.close();
      throw e;
    }
  }

  private static Map<String, Object> describe(DaemonConfig config, PolicyCatalog catalog) {
    var all = new LinkedHashMap<String, Object>();
    all.put("version", config.version());
    all.put("page", config.page().toString());
    all.put("policies", catalog.names());
    all.put("heartbeatMillis", HeartbeatAgent.INTERVAL_NANOS / 1_000_000);
    all.put("livenessMillis", LivenessAgent.INTERVAL_NANOS / 1_000_000);
    all.put("accountingMillis", AccountingAgent.INTERVAL_NANOS / 1_000_000);
    all.put("usageWindowMillis", QueueHistory.WINDOW_NANOS / 1_000_000);
    return all;
  }

  /** Where the API listens. */
  public int port() {
    return api.port();
  }

  /** The policy in effect. */
  public String policy() {
    return page.daemon().policyName();
  }

  /** Works until {@link #stop}. */
  public void run() {
    dutyCycle.run();
  }

  /** Ends {@link #run}. Safe for use by any thread, also before it and after it. */
  public void stop() {
    dutyCycle.stop();
  }

  /** Leaves the page, once {@link #run} has ended. */
  @Override
  public void close() throws IOException {
    stop(); // Waits for another thread that is just doing it: nobody may touch a closed page.
    api.close();
    if (presence.isThere()) { // Else these files are another daemon's by now.
      portFile.delete();
      token.delete();
    }
    new Controls(page).withoutDaemon();
    page.daemon().signOff();
    lock.close();
    page.close();
  }
}
