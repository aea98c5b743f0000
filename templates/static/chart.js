// Charts: drawn from the table that says the same; where a value is missing there is a gap.
"use strict";

for (const chart of document.querySelectorAll("[data-chart]")) draw(chart);

function draw(chart) {
  const table = document.getElementById(chart.dataset.of);
  const rows = [...table.querySelectorAll("tbody tr")];
  if (!rows.some((row) => row.dataset.power || row.dataset.drawn || row.dataset.fed)) return;
  chart.setAttribute("role", "img");
  chart.setAttribute("aria-labelledby", chart.dataset.said);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
  const locale = document.documentElement.lang;
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const value = (row, name) => (row.dataset[name] === undefined ? null : Number(row.dataset[name]));
  const axis = { stroke: colour("--faint"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: "15px system-ui" };
  const curve = chart.dataset.chart === "curve";
  const names = rows.map((row) => row.dataset.name);
  const x = rows.map((row, place) => (curve ? Number(row.dataset.time) : place));
  const said = (unit) => (_plot, at) => (at === null ? "–" : `${number.format(at)} ${unit}`);
  const labels = (plot, splits) => splits.map((at) => (Number.isInteger(at) && names[at] !== undefined ? names[at] : ""));
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = axis.font;
  const widest = Math.max(...names.map((name) => pen.measureText(name).width));
  const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const options = {
    width: chart.clientWidth,
    height: 320,
    legend: { show: !curve },
    cursor: { drag: { x: false, y: false } },
    scales: curve ? { x: { time: true, range: [Number(chart.dataset.begin), Number(chart.dataset.end)] } } : { x: { time: false, range: [-0.6, rows.length - 0.4] }, y: { range: (_plot, low, high) => [0, high * 1.1 || 1] } },
    axes: [
      curve ? { ...axis, space: 70, values: (_plot, splits) => splits.map((at) => clock.format(at * 1000)) } : { ...axis, grid: { show: false }, gap: 14, space: widest + 16, incrs: [1, 2, 3, 4, 7, 14, 28], values: labels },
      { ...axis, size: 84, values: (_plot, splits) => splits.map((at) => `${number.format(at)} ${curve ? "kW" : "kWh"}`) },
    ],
    series: curve
      ? [{}, { label: heads[3], stroke: colour("--drawn"), width: 2, spanGaps: false, points: { size: 5, fill: colour("--drawn"), filter: lonely }, fill: `color-mix(in srgb, ${colour("--drawn")} 15%, transparent)`, value: said("kW") }]
      : [{ label: heads[0], value: (_plot, at) => names[at] ?? "–" }, bars(heads[1], "--drawn", -1), bars(heads[2], "--fed", 1)],
  };
  // A value between two gaps has no line; it is seen as a point, however dense the day is.
  function lonely(plot, series, shown) {
    const values = plot.data[series];
    return shown ? null : [...values.keys()].filter((at) => values[at] !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null);
  }
  function bars(label, name, side) {
    return { label, stroke: colour(name), fill: colour(name), value: said("kWh"), points: { show: false }, paths: uPlot.paths.bars({ size: [0.38, 40], align: side, gap: 1 }) };
  }
  const data = curve ? [x, rows.map((row) => value(row, "power"))] : [x, rows.map((row) => value(row, "drawn")), rows.map((row) => value(row, "fed"))];
  const plot = new uPlot(options, data, chart);
  new ResizeObserver(() => plot.setSize({ width: chart.clientWidth, height: 320 })).observe(chart);
}
