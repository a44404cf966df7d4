// The latency distribution of all modes in one plot. To the right, every equal distance leaves ten
// times fewer requests: x = -log10(share of slower requests), so 90 % is at 1, 99 % at 2.

const percentileMarks = [0, 50, 90, 99, 99.9, 99.99, 99.999];

function placeOf(percentile) {
  return -Math.log10(1 - percentile / 100);
}

function percentileAt(place) {
  return 100 * (1 - Math.pow(10, -place));
}

/** A run's latency at a place on the axis, between the points that were recorded; null beyond. */
function latencyAt(run, place) {
  const points = run.latencyDistribution;
  for (let i = 0; i < points.length; i++) {
    const right = placeOf(points[i].percentile);
    if (right >= place) {
      if (i === 0 || right === place) return points[i].ms;
      const left = placeOf(points[i - 1].percentile);
      const part = (place - left) / (right - left);
      return points[i - 1].ms + part * (points[i].ms - points[i - 1].ms);
    }
  }
  return null;
}

/** Writes into every switch what its run has at a place. */
function showLatenciesAt(switches, place) {
  const percentile = percentileAt(place);
  const digits = percentile < 90 ? 0 : percentile < 99 ? 1 : percentile < 99.9 ? 2 : 3;
  document.querySelector(".at-what").textContent = "at P" + Number(percentile.toFixed(digits));
  for (const button of switches) {
    const ms = latencyAt(runOf(button), place);
    button.querySelector(".at").textContent = ms === null ? "" : formatMs(ms);
  }
}

/** Draws the plot into the page and returns it; nothing if no run has latencies. */
function drawDistribution() {
  const target = document.getElementById("distribution");
  if (!target) return null;
  const switches = [...document.querySelectorAll(".switches button")];
  const tables = switches.map(button => {
    const points = runOf(button).latencyDistribution.filter(point => point.percentile < 100);
    return [points.map(point => placeOf(point.percentile)), points.map(point => point.ms)];
  });
  const ms = msAxis(logRange(tables.flatMap(table => table[1])), { label: "latency, ms", labelSize: 18, size: 52 });
  const last = Math.max(1, ...tables.flatMap(table => table[0]));
  const plot = new uPlot(
    {
      width: target.clientWidth,
      height: target.clientHeight,
      padding: [8, 16, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: { x: { time: false, range: () => [0, last] }, y: ms.scale },
      axes: [
        axis({
          label: "percentile of requests",
          labelSize: 20,
          size: 34,
          // Where there is little room, P50 matters more than P0 beside it.
          splits: plot => percentileMarks.slice(plot.width < 500 ? 1 : 0).map(placeOf).filter(place => place <= last),
          values: (plot, places) => places.map(place => "P" + Number(percentileAt(place).toFixed(3))),
        }),
        ms.axis,
      ],
      series: [
        {},
        ...switches.map(button => ({
          label: button.querySelector("span").textContent,
          stroke: colourOf(button, "--series"),
          width: 2,
          dash: button.classList.contains("dashed") ? [7, 4] : undefined,
          spanGaps: true,
          points: { show: false },
          show: button.getAttribute("aria-pressed") === "true",
        })),
      ],
      hooks: {
        setCursor: [
          plot => {
            const left = plot.cursor.left;
            showLatenciesAt(switches, left >= 0 ? plot.posToVal(left, "x") : placeOf(99));
          },
        ],
      },
    },
    uPlot.join(tables),
    target,
  );
  return plot;
}

/** Makes the switches show and hide their line. */
function connectSwitches(plotNow) {
  document.querySelectorAll(".switches button").forEach((button, index) => {
    button.addEventListener("click", () => {
      const show = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(show));
      plotNow().setSeries(index + 1, { show });
    });
  });
}
