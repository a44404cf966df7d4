package dev.overtake.bench.page;

import java.util.HashMap;
import java.util.Map;

/**
 * An HTML file that needs nothing else: styles, scripts, uPlot and the results that the scripts
 * draw are in it, and it loads nothing from the network.
 */
public final class Page {
  private Page() {}

  /**
   * The page. Equal arguments give equal pages.
   *
   * @param owner the class whose package has the template among its resources
   * @param template name of the template, which has gaps {@code styles}, {@code plotLibrary},
   *     {@code scripts} and {@code json} beside those that {@code gaps} fills
   * @param gaps HTML by the name of the gap that it fills
   * @param json an object whose {@code runs} the plots show
   * @throws IllegalStateException if uPlot, the template or another part is missing on the class
   *     path
   * @throws IllegalArgumentException if the template has a gap that nothing fills
   */
  public static String render(
      Class<?> owner, String template, Map<String, String> gaps, String json) {
    var all = new HashMap<>(gaps);
    all.put("json", Html.embeddedJson(json));
    all.put("styles", Assets.styles());
    all.put("plotLibrary", Assets.plotLibrary());
    all.put("scripts", Assets.scripts());
    return PageTemplate.fill(Assets.text(owner, template), all);
  }
}
