package dev.overtake.control.page;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes the C header of the control page from {@link PageLayout}: one struct a structure, an
 * explicit reserved array for every gap, and an assertion for every offset, so that a compiler that
 * lays it out differently refuses.
 *
 * <p>It needs nothing but its own package and the JDK, and so runs from source ({@code
 * scripts/page-header}).
 */
public final class PageHeader {
  /** Where the header is kept, from the root of the source tree. */
  static final Path FILE = Path.of("shim", "src", "page.h");

  private final StringBuilder text = new StringBuilder();

  private PageHeader() {}

  /**
   * Writes the header into a file.
   *
   * @param args the root of the source tree
   */
  public static void main(String[] args) throws IOException {
    Files.writeString(Path.of(args[0]).resolve(FILE), text());
  }

  /** The header, every line ended by a line feed. */
  static String text() {
    var header = new PageHeader();
    header.preamble();
    header.constants();
    header.struct("ot_page_header", PageLayout.Header.FIELDS, PageLayout.HEADER_BYTES);
    header.struct("ot_device_line", PageLayout.Device.FIELDS, PageLayout.DEVICE_BYTES);
    header.struct("ot_slot", PageLayout.Slot.FIELDS, PageLayout.SLOT_BYTES);
    header.page();
    return header.text.toString();
  }

  private void preamble() {
    text.append(
        """
        /*
         * The control page: the file in shared memory by which queues of all processes of a user meet.
         *
         * Generated from control/src/main/java/dev/overtake/control/page/PageLayout.java, which draws it.
         * Do not edit: change that, then run scripts/page-header.
         *
         * Little-endian. Times are nanoseconds of CLOCK_MONOTONIC.
         */
        #ifndef OT_PAGE_H
        #define OT_PAGE_H

        // clang-format off

        #include <stddef.h>
        #include <stdint.h>

        """);
  }

  private void constants() {
    text.append(
        "#define OT_MAGIC UINT64_C(0x%016x) /* \"OVERTAKE\" */\n".formatted(PageLayout.MAGIC));
    define("VERSION", PageLayout.VERSION);
    define("PAGE_LENGTH", PageLayout.LENGTH);
    define("DEVICES", PageLayout.DEVICES);
    define("SLOTS", PageLayout.SLOTS);
    define("MIN_PRIORITY", PageLayout.MIN_PRIORITY);
    define("MAX_PRIORITY", PageLayout.MAX_PRIORITY);
    define("DEFAULT_PRIORITY", PageLayout.DEFAULT_PRIORITY);
    text.append(
        "#define OT_LINGER_ADAPTIVE UINT32_C(0x%08x)\n\n".formatted(PageLayout.LINGER_ADAPTIVE));
    text.append(
        "enum { OT_CLAIM_FREE = %d, OT_CLAIM_WRITING = %d, OT_CLAIM_LIVE = %d };\n"
            .formatted(PageLayout.CLAIM_FREE, PageLayout.CLAIM_WRITING, PageLayout.CLAIM_LIVE));
    text.append(
        "enum { OT_RUN_IDLE = %d, OT_RUN_READY = %d };\n"
            .formatted(PageLayout.RUN_IDLE, PageLayout.RUN_READY));
    text.append(
        "enum { OT_SCOPE_PROCESS = %d, OT_SCOPE_THREAD = %d, OT_SCOPE_STREAM = %d };\n"
            .formatted(PageLayout.SCOPE_PROCESS, PageLayout.SCOPE_THREAD, PageLayout.SCOPE_STREAM));
    text.append(
        "enum { OT_GATE_OPEN = %d, OT_GATE_CLOSED = %d };\n"
            .formatted(PageLayout.GATE_OPEN, PageLayout.GATE_CLOSED));
    text.append(
        "enum { OT_POLICY_HPF = %d, OT_POLICY_DAEMON = %d, OT_POLICY_NONE = %d };\n"
            .formatted(PageLayout.POLICY_HPF, PageLayout.POLICY_DAEMON, PageLayout.POLICY_NONE));
    text.append(
        "enum { OT_DEVICE_FREE = %d, OT_DEVICE_WRITING = %d, OT_DEVICE_VALID = %d };\n"
            .formatted(PageLayout.DEVICE_FREE, PageLayout.DEVICE_WRITING, PageLayout.DEVICE_VALID));
  }

  private void define(String name, int value) {
    text.append("#define OT_%s %s\n".formatted(name, value < 0 ? "(" + value + ")" : value));
  }

  private void struct(String name, List<Field> fields, int bytes) {
    text.append("\nstruct %s {\n".formatted(name));
    int at = 0;
    for (Field field : fields) {
      gap(at, field.offset());
      String array = field.count() == 1 ? "" : "[" + field.count() + "]";
      member(field.type().declaration() + " " + field.cName() + array, field.doc());
      at = field.end();
    }
    gap(at, bytes);
    text.append("};\n\n");
    for (Field field : fields) {
      text.append(
          "_Static_assert(offsetof(struct %s, %s) == %d, \"%s\");\n"
              .formatted(name, field.cName(), field.offset(), field.cName()));
    }
    text.append("_Static_assert(sizeof(struct %1$s) == %2$d, \"%1$s\");\n".formatted(name, bytes));
  }

  private void gap(int from, int to) {
    if (from < to) {
      text.append("  uint8_t reserved_%d[%d];\n".formatted(from, to - from));
    }
  }

  private void member(String declaration, String doc) {
    text.append("  %-36s /* %s */\n".formatted(declaration + ";", doc));
  }

  private void page() {
    text.append(
        """

        struct ot_page {
          struct ot_page_header header;
          struct ot_device_line devices[OT_DEVICES];
          struct ot_slot slots[OT_SLOTS];
        };

        _Static_assert(offsetof(struct ot_page, devices) == %d, "devices");
        _Static_assert(offsetof(struct ot_page, slots) == %d, "slots");
        _Static_assert(sizeof(struct ot_page) == OT_PAGE_LENGTH, "ot_page");

        #endif
        """
            .formatted(PageLayout.DEVICES_OFFSET, PageLayout.SLOTS_OFFSET));
  }
}
