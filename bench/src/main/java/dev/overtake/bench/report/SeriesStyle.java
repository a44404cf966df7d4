package dev.overtake.bench.report;

import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.Run;
import dev.overtake.bench.result.Topology;
import java.util.ArrayList;
import java.util.List;

/**
 * How a run is drawn everywhere in the page: the colour says which mode, the dash which topology.
 * Two small sets stay apart where one set of ten colours would not, also without colour vision.
 *
 * @param colour number of a colour in the style sheet
 * @param dashed whether lines are broken
 */
record SeriesStyle(int colour, boolean dashed) {
  private static final int ALONE = 0;
  private static final int BASELINE = 1;
  private static final int FIRST_MODE = 2;
  private static final int COLOURS = 8;

  /** One style a run, in the order of the runs. */
  static List<SeriesStyle> of(Results results) {
    var modes = new ArrayList<String>();
    var styles = new ArrayList<SeriesStyle>();
    for (Run run : results.runs()) {
      styles.add(new SeriesStyle(colour(run, modes), run.topology() == Topology.SEPARATE));
    }
    return styles;
  }

  private static int colour(Run run, List<String> modes) {
    if (run.mode().equals(Run.BASELINE)) {
      return BASELINE;
    }
    if (run.topology() == Topology.NONE) {
      return ALONE;
    }
    if (!modes.contains(run.mode())) {
      modes.add(run.mode());
    }
    return FIRST_MODE + modes.indexOf(run.mode()) % (COLOURS - FIRST_MODE);
  }

  /** Classes that give an element the colour. */
  String cssClass() {
    return "series c" + colour + (dashed ? " dashed" : "");
  }
}
