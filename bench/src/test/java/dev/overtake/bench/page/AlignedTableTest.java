package dev.overtake.bench.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.overtake.bench.page.AlignedTable.Column;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlignedTableTest {
  private static AlignedTable fruit() {
    var table =
        new AlignedTable(
            List.of(
                new Column("", "fruit", false, 9),
                new Column("", "from", false, 1),
                new Column("price", "low", true, 5),
                new Column("price", "high", true, 7)));
    table.add(List.of("apple", "here", "1.00", "12.50"));
    table.add(List.of("fig", "afar", "-", "3.25"));
    return table;
  }

  @Test
  void columnsLineUp() {
    assertThat(fruit().render(80))
        .isEqualTo(
            """
                         ..... price
            fruit  from   low   high
            ------------------------
            apple  here  1.00  12.50
            fig    afar     -   3.25
            """);
  }

  @Test
  void theLeastImportantGoFirstWhereThereIsNoRoom() {
    assertThat(fruit().render(20))
        .isEqualTo(
            """
                   ..... price
            fruit   low   high
            ------------------
            apple  1.00  12.50
            fig       -   3.25
            """);
    assertThat(fruit().render(1)).isEqualTo("fruit\n-----\napple\nfig\n");
  }

  @Test
  void aRowHasOneCellForEachColumn() {
    assertThatThrownBy(() -> fruit().add(List.of("plum")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1 cells for 4 columns");
  }
}
