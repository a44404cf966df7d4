package dev.overtake.bench.page;

import java.util.List;
import java.util.stream.Collectors;

/** Text made safe to stand in a page. */
public final class Html {
  private Html() {}

  /** For element content and for attribute values in double quotes. */
  public static String escape(String text) {
    var out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  /**
   * JSON for a script element. Nothing in it can end the element or open a comment, and it is still
   * the same JSON: these characters stand only inside strings there.
   */
  public static String embeddedJson(String json) {
    return json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
  }

  /** A text, with the typographic minus that plain terminals may lack. */
  public static String figure(String text) {
    return escape(text.startsWith("-") && text.length() > 1 ? "\u2212" + text.substring(1) : text)
        .replace(" %", "\u202f%");
  }

  /** A list with one item a sentence; nothing at all for no sentence. */
  public static String list(List<String> sentences) {
    return sentences.isEmpty()
        ? ""
        : sentences.stream()
            .map(sentence -> "<li>" + escape(sentence) + "</li>")
            .collect(Collectors.joining("\n", "<ul>\n", "\n</ul>"));
  }
}
