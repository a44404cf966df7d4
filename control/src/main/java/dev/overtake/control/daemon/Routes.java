package dev.overtake.control.daemon;

import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.Controls;
import dev.overtake.control.page.PolicyMode;
import dev.overtake.control.page.SlotStatus;
import dev.overtake.control.status.StatusJson;
import dev.overtake.control.status.StatusReport;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the API answers ({@code docs/http-api.md} is for its users):
 *
 * <pre>
 *   GET  /v1/status                          all that there is, as in overtake status --json
 *   GET  /v1/policy                          {"name", "mode", "available"}
 *   PUT  /v1/policy                          {"name"}
 *   PUT  /v1/queues/SLOT/hints               {"priority", "utilizationPercent",
 *                                             "timesliceMicros", "deadlineMicros",
 *                                             "laxity": {"micros", "laxPriority",
 *                                             "criticalPriority"}, "windowActive",
 *                                             "latencyTarget": {"micros", "percentile"},
 *                                             "level", "threshold", "batch",
 *                                             "inFlightMicros", "lingerMicros"}, any of them
 *   POST /v1/queues/SLOT/suspend, /resume
 *   GET  /v1/config                          how the daemon was started
 *   GET  /metrics                            for Prometheus
 * </pre>
 *
 * <p>PUT and POST take a header {@code Authorization: Bearer TOKEN}, with the page's {@link
 * ApiToken}. Whoever changes a queue may add {@code ?pid=PID}: the change is refused if the slot
 * has gone to another process meanwhile. Thread-safe.
 */
final class Routes {
  private static final Pattern QUEUE =
      Pattern.compile("/v1/queues/(\\d{1,9})/(hints|suspend|resume)");
  private static final Pattern PID = Pattern.compile("pid=(\\d{1,9})");

  private final ControlPage page;
  private final Controls controls;
  private final PolicyCatalog catalog;
  private final AccountingAgent accounting;
  private final Metrics metrics;
  private final Map<String, Object> config;
  private final LongSupplier nanoClock;

  Routes(
      ControlPage page,
      PolicyCatalog catalog,
      AccountingAgent accounting,
      Map<String, Object> config,
      LongSupplier nanoClock) {
    this.page = page;
    this.controls = new Controls(page);
    this.catalog = catalog;
    this.accounting = accounting;
    this.metrics = new Metrics();
    this.config = config;
    this.nanoClock = nanoClock;
  }

  HttpReply answer(HttpRequest request) throws HttpFailure {
    return switch (request.path()) {
      case "/v1/status" -> {
        only(request, "GET");
        yield HttpReply.json(StatusJson.write(report()));
      }
      case "/v1/config" -> {
        only(request, "GET");
        yield HttpReply.json(config);
      }
      case "/metrics" -> {
        only(request, "GET");
        yield new HttpReply(
            200,
            "text/plain; version=0.0.4; charset=utf-8",
            metrics.scrape(report(), accounting.account()));
      }
      case "/v1/policy" -> policy(request);
      default -> queue(request);
    };
  }

  private StatusReport report() {
    return StatusReport.of(page, nanoClock.getAsLong(), accounting.account()::usage);
  }

  private HttpReply policy(HttpRequest request) throws HttpFailure {
    if (!request.method().equals("GET")) {
      only(request, "PUT", "GET, PUT");
      String name = HintsJson.name(request.body());
      PolicyMode mode =
          catalog
              .mode(name)
              .orElseThrow(
                  () ->
                      new HttpFailure(
                          400,
                          "there is no policy '%s': give one of %s"
                              .formatted(name, String.join(", ", catalog.names()))));
      controls.policy(mode, name);
    }
    var policy = new LinkedHashMap<String, Object>();
    policy.put("name", page.daemon().policyName());
    policy.put("mode", page.daemon().policyMode());
    policy.put("available", catalog.names());
    return HttpReply.json(policy);
  }

  private HttpReply queue(HttpRequest request) throws HttpFailure {
    Matcher path = QUEUE.matcher(request.path());
    if (!path.matches()) {
      throw new HttpFailure(
          404, "there is nothing at %s: see GET /v1/status".formatted(request.path()));
    }
    boolean hints = path.group(2).equals("hints");
    only(request, hints ? "PUT" : "POST");
    int slot = Integer.parseInt(path.group(1));
    SlotStatus queue =
        page.slots()
            .status(slot)
            .orElseThrow(
                () ->
                    new HttpFailure(
                        404, "there is no queue %d: see GET /v1/status".formatted(slot)));
    requirePid(request.query(), queue);
    switch (path.group(2)) {
      case "hints" -> controls.hint(slot, HintsJson.hints(request.body()));
      case "suspend" -> controls.suspend(slot);
      default -> controls.resume(slot);
    }
    return HttpReply.json(
        report().queues().stream()
            .filter(each -> each.slot() == slot)
            .findFirst()
            .orElseThrow(() -> new HttpFailure(404, "queue %d ended meanwhile".formatted(slot))));
  }

  private static void requirePid(String query, SlotStatus queue) throws HttpFailure {
    if (query.isEmpty()) {
      return;
    }
    Matcher pid = PID.matcher(query);
    if (!pid.matches()) {
      throw new HttpFailure(400, "'%s' is not understood: give pid=PID".formatted(query));
    }
    if (Integer.parseInt(pid.group(1)) != queue.owner().pid()) {
      throw new HttpFailure(
          409,
          "queue %d belongs to process %d, not to %s: see GET /v1/status"
              .formatted(queue.slot(), queue.owner().pid(), pid.group(1)));
    }
  }

  private static void only(HttpRequest request, String method) throws HttpFailure {
    only(request, method, method);
  }

  private static void only(HttpRequest request, String method, String allow) throws HttpFailure {
    if (!request.method().equals(method)) {
      throw HttpFailure.methodNotAllowed(request.method(), request.path(), allow);
    }
  }
}
