/* What the pages of lessons share: charts as SVG (a telephone need not load Plotly), words of the glossary, motion. */
(function () {
  "use strict";
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = (window.solara ? window.solara.rootPath : "") + "/static/assets/lesson.css";
  document.head.appendChild(style);

  const INKS = ["usual", "chosen", "third", "fourth", "ink", "faint"], DASHES = ["", "9 5", "2 5", "12 4 2 4", "5 3", "14 3"];
  const escape = (text) => String(text).replace(/[&<>"']/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }[c]));
  const isStill = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  /** Round numbers from low to high, some five of them. */
  function ticks(low, high) {
    const raw = (high - low) / 5, power = Math.pow(10, Math.floor(Math.log10(raw)));
    const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= raw * 0.999);
    const found = [];
    for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + step * 1e-9; v += step) found.push(Number(v.toPrecision(12)));
    return found;
  }

  /** The place of a chart's parts in pixels, for a width. */
  function frame(axes, width) {
    const size = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    const height = Math.max(size * 14, Math.min(size * 24, width * 0.56));
    const box = { left: size * 3.2, right: size * 0.9, top: size * 1.5, bottom: size * 2.9 };
    const wide = Math.max(40, width - box.left - box.right), tall = height - box.top - box.bottom;
    return {
      width, height, size, axes, box, wide, tall,
      x: (year) => box.left + (year - axes.from) / (axes.to - axes.from) * wide,
      y: (value) => box.top + (1 - (Math.min(axes.high, Math.max(axes.low, value)) - axes.low) / (axes.high - axes.low)) * tall,
      year: (px) => axes.from + (px - box.left) / wide * (axes.to - axes.from),
      value: (px) => axes.low + (1 - (px - box.top) / tall) * (axes.high - axes.low),
    };
  }

  /** Axes, grid, and the time before the policy. */
  function ground(f) {
    const a = f.axes, s = f.size * 0.8, parts = [];
    if (a.from < 0) {
      parts.push(`<rect class="before" x="${f.x(a.from)}" y="${f.box.top}" width="${f.x(0) - f.x(a.from)}" height="${f.tall}"/>`);
      if (f.x(0) - f.x(a.from) > s * 3.4) parts.push(`<text class="note" x="${(f.x(a.from) + f.x(0)) / 2}" y="${f.box.top + f.tall - s * 0.5}" text-anchor="middle" font-size="${s}">before</text>`);
    }
    for (const v of ticks(a.low, a.high)) {
      parts.push(`<line class="grid" x1="${f.box.left}" x2="${f.box.left + f.wide}" y1="${f.y(v)}" y2="${f.y(v)}"/>`);
      parts.push(`<text class="tick" x="${f.box.left - s * 0.5}" y="${f.y(v) + s * 0.35}" text-anchor="end" font-size="${s}">${v}</text>`);
    }
    const every = (a.to - a.from) > 14 || f.width < 25 * f.size ? 2 : 1;
    for (let year = Math.ceil(a.from); year <= a.to; year += 1) {
      if (year % every) continue;
      parts.push(`<line class="grid" x1="${f.x(year)}" x2="${f.x(year)}" y1="${f.box.top + f.tall}" y2="${f.box.top + f.tall + 5}"/>`);
      parts.push(`<text class="tick" x="${f.x(year)}" y="${f.box.top + f.tall + s * 1.5}" text-anchor="middle" font-size="${s}">${year}</text>`);
    }
    parts.push(`<line class="axis" x1="${f.box.left}" x2="${f.box.left + f.wide}" y1="${f.box.top + f.tall}" y2="${f.box.top + f.tall}"/>`);
    parts.push(`<text class="tick" x="${f.box.left + f.wide}" y="${f.height - s * 0.35}" text-anchor="end" font-size="${s}">years after the policy's start</text>`);
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

  /** Lines of the model with their bands. `now` from 0 to 1: how much of the last one's change is shown yet. */
  function lines(f, courses, now) {
    const all = courses.lines, parts = [], last = all.length - 1;
    all.forEach((one, k) => {
      const moves = k === last && now < 1, first = all[0];
      const mean = moves && last > 0 ? one.mean.map((v, q) => v === null || first.mean[q] === null ? v : first.mean[q] + (v - first.mean[q]) * now) : one.mean;
      const x = moves && last === 0 ? courses.x.filter((year) => year <= Math.max(0, courses.from) + now * (courses.to - Math.max(0, courses.from))) : courses.x;
      if (!moves) parts.push(band(f, courses.x, one.low, one.high, `fill="${ink(k)}" opacity="${all.length > 3 ? 0.07 : 0.16}"`));
      parts.push(line(f, x, mean, stroke(k)));
    });
    return parts.join("");
  }

  /** What was predicted: by the reader, or by everybody. */
  function mine(f, years, values) {
    const dots = years.map((year, k) => `<circle cx="${f.x(year)}" cy="${f.y(values[k])}" r="4"/>`).join("");
    return `<g class="mine">${line(f, years, values, 'stroke-width="2.4" stroke-dasharray="5 4"')}${dots}</g>`;
  }
  function crowd(f, spread) {
    if (!spread || !spread.n) return "";
    const each = (spread.lines || []).map((values) => line(f, spread.years, values, "")).join("");
    return `<g class="crowd">${each}</g>` + line(f, spread.years, spread.median, 'class="median"');
  }

  /** Run `step(share)` from 0 to 1 over some seconds; without motion, first the start and then the end. */
  function play(seconds, step) {
    if (isStill()) { step(0); setTimeout(() => step(1), 900); return; }
    const start = performance.now();
    (function next(time) {
      const share = Math.min(1, Math.max(0, (time - start) / (seconds * 1000)));
      step(share < 1 ? share * share * (3 - 2 * share) : 1);
      if (share < 1) requestAnimationFrame(next);
    })(start);
  }

  // --- words of the glossary: shown on hover and focus, kept while pointed at, gone with Escape -----------------
  let terms = {}, tip = null, shownFor = null;
  function tell(word) {
    const meaning = terms[word.dataset.term];
    if (!meaning || shownFor === word) return;
    hush();
    tip = document.createElement("div");
    tip.id = "cs-tip"; tip.className = "cs-tip"; tip.setAttribute("role", "tooltip"); tip.textContent = meaning;
    (document.getElementById("cs-main") || document.body).appendChild(tip);
    const at = word.getBoundingClientRect(), wide = tip.offsetWidth, tall = tip.offsetHeight;
    tip.style.left = Math.max(8, Math.min(innerWidth - wide - 8, at.left)) + "px";
    tip.style.top = (at.bottom + tall + 8 < innerHeight ? at.bottom + 4 : at.top - tall - 4) + "px";
    word.setAttribute("aria-describedby", "cs-tip");
    shownFor = word;
  }
  function hush() {
    if (shownFor) shownFor.removeAttribute("aria-describedby");
    if (tip) tip.remove();
    tip = shownFor = null;
  }
  const termOf = (event) => event.target.closest && event.target.closest(".cs-term");
  document.addEventListener("mouseover", (event) => { const word = termOf(event); if (word) tell(word); });
  document.addEventListener("mouseout", (event) => {
    const to = event.relatedTarget;
    if (shownFor && !(to && (shownFor.contains(to) || (tip && tip.contains(to)) || to === tip))) hush();
  });
  document.addEventListener("focusin", (event) => { const word = termOf(event); if (word) tell(word); else hush(); });
  document.addEventListener("click", (event) => { const word = termOf(event); if (word) tell(word); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hush(); });
  document.addEventListener("scroll", hush, true);

  window.collabsimLesson = { frame, ground, line, band, lines, mine, crowd, ink, stroke, play, isStill, ticks, INKS, DASHES, escape, setTerms: (found) => { terms = found; } };
})();
