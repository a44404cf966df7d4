package dev.overtake.control.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.policy.Hints;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PageLayoutTest {
  static Stream<Arguments> structures() {
    return Stream.of(
        Arguments.of(PageLayout.Header.class, PageLayout.Header.FIELDS, PageLayout.HEADER_BYTES),
        Arguments.of(PageLayout.Device.class, PageLayout.Device.FIELDS, PageLayout.DEVICE_BYTES),
        Arguments.of(PageLayout.Slot.class, PageLayout.Slot.FIELDS, PageLayout.SLOT_BYTES));
  }

  @ParameterizedTest
  @MethodSource("structures")
  void fieldsFollowOneAnotherAlignedAndWithin(Class<?> type, List<Field> fields, int bytes) {
    int end = 0;
    for (Field field : fields) {
      assertThat(field.offset()).as(field.name()).isGreaterThanOrEqualTo(end);
      assertThat(field.offset() % field.type().bytes()).as(field.name()).isZero();
      end = field.end();
    }
    assertThat(end).isLessThanOrEqualTo(bytes);
  }

  @ParameterizedTest
  @MethodSource("structures")
  void everyFieldIsListed(Class<?> type, List<Field> fields, int bytes) {
    assertThat(
            Arrays.stream(type.getDeclaredFields())
                .filter(each -> Modifier.isStatic(each.getModifiers()))
                .filter(each -> each.getType() == Field.class))
        .hasSameSizeAs(fields);
    assertThat(fields).extracting(Field::name).doesNotHaveDuplicates();
  }

  @Test
  void theSlotsOfDifferentWritersShareNoCacheLine() {
    assertThat(PageLayout.Slot.RUN.offset()).isEqualTo(64);
    assertThat(PageLayout.Slot.GATE.offset()).isEqualTo(128);
    assertThat(PageLayout.Slot.ESCAPE_MARK.offset()).isEqualTo(192);
    assertThat(PageLayout.DEVICE_BYTES % 64).isZero();
    assertThat(PageLayout.SLOTS_OFFSET % 64).isZero();
  }

  @Test
  void whatIsKeptFromClaimToClaimIsLast() {
    assertThat(PageLayout.Slot.FIELDS.getLast()).isEqualTo(PageLayout.Slot.CLAIMS);
  }

  @Test
  void lengthAndMagicAreThoseOfEveryVersion() {
    assertThat(PageLayout.LENGTH).isEqualTo(536_576);
    var bytes = new byte[8];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) (PageLayout.MAGIC >>> (8 * i));
    }
    assertThat(new String(bytes, StandardCharsets.US_ASCII)).isEqualTo("OVERTAKE");
  }

  @Test
  void prioritiesAreThoseOfTheModel() {
    assertThat(PageLayout.MIN_PRIORITY).isEqualTo(Hints.MIN_PRIORITY);
    assertThat(PageLayout.MAX_PRIORITY).isEqualTo(Hints.MAX_PRIORITY);
    assertThat(PageLayout.DEFAULT_PRIORITY).isEqualTo(Hints.DEFAULT_PRIORITY);
  }
}
