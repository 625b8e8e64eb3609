/* What the pages of lessons share: charts with predictions (a telephone need not load Plotly), words of the glossary, motion. */
(function () {
  "use strict";
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = (window.solara ? window.solara.rootPath : "") + "/static/assets/lesson.css";
  document.head.appendChild(style);

  const { INKS, DASHES, escape, ticks, ground, line, band, ink, stroke } = window.collabsimLines;
  const isStill = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  /** The place of a chart's parts: never so high that a low screen, or a projector, cannot show it with its question. */
  function frame(axes, width) {
    const size = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    return window.collabsimLines.frame(axes, width, Math.max(size * 14, Math.min(size * 24, width * 0.56, innerHeight * 0.5)));
  }

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
