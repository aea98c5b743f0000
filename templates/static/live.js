// Live values: every element with data-live takes the text that the device sends under its name.
"use strict";

const source = document.querySelector("[data-live-from]");
if (source && "EventSource" in window) {
  const events = new EventSource(source.dataset.liveFrom);
  events.addEventListener("message", (event) => {
    const values = JSON.parse(event.data);
    const watched = source.dataset.liveReload;
    if (watched in values && values[watched] !== source.dataset.liveWas && !choosing()) window.location.reload();
    for (const [name, text] of Object.entries(values)) {
      for (const element of document.querySelectorAll(`[data-live="${CSS.escape(name)}"]`)) {
        if (element.tagName === "METER") element.value = Number(text);
        else element.textContent = text;
      }
    }
  });
  let chosen = false;
  document.addEventListener("change", () => (chosen = true));
  // Whoever is filling in a form does not lose it; the page can be loaded anew by hand.
  const choosing = () => chosen || document.activeElement.matches("input, select, textarea");
  window.addEventListener("pagehide", () => events.close());
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
