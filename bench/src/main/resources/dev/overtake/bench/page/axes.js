// What the plots have in common: a logarithmic axis of milliseconds, and their look.

/** Round values between two: as fine as gives three marks or more, but not finer. */
function logMarks(min, max) {
  let marks = [];
  for (const digits of [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9]]) {
    marks = [];
    for (let decade = Math.floor(Math.log10(min)); decade <= Math.log10(max); decade++) {
      for (const digit of digits) {
        const mark = digit * Math.pow(10, decade);
        if (mark >= min && mark <= max) marks.push(mark);
      }
    }
    if (marks.length >= 3) break;
  }
  return marks;
}

/** Some room around values above 0; a whole octave at least, so that noise does not fill the plot. */
function logRange(values) {
  let min = Infinity;
  let max = 0;
  for (const value of values) {
    if (value > 0 && value < min) min = value;
    if (value > max) max = value;
  }
  if (max === 0) return [0.1, 10];
  const widen = Math.max(1.1, Math.sqrt(2 / Math.max(1, max / min)));
  return [min / widen, max * widen];
}

/** An axis in the page's colours and type. */
function axis(options) {
  const root = document.documentElement;
  const line = colourOf(root, "--line");
  return {
    stroke: colourOf(root, "--soft"),
    font: "12px system-ui, sans-serif",
    labelFont: "12px system-ui, sans-serif",
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1, size: 4 },
    ...options,
  };
}

/** The logarithmic scale and axis of milliseconds. */
function msAxis(range, options) {
  return {
    scale: { distr: 3, range: () => range },
    axis: axis({
      splits: () => logMarks(range[0], range[1]),
      values: (plot, marks) => marks.map(mark => (mark === null ? "" : String(Number(mark.toPrecision(2))))),
      filter: (plot, marks) => marks,
      size: 48,
      ...options,
    }),
  };
}
