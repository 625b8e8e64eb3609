/* Points with intervals, a row each, as SVG: the differences of all outcomes from the baseline. */
(function () {
  "use strict";
  const { escape, ticks, keep, save } = window.collabsimLines;
  const TITLE = "difference, in standard deviations between partnerships under the baseline";
  const drawn = new WeakMap();

  const signed = (number) => (number > 0 ? "+" : "") + String(number).replace("-", "−");

  /** A point: filled where the interval leaves out no difference, and of a shape that says which way it goes. */
  function mark(row, x, y, r) {
    const ink = `var(--${row.verdict === "worse" ? "usual" : row.sure ? "chosen" : "faint"})`, filled = `fill="${ink}"`;
    if (row.verdict === "worse") return `<rect x="${x - r}" y="${y - r}" width="${2 * r}" height="${2 * r}" ${filled}/>`;
    if (row.verdict === "higher" || row.verdict === "lower") return `<path d="M${x} ${y - 1.3 * r}L${x + 1.3 * r} ${y}L${x} ${y + 1.3 * r}L${x - 1.3 * r} ${y}Z" ${filled}/>`;
    const look = row.verdict === "better" ? filled : `fill="var(--page)" stroke="${ink}" stroke-width="2"`;
    return `<circle cx="${x}" cy="${y}" r="${r}" ${look}/>`;
  }

  /** One outcome: its name, its interval and its point; its figures are told where a pointer rests. */
  function rowOf(row, k, f) {
    const y = f.top + (k + 0.5) * f.each, level = f.isNarrow ? y + f.letters * 0.4 : y, r = f.letters * 0.33;
    const [mean, low, high] = row.effect.map(f.x), cap = r * 0.7;
    const name = f.isNarrow
      ? `<text class="ink cs-halo" x="0" y="${y - f.letters * 0.2}" font-size="${f.letters * 0.75}">${escape(row.title)}</text>`
      : `<text class="ink" x="${f.left - f.letters * 0.6}" y="${y + f.letters * 0.28}" text-anchor="end" font-size="${f.letters * 0.8}">${escape(row.title)}</text>`;
    return `<g><title>${escape(`${row.title}: ${row.change} (${row.interval}) ${row.unit}; ${row.verdict}`)}</title>
      <rect x="0" y="${y - f.each / 2}" width="${f.width}" height="${f.each}" fill="transparent"/>
      <line class="grid" x1="${f.left}" x2="${f.right}" y1="${level}" y2="${level}"/>${name}
      <path class="whisker" d="M${low} ${level}H${high}M${low} ${level - cap}v${2 * cap}M${high} ${level - cap}v${2 * cap}"/>${mark(row, mean, level, r)}</g>`;
  }

  /** Where things are: a row below the other, names on the left, or above their rows where there is little room. */
  function frame(rows, width, height, letters) {
    const longest = Math.max(...rows.map((row) => row.title.length)) * letters * 0.43, isNarrow = longest > 0.42 * width;
    const left = isNarrow ? letters * 0.6 : longest + letters, right = width - letters;
    const title = window.collabsim.lined(TITLE, (right - left) / (letters * 0.4)), top = letters * 0.3;
    const bottom = height - letters * (1.9 + 1.05 * title.length);
    const ends = rows.flatMap((row) => [row.effect[1], row.effect[2]]), reach = Math.max(...ends, 0) - Math.min(...ends, 0) || 1;
    const low = Math.min(...ends, 0) - 0.03 * reach, high = Math.max(...ends, 0) + 0.03 * reach;
    return { rows, width, letters, isNarrow, left, right, title, top, bottom, each: (bottom - top) / rows.length, low, high,
      x: (value) => left + (value - low) / (high - low) * (right - left) };
  }

  function body(rows, width, height, letters) {
    if (!rows.length) return "";
    const f = frame(rows, width, height, letters), size = letters * 0.8;
    const marks = ticks(f.low, f.high).map((v) => `<line class="grid" x1="${f.x(v)}" x2="${f.x(v)}" y1="${f.top}" y2="${f.bottom + 5}"/><text class="tick" x="${f.x(v)}" y="${f.bottom + letters * 1.3}" text-anchor="middle" font-size="${size}">${signed(v)}</text>`);
    const words = f.title.map((text, k) => `<text class="tick" x="${(f.left + f.right) / 2}" y="${f.bottom + letters * (2.4 + 1.05 * k)}" text-anchor="middle" font-size="${size}">${escape(text)}</text>`);
    return marks.join("") + `<line class="axis" x1="${f.x(0)}" x2="${f.x(0)}" y1="${f.top}" y2="${f.bottom}"/>` + rows.map((row, k) => rowOf(row, k, f)).join("") + words.join("");
  }

  /** Draw the outcomes that vary, or draw them again. */
  function drawPoints(element, all, painted) {
    const rows = all.filter((row) => row.effect[0] !== null);
    drawn.set(element, rows);
    keep(element, { body: (...room) => body(rows, ...room) }, painted);
  }

  /** Hand it to the reader as PNG or SVG: by itself, so with the words that stand around it on the page. */
  function savePoints(element, words, kind, name) {
    const rows = drawn.get(element), size = 20, height = 1.5 * size * rows.length + 4 * size, head = (1.4 * words.length + 1) * size;
    const lines = words.map((text, k) => `<text class="${k ? "tick" : "ink"}" x="${size}" y="${(1.4 * k + 1.4) * size}" font-size="${k ? 0.8 * size : size}">${escape(text)}</text>`);
    return save(element, `<svg viewBox="0 0 1200 ${height + head}">${lines.join("")}<g transform="translate(0 ${head})">${body(rows, 1200, height, size)}</g></svg>`, kind, name);
  }

  window.collabsimPoints = { drawPoints, savePoints };
})();
