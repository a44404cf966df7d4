// The embedded results, and how elements of the page refer to them.

const resultsText = document.getElementById("results").textContent.trim();
const results = JSON.parse(resultsText);

/** The run that an element stands for. */
function runOf(element) {
  return results.runs[Number(element.dataset.run)];
}

/** The colour of a custom property of an element, as a canvas understands it. */
function colourOf(element, property) {
  return getComputedStyle(element).getPropertyValue(property).trim();
}

/** Milliseconds as the tables write them. */
function formatMs(ms) {
  return ms.toFixed(ms >= 100 ? 0 : ms >= 10 ? 1 : 2) + " ms";
}
