// Latency over time, one small panel a run, all with the same axes so that they compare at a glance.

/** Draws every panel and returns the plots. */
function drawTimelines() {
  const figures = [...document.querySelectorAll(".panels figure")];
  const runs = figures.map(runOf);
  const range = logRange(runs.flatMap(run => run.latencyOverTime.ms));
  const end = Math.max(1, ...runs.map(run => run.latencyOverTime.seconds.at(-1)));
  return figures.map((figure, index) => {
    const target = figure.querySelector(".plot");
    const { seconds, ms } = runs[index].latencyOverTime;
    const colour = colourOf(figure, "--series");
    const y = msAxis(range, { size: 40 });
    return new uPlot(
      {
        width: target.clientWidth,
        height: target.clientHeight,
        padding: [8, 8, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false, range: () => [0, end] }, y: y.scale },
        axes: [axis({ size: 28 }), y.axis],
        series: [
          {},
          {
            paths: () => null,
            points: { show: true, size: 2.5, width: 0, stroke: colour, fill: colour },
          },
        ],
      },
      [seconds, ms],
      target,
    );
  });
}
