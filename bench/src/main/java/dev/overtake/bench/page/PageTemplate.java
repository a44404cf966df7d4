package dev.overtake.bench.page;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page with gaps, written {@code {{name}}}. What fills a gap is not searched for gaps again. */
final class PageTemplate {
  private static final Pattern GAP = Pattern.compile("\\{\\{(\\w+)}}");

  private PageTemplate() {}

  /**
   * Fills every gap.
   *
   * @throws IllegalArgumentException if the template names a gap that is not given
   */
  static String fill(String template, Map<String, String> gaps) {
    return GAP.matcher(template)
        .replaceAll(
            gap -> {
              String filling = gaps.get(gap.group(1));
              if (filling == null) {
                throw new IllegalArgumentException("nothing to fill " + gap.group() + " with");
              }
              return Matcher.quoteReplacement(filling);
            });
  }
}
