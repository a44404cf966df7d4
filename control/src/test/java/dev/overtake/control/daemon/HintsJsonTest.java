package dev.overtake.control.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.overtake.control.page.LaunchHints;
import dev.overtake.control.page.PolicyHints;
import dev.overtake.control.page.PolicyHints.Kind;
import dev.overtake.control.page.QueueHints;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.LatencyTarget;
import dev.overtake.core.policy.Laxity;
import java.util.EnumSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HintsJsonTest {
  @Test
  void everyHintIsRead() throws HttpFailure {
    QueueHints hints =
        HintsJson.hints(
            """
            {"priority": -3, "utilizationPercent": 75, "timesliceMicros": 2000,
             "deadlineMicros": 10000,
             "laxity": {"micros": 5000, "laxPriority": -20, "criticalPriority": 20},
             "windowActive": true, "latencyTarget": {"micros": 4000, "percentile": 99.5},
             "level": 1, "threshold": 4, "batch": 2, "lingerMicros": "adaptive"}
            """);
    assertThat(hints.policy().changed()).isEqualTo(EnumSet.allOf(Kind.class));
    assertThat(hints.policy().values())
        .isEqualTo(
            new Hints(
                -3,
                75,
                2_000_000,
                10_000_000,
                new Laxity(5_000_000, -20, 20),
                true,
                new LatencyTarget(4_000_000, 99.5)));
    assertThat(hints.launch()).isEqualTo(new LaunchHints(1, 4, 2, null, -1));
  }

  @Test
  void zeroTakesBackWhatWasSaidAndNullChangesNothing() throws HttpFailure {
    assertThat(
            HintsJson.hints(
                """
                {"utilizationPercent": 0, "timesliceMicros": 0, "deadlineMicros": 0,
                 "laxity": {"micros": 0}, "windowActive": false, "latencyTarget": {"micros": 0},
                 "priority": null, "level": null}
                """))
        .isEqualTo(
            QueueHints.of(
                new PolicyHints(Hints.NONE, EnumSet.complementOf(EnumSet.of(Kind.PRIORITY)))));
  }

  @Test
  void theLongestTimeThatThePageHasRoomForIsTaken() throws HttpFailure {
    QueueHints hints = HintsJson.hints("{\"deadlineMicros\": 4294967295}");
    assertThat(hints.policy().values().deadlineNanos()).isEqualTo(PolicyHints.MAX_NANOS);
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        arguments("{}", "the body has no hint: give one of priority, utilizationPercent"),
        arguments("{\"laxity\": null}", "the body has no hint"),
        arguments("{\"prio\": 3}", "there is no hint 'prio': give priority, utilizationPercent"),
        arguments(
            "{\"utilizationPercent\": 101}",
            "utilizationPercent is 101: give a whole number from 0 to 100"),
        arguments(
            "{\"timesliceMicros\": -1}", "timesliceMicros is -1: give a whole number from 0 to"),
        arguments("{\"deadlineMicros\": \"1ms\"}", "deadlineMicros is \"1ms\": give a whole"),
        arguments("{\"deadlineMicros\": 1.5}", "deadlineMicros is 1.5: give a whole number"),
        arguments(
            "{\"deadlineMicros\": 4294967296}",
            "deadlineMicros is 4294967296: give a whole number from 0 to 4294967295"),
        arguments("{\"priority\": -256}", "priority is -256: give a whole number from -255 to 255"),
        arguments(
            "{\"priority\": 4294967297}",
            "priority is 4294967297: give a whole number from -255 to 255"),
        arguments(
            "{\"threshold\": 18446744073709551617, \"batch\": 1}",
            "threshold is 18446744073709551617: give a whole number from 1 to 65536"),
        arguments("{\"batch\": 3000000000}", "batch is 3000000000: give a whole number from 1 to"),
        arguments("{\"level\": 4}", "level is 4: give a whole number from 0 to 3"),
        arguments("{\"inFlightMicros\": 0}", "inFlightMicros is 0: give a whole number from 1 to"),
        arguments(
            "{\"lingerMicros\": -1}",
            "lingerMicros is -1: give a whole number from 0 to 1000000, or \"adaptive\""),
        arguments("{\"lingerMicros\": \"auto\"}", "lingerMicros is \"auto\": give a whole number"),
        arguments("{\"windowActive\": 1}", "windowActive is 1: give true or false"),
        arguments("{\"laxity\": 5}", "5 is no object: give one of micros, laxPriority"),
        arguments("{\"laxity\": {\"nanos\": 5}}", "there is no field of laxity 'nanos'"),
        arguments("{\"laxity\": {\"micros\": 5}}", "laxity has micros, laxPriority, critical"),
        arguments(
            "{\"laxity\": {\"micros\": 5, \"laxPriority\": 2, \"criticalPriority\": 1}}",
            "critical priority 1 is below lax priority 2"),
        arguments("{\"latencyTarget\": {\"micros\": 5}}", "latencyTarget has micros and percent"),
        arguments(
            "{\"latencyTarget\": {\"micros\": 5, \"percentile\": 100}}",
            "percentile 100.0 is out of range"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void whatIsWrongIsTold(String body, String message) {
    assertThatExceptionOfType(HttpFailure.class)
        .isThrownBy(() -> HintsJson.hints(body))
        .withMessageContaining(message)
        .satisfies(failure -> assertThat(failure.status()).isEqualTo(400));
  }
}
