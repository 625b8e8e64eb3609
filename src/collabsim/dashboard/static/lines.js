/* Charts of lines as SVG: drawn in a millisecond, so that a lever's move is seen at once, also on a slow machine. */
(function () {
  "use strict";
  const INKS = ["usual", "chosen", "third", "fourth", "ink", "faint"], DASHES = ["", "9 5", "2 5", "12 4 2 4", "5 3", "14 3"];
  const escape = (text) => String(text).replace(/[&<>"']/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }[c]));

  /** Round numbers from low to high, some five of them. */
  function ticks(low, high) {
    const raw = (high - low) / 5, power = Math.pow(10, Math.floor(Math.log10(raw)));
    const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= raw * 0.999);
    const found = [];
    for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + step * 1e-9; v += step) found.push(Number(v.toPrecision(12)));
    return found;
  }

  /** The place of a chart's parts in pixels, for a width and, where it is given, a height and a size of letters. */
  function frame(axes, width, height, letters) {
    const size = letters || parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    const high = height || Math.max(size * 14, Math.min(size * 24, width * 0.56)), isLow = high < size * 12;
    const box = { left: size * 3.2, right: size * 0.9, top: size * 1.5, bottom: size * (isLow ? 1.8 : 2.9) };
    const wide = Math.max(40, width - box.left - box.right), tall = high - box.top - box.bottom;
    return {
      width, height: high, size, axes, box, wide, tall, isLow,
      x: (year) => box.left + (year - axes.from) / (axes.to - axes.from) * wide,
      y: (value) => box.top + (1 - (Math.min(axes.high, Math.max(axes.low, value)) - axes.low) / (axes.high - axes.low)) * tall,
      year: (px) => axes.from + (px - box.left) / wide * (axes.to - axes.from),
      value: (px) => axes.low + (1 - (px - box.top) / tall) * (axes.high - axes.low),
    };
  }

  const signed = (number) => String(number).replace("-", "−");

  /** Axes, grid, and the time before the policy. */
  function ground(f) {
    const a = f.axes, s = f.size * 0.8, parts = [];
    if (a.from < 0) {
      parts.push(`<rect class="before" x="${f.x(a.from)}" y="${f.box.top}" width="${f.x(0) - f.x(a.from)}" height="${f.tall}"/>`);
      if (f.x(0) - f.x(a.from) > s * 3.4) parts.push(`<text class="note" x="${(f.x(a.from) + f.x(0)) / 2}" y="${f.box.top + f.tall - s * 0.5}" text-anchor="middle" font-size="${s}">before</text>`);
    }
    const marks = ticks(a.low, a.high), decimals = Math.max(0, ...marks.map((v) => (String(v).split(".")[1] || "").length));
    for (const v of marks) {
      parts.push(`<line class="grid" x1="${f.box.left}" x2="${f.box.left + f.wide}" y1="${f.y(v)}" y2="${f.y(v)}"/>`);
      parts.push(`<text class="tick" x="${f.box.left - s * 0.5}" y="${f.y(v) + s * 0.35}" text-anchor="end" font-size="${s}">${signed(v.toFixed(decimals))}</text>`);
    }
    const every = (a.to - a.from) > 14 || f.width < 25 * f.size ? 2 : 1;
    for (let year = Math.ceil(a.from); year <= a.to; year += 1) {
      if (year % every) continue;
      if (f.isLow && year + every <= a.to && year + 2 * every > a.to) continue; // the last says that these are years
      const words = f.isLow && year + every > a.to ? "year " + year : signed(year);
      parts.push(`<line class="grid" x1="${f.x(year)}" x2="${f.x(year)}" y1="${f.box.top + f.tall}" y2="${f.box.top + f.tall + 5}"/>`);
      parts.push(`<text class="tick" x="${f.x(year)}" y="${f.box.top + f.tall + s * 1.5}" text-anchor="${f.isLow && year + every > a.to ? "end" : "middle"}" font-size="${s}">${words}</text>`);
    }
    parts.push(`<line class="axis" x1="${f.box.left}" x2="${f.box.left + f.wide}" y1="${f.box.top + f.tall}" y2="${f.box.top + f.tall}"/>`);
    if (!f.isLow) parts.push(`<text class="tick" x="${f.box.left + f.wide}" y="${f.height - s * 0.35}" text-anchor="end" font-size="${s}">years after the policy's start</text>`);
    parts.push(`<text class="tick" x="${s * 0.2}" y="${s}" font-size="${s}">${escape(a.unit || "")}</text>`);
    return parts.join("");
  }

  /** The points of a line that are there. */
  function points(f, x, y) {
    return x.map((year, k) => [year, y[k]]).filter((p) => p[1] !== null && p[1] !== undefined).map((p) => `${f.x(p[0]).toFixed(1)},${f.y(p[1]).toFixed(1)}`);
  }
  function line(f, x, y, look) { return `<polyline fill="none" points="${points(f, x, y).join(" ")}" ${look}/>`; }
  function band(f, x, low, high, look) {
    if (!low || !high) return "";
    return `<polygon points="${[...points(f, x, low), ...points(f, x, high).reverse()].join(" ")}" ${look}/>`;
  }
  const ink = (k) => `var(--${INKS[k % INKS.length]})`;
  const stroke = (k) => `stroke="${ink(k)}" stroke-width="3.2" stroke-dasharray="${DASHES[k % DASHES.length]}" stroke-linejoin="round"`;

  // --- drawings that fit their place ------------------------------------------------------------------------------

  const drawn = new WeakMap();

  /** What an element has room for: its width and height, and the size of the page's letters. */
  function room(element) {
    return { width: element.clientWidth, height: element.clientHeight, letters: parseFloat(getComputedStyle(document.documentElement).fontSize) || 16 };
  }

  /** Keep a drawing in an element: `now.body(width, height, letters)` is drawn now, and again when the room changes.
   * Who draws asks for the room once: to ask makes the browser lay the page out. What was painted last stands in `data-painted`. */
  function keep(element, now, painted) {
    const known = drawn.get(element);
    drawn.set(element, Object.assign({ room: known ? known.room : room(element) }, now));
    if (!known) new ResizeObserver(() => fit(element)).observe(element);
    redraw(element);
    if (painted !== undefined) element.dataset.painted = painted; // in the next frame it is seen
    return !known;
  }

  function fit(element) {
    const now = drawn.get(element), found = room(element);
    if (JSON.stringify(found) === JSON.stringify(now.room)) return;
    now.room = found;
    redraw(element);
  }

  function redraw(element) {
    const now = drawn.get(element), { width, height, letters } = now.room;
    if (!width || !height) return;
    let svg = element.querySelector("svg");
    if (!svg) {
      svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      element.classList.add("cs-chart");
      element.replaceChildren(svg);
    }
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.innerHTML = now.body(width, height, letters);
    if (now.read) now.read();
  }

  /** Hand a drawing to the reader as PNG or SVG. */
  function save(element, text, kind, name) {
    const host = document.createElement("div");
    host.className = "cs-chart hidden";
    host.innerHTML = text;
    element.parentNode.appendChild(host);
    const saved = window.collabsim.saveDrawing(host.firstChild, kind, name);
    host.remove();
    return saved;
  }

  // --- the course of one outcome: the baseline and what was chosen -------------------------------------------------

  const WORDS = ["baseline", "with your changes"];

  /** The lines of a course: the baseline dashed, where there is another. */
  function linesOf(chart, payload) {
    const found = [{ words: WORDS[0], values: chart.base, ink: "var(--usual)", dash: payload.same ? "" : "9 6", fill: 0.16 }];
    if (!payload.same) found.push({ words: WORDS[1], values: chart.now, ink: "var(--chosen)", dash: "", fill: 0.18 });
    return found;
  }

  /** What the axes must hold. */
  function axesOf(chart, payload) {
    const all = linesOf(chart, payload).flatMap((l) => [...l.values.mean, ...(l.values.low || []), ...(l.values.high || [])]).filter((v) => v !== null);
    const low = all.length ? Math.min(...all) : 0, high = all.length ? Math.max(...all) : 1, room = (high - low) * 0.08 || 1;
    const floor = chart.unit === "%" ? Math.min(0, low) : low >= 0 ? Math.max(0, low - room) : low - room;
    return { low: floor, high: high + room, from: -payload.burn_in, to: payload.years, unit: chart.unit };
  }

  function courseBody(f, chart, payload) {
    const width = f.size * 0.19, all = linesOf(chart, payload), join = 'stroke-linejoin="round"';
    return ground(f)
      + all.map((l) => band(f, chart.x, l.values.low, l.values.high, `fill="${l.ink}" opacity="${l.fill}"`)).join("")
      + all.map((l) => line(f, chart.x, l.values.mean, `stroke="${l.ink}" stroke-width="${width}" stroke-dasharray="${l.dash}" ${join}`)).join("");
  }

  /** Draw a course, or draw it again; a pointer reads the values. */
  function drawCourse(element, chart, payload, painted) {
    const now = { chart, payload, read: () => read(element, element.pointer) };
    now.body = (width, height, letters) => {
      drawn.get(element).frame = frame(axesOf(chart, payload), width, height, letters);
      return courseBody(drawn.get(element).frame, chart, payload);
    };
    if (keep(element, now, painted)) point(element);
  }

  /** Read where a pointer is. */
  function point(element) {
    for (const kind of ["pointermove", "pointerdown"]) element.addEventListener(kind, (event) => { element.pointer = event.clientX; read(element, event.clientX); });
    element.addEventListener("pointerleave", () => { element.pointer = undefined; read(element); });
  }

  /** The values at a place, beside a rule; nothing without a place. */
  function read(element, at) {
    for (const old of element.querySelectorAll(".cs-read")) old.remove();
    const now = drawn.get(element), f = now.frame, x = now.chart.x;
    if (at === undefined || !f) return;
    const year = f.year(at - element.getBoundingClientRect().left);
    const k = x.reduce((best, value, q) => Math.abs(value - year) < Math.abs(x[best] - year) ? q : best, 0);
    const rule = document.createElementNS("http://www.w3.org/2000/svg", "line");
    for (const [name, value] of Object.entries({ class: "cs-read axis", x1: f.x(x[k]), x2: f.x(x[k]), y1: f.box.top, y2: f.box.top + f.tall })) rule.setAttribute(name, value);
    element.querySelector("svg").appendChild(rule);
    const told = document.createElement("div");
    told.className = "cs-read cs-told";
    told.textContent = [`year ${x[k].toFixed(1)}`, ...linesOf(now.chart, now.payload).map((l) => `${l.words} ${l.values.mean[k] === null ? "–" : l.values.mean[k].toFixed(now.chart.decimals)}`)].join("\n");
    told.style[f.x(x[k]) > f.width / 2 ? "right" : "left"] = (f.x(x[k]) > f.width / 2 ? f.width - f.x(x[k]) : f.x(x[k])) + 8 + "px";
    element.appendChild(told);
  }

  /** Hand a course to the reader as PNG or SVG: by itself, so with its title and its key. */
  function saveCourse(element, kind, name) {
    const { chart, payload } = drawn.get(element), size = 20, width = 1000, head = 3.6 * size;
    const f = frame(axesOf(chart, payload), width, 560, size);
    const key = linesOf(chart, payload).map((l, k) => `<line x1="${size + k * 260}" x2="${size * 3 + k * 260}" y1="${size * 2.6}" y2="${size * 2.6}" stroke="${l.ink}" stroke-width="4" stroke-dasharray="${l.dash}"/><text class="ink" x="${size * 3.4 + k * 260}" y="${size * 2.95}" font-size="${size * 0.8}">${l.words}</text>`).join("");
    const note = `<text class="tick" x="${width - size}" y="${size * 2.95}" text-anchor="end" font-size="${size * 0.8}">${payload.done} replicates; bands: eight in ten</text>`;
    const text = `<svg viewBox="0 0 ${width} ${560 + head}"><text class="ink" x="${size}" y="${size * 1.4}" font-size="${size}">${escape(chart.title)}</text>${key}${note}<g transform="translate(0 ${head})">${courseBody(f, chart, payload)}</g></svg>`;
    return save(element, text, kind, name);
  }

  window.collabsimLines = { INKS, DASHES, escape, ticks, frame, ground, line, band, ink, stroke, keep, save, drawCourse, saveCourse };
})();
