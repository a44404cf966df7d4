// Draws the plots, and again whenever size, colour scheme or medium change.

let distribution = null;
let timelines = [];

function draw() {
  for (const plot of [distribution, ...timelines]) plot?.destroy();
  distribution = drawDistribution();
  timelines = drawTimelines();
}

function fit(plot) {
  const target = plot.root.parentElement;
  const size = { width: target.clientWidth, height: target.clientHeight };
  if (size.width !== plot.width || size.height !== plot.height) plot.setSize(size);
}

draw();
connectSwitches(() => distribution);
connectDownload();

new ResizeObserver(() => {
  for (const plot of [distribution, ...timelines]) if (plot) fit(plot);
}).observe(document.querySelector("main"));

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

// A canvas keeps the colours that it was drawn with, so paper needs a drawing of its own.
addEventListener("beforeprint", () => {
  document.documentElement.dataset.printing = "";
  draw();
});
addEventListener("afterprint", () => {
  delete document.documentElement.dataset.printing;
  draw();
});
