/* What all components share: loaded by Solara's page before anything is drawn. */
(function () {
  "use strict";
  document.documentElement.lang = "en";
  const viewport = document.querySelector("meta[name=viewport]");
  if (viewport) viewport.content = "width=device-width, initial-scale=1"; // may be enlarged: people need to

  let loading = null;

  /** Plotly, loaded once from this server. */
  function plotly() {
    loading = loading || fetch((window.solara ? window.solara.rootPath : "") + "/static/assets/plotly.min.js")
      .then((found) => { if (!found.ok) throw new Error("Plotly could not be loaded"); return found.text(); })
      .then(run);
    return loading;
  }

  /** Run a script at one go, while requirejs, which others use meanwhile, is out of its sight. */
  function run(text) {
    const define = window.define, script = document.createElement("script");
    script.text = text;
    window.define = undefined;
    document.head.appendChild(script);
    window.define = define;
    return window.Plotly;
  }

  const scripts = {};

  /** One of our own scripts, loaded once where it is needed: what it leaves at the window. */
  function script(file, name) {
    scripts[file] = scripts[file] || new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = (window.solara ? window.solara.rootPath : "") + "/static/assets/" + file;
      element.onload = () => resolve(Object.freeze(window[name]));
      element.onerror = reject;
      document.head.appendChild(element);
    });
    return scripts[file];
  }

  /** Charts of lines. */
  function lines() { return script("lines.js", "collabsimLines"); }

  /** Points with intervals. */
  async function points() { await lines(); return script("points.js", "collabsimPoints"); }

  /** What the pages of lessons share. */
  async function lesson() { await lines(); return script("lesson.js", "collabsimLesson"); }

  if (["/compare", "/rank"].includes(location.pathname)) plotly(); // while the page is made
  if (["/", "/explore"].includes(location.pathname)) points();

  /** A colour of the look that is on. */
  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  }

  function isBig() { return document.documentElement.dataset.look === "projector"; }

  const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
  const CONFIG = { displayModeBar: false, responsive: true, showTips: false };

  /** A layout in the look that is on, with more on top. */
  function layout(more) {
    const size = isBig() ? 19 : 13;
    const axis = {
      automargin: true, linecolor: colour("faint"), tickcolor: colour("faint"), gridcolor: colour("rule"),
      zerolinecolor: colour("faint"), fixedrange: true, ticks: "outside", title: { font: { size } },
    };
    const base = {
      font: { family: FONT, size, color: colour("ink") },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      margin: { l: 8, r: 12, t: 8, b: 8 }, showlegend: false, dragmode: false,
      hoverlabel: { font: { family: FONT, size } }, uirevision: "same",
    };
    const all = Object.assign(base, more);
    for (const name of ["xaxis", "yaxis"]) {
      const own = (more || {})[name] || {};
      all[name] = Object.assign({}, axis, own, { title: Object.assign({}, axis.title, own.title) });
    }
    return all;
  }

  /** Draw, or draw again, and say in `data-painted` what was painted last. */
  async function react(element, traces, more, painted) {
    const Plotly = await plotly();
    if (!element.isConnected) return;
    await Plotly.react(element, traces, layout(more), CONFIG);
    requestAnimationFrame(() => { if (painted !== undefined) element.dataset.painted = painted; });
  }

  function seeThrough(hex, share) {
    const part = (k) => parseInt(hex.slice(k, k + 2), 16);
    return `rgba(${part(1)},${part(3)},${part(5)},${share})`;
  }

  /** The two edges of a band as one closed shape. */
  function band(x, line, fill, more) {
    if (!line.low) return [];
    const some = x.map((_, k) => k).filter((k) => line.low[k] !== null);
    return [Object.assign({
      x: [...some.map((k) => x[k]), ...some.slice().reverse().map((k) => x[k])],
      y: [...some.map((k) => line.high[k]), ...some.slice().reverse().map((k) => line.low[k])],
      fill: "toself", fillcolor: fill, line: { width: 0 }, mode: "lines", hoverinfo: "skip", showlegend: false,
    }, more)];
  }

  /** The course of one outcome, at once where its script is there. */
  async function drawCourse(element, chart, payload, painted) { (window.collabsimLines || await lines()).drawCourse(element, chart, payload, painted); }
  async function saveCourse(element, kind, name) { (await lines()).saveCourse(element, kind, name); }

  /** The differences of all outcomes. */
  async function drawPoints(element, rows, painted) { (window.collabsimPoints || await points()).drawPoints(element, rows, painted); }
  async function savePoints(element, words, kind, name) { (await points()).savePoints(element, words, kind, name); }

  const INKS = ["usual", "chosen", "third", "fourth"], DASHES = ["solid", "dash", "dot", "dashdot"];

  /** The size of a figure's letters in the look that is on. */
  function letters() { return isBig() ? 19 : 13; }

  /** Where the figures of several scenarios stand: one over the other, side by side, or below each other where there is no room beside. */
  function panels(element, frame) {
    const size = letters(), width = element.clientWidth - 5 * size, count = frame.layout === "side" ? frame.lines.length : 1;
    const isBelow = count > 1 && width / count < 11 * size;
    const gap = isBelow ? 0.34 / count : 3.2 * size / width, share = (1 - gap * (count - 1)) / count;
    const at = (k) => [k * (share + gap), k * (share + gap) + share];
    return { count, isBelow, width: isBelow ? width : share * width, x: (k) => isBelow ? [0, 1] : at(k), y: (k) => isBelow ? at(count - 1 - k) : [0, 1] };
  }

  /** Years between two marks of a time axis, so that their numbers do not touch. */
  function between(years, width) { return [2, 5, 10].find((step) => years / step * 2.6 * letters() <= width) || 20; }

  /** The axes of one scenario's figure; all have the scale of the first. */
  function axesOf(frame, room, k) {
    const name = k ? String(k + 1) : "", isFirst = !k || room.isBelow, base = layout({});
    const time = lined("years after the policy's start", room.width / (0.55 * letters())).join("<br>");
    return {
      ["xaxis" + name]: Object.assign({}, base.xaxis, { domain: room.x(k), anchor: "y" + (room.isBelow ? name : ""), range: [-frame.burn_in, frame.years], dtick: between(frame.years + frame.burn_in, room.width), tickangle: 0, title: Object.assign({ text: time, standoff: 8 }, base.xaxis.title) }),
      ...(isFirst ? { ["yaxis" + name]: Object.assign({}, base.yaxis, { domain: room.y(k), anchor: "x" + name, title: Object.assign({ text: frame.unit }, base.yaxis.title) }, k ? { matches: "y" } : {}) } : {}),
    };
  }

  /** The course of one scenario with its band. */
  function courseOf(frame, room, k) {
    const line = frame.lines[k], ink = colour(INKS[k]), name = k && room.count > 1 ? String(k + 1) : "";
    const on = { xaxis: "x" + name, yaxis: "y" + (room.isBelow ? name : "") };
    const course = { x: frame.x, y: line.mean, mode: "lines", showlegend: true, line: { color: ink, dash: DASHES[k], width: isBig() ? 5 : 3 }, hovertemplate: `year %{x:.1f}: %{y:.${frame.decimals}f}<extra></extra>` };
    return [...band(frame.x, line, seeThrough(ink, 0.14), on), Object.assign(course, on, { name: line.title })];
  }

  /** Names in the key are broken into lines that the figure has room for beside a line's sample. */
  function keyed(element, traces) {
    const most = Math.min(40, (element.clientWidth - 45 - 5 * letters()) / (0.55 * letters()));
    for (const trace of traces) if (trace.name) trace.name = lined(trace.name, most).join("<br>");
    return traces;
  }

  /** The courses of several scenarios, over each other or each by itself on one scale. */
  function drawLines(element, frame, painted) {
    const room = panels(element, frame), each = [...Array(room.count).keys()];
    const traces = frame.lines.flatMap((_, k) => courseOf(frame, room, k));
    const shapes = each.map((k) => ({ type: "rect", xref: "x" + (k ? k + 1 : ""), yref: `y${k && room.isBelow ? k + 1 : ""} domain`, x0: -frame.burn_in, x1: 0, y0: 0, y1: 1, fillcolor: colour("before"), line: { width: 0 }, layer: "below" }));
    element.style.height = room.isBelow ? 8 + 15 * room.count + "rem" : "";
    return react(element, keyed(element, traces), Object.assign({ shapes, margin: { l: 8, r: 1.2 * letters(), t: 8, b: 8 }, showlegend: true, legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" } }, ...each.map((k) => axesOf(frame, room, k))), painted);
  }

  /** Words in lines of at most so many letters. */
  function lined(words, most) {
    return words.split(" ").reduce((found, word) => {
      const last = found[found.length - 1];
      return last !== undefined && (last + " " + word).length <= most ? [...found.slice(0, -1), last + " " + word] : [...found, word];
    }, []);
  }

  /** A title in as many lines as there is room for beside the labels. */
  function broken(element, words) {
    const share = element.clientWidth < 520 ? 0.5 : 0.72;
    return lined(words, share * element.clientWidth / (0.52 * (isBig() ? 19 : 13))).join("<br>");
  }

  /** Bars of two kinds with intervals: the trust ledger. */
  function drawLedger(element, rows, same, painted) {
    const bars = (key, name, ink, pattern) => ({
      type: "bar", orientation: "h", name, y: rows.map((row) => row.title), x: rows.map((row) => row[key][0]),
      marker: { color: colour(ink), pattern: { shape: pattern, fgcolor: colour("page"), fillmode: "overlay", size: 7, solidity: 0.25 } },
      error_x: {
        type: "data", symmetric: false, color: colour("ink"), thickness: 1.5, width: 3,
        array: rows.map((row) => row[key][2] - row[key][0]), arrayminus: rows.map((row) => row[key][0] - row[key][1]),
      },
      hovertemplate: `%{y}: %{x:+.3f}<extra>${name}</extra>`,
    });
    const traces = [bars("base", "baseline", "usual", "/")];
    if (!same) traces.push(bars("now", "with your changes", "chosen", ""));
    return react(element, traces, {
      barmode: "group", bargap: 0.3, xaxis: { title: { text: broken(element, "added to mean trust, from the policy's start to the end") }, zeroline: true, zerolinewidth: 2 },
      yaxis: { autorange: "reversed", dtick: 1 },
    }, painted);
  }

  /** What either end of each lever's range changes. */
  function drawTornado(element, found, painted) {
    const isNarrow = element.clientWidth < 520, size = isBig() ? 19 : 13;
    const bars = (k, name, ink, pattern) => ({
      type: "bar", orientation: "h", name, y: found.rows.map((row) => isNarrow ? row.title.replace(": ", ":<br>") : row.title), x: found.rows.map((row) => row.ends[k].x[0]),
      marker: { color: colour(ink), pattern: { shape: pattern, fgcolor: colour("page"), fillmode: "overlay", size: 7, solidity: 0.25 } },
      error_x: { type: "data", symmetric: false, color: colour("ink"), thickness: 1.5, width: 3, array: found.rows.map((row) => row.ends[k].x[2] - row.ends[k].x[0]), arrayminus: found.rows.map((row) => row.ends[k].x[0] - row.ends[k].x[1]) },
      text: found.rows.map((row) => `${row.ends[k].value}: ${row.ends[k].change} (${row.ends[k].interval})`), textposition: "none", hovertemplate: `%{y}, ${name} %{text}<extra></extra>`,
    });
    return react(element, [bars(0, "lower end", "usual", "/"), bars(1, "upper end", "chosen", "")], {
      barmode: "overlay", bargap: 0.3, xaxis: { title: { text: broken(element, `change in ${found.title.toLowerCase()} (${found.unit})`) }, zeroline: true, zerolinewidth: 2, nticks: isNarrow ? 4 : 0 }, yaxis: { autorange: "reversed", dtick: 1, tickfont: { size: isNarrow ? 10 : size } },
    }, painted);
  }

  /** A figure made elsewhere, in the look that is on. */
  function drawFigure(element, figure, painted) {
    const more = {}, ink = { color: colour("ink"), size: letters(), family: FONT }, axis = { color: colour("ink"), gridcolor: colour("rule"), linecolor: colour("faint") };
    const fitted = (key, words) => /^x/.test(key) ? broken(element, words) : lined(words, 0.75 * element.clientHeight / (0.55 * letters())).join("<br>");
    const titled = (key, value) => value.title && value.title.text ? { title: Object.assign({}, value.title, { text: fitted(key, value.title.text), font: { size: letters() } }) } : {};
    for (const [key, value] of Object.entries(figure.layout)) more[key] = /^[xy]axis/.test(key) ? Object.assign({}, value, axis, titled(key, value)) : value;
    Object.assign(more, { font: ink, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", template: undefined });
    const dark = document.documentElement.dataset.look === "dark";
    const light = (text) => dark ? text.replaceAll("#1a1a1a", colour("ink")).replaceAll("#0072b2", colour("chosen")) : text;
    return react(element, JSON.parse(light(JSON.stringify(figure.data))), JSON.parse(light(JSON.stringify(more))), painted);
  }

  /** Hand a text to the reader as a file. */
  function download(name, text, kind) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(text instanceof Blob ? text : new Blob([text], { type: kind + ";charset=utf-8" }));
    link.download = name;
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  /** Hand rows to the reader as a file that spreadsheets open. */
  function downloadTable(title, rows) {
    const cell = (word) => { const text = Array.isArray(word) ? word.join("; ") : word === null ? "" : String(word); return '"' + text.replaceAll('"', '""') + '"'; };
    download("collabsim-" + title.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 60) + ".csv", rows.map((row) => row.map(cell).join(",")).join("\n") + "\n", "text/csv");
  }

  const STYLES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity", "paint-order", "font-family", "font-size", "font-weight", "text-anchor"];

  /** A drawing of the page as a file of its own: the look's colours written out, on a plain background. */
  function drawingText(svg) {
    const copy = svg.cloneNode(true), box = svg.viewBox.baseVal;
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", box.width); copy.setAttribute("height", box.height);
    const parts = [...copy.querySelectorAll("*")];
    [...svg.querySelectorAll("*")].forEach((original, k) => {
      const style = getComputedStyle(original), part = parts[k];
      if (style.display === "none") return part.remove();
      for (const name of STYLES) part.setAttribute(name, name === "font-family" ? FONT.replaceAll("'", "") : style.getPropertyValue(name));
      for (const name of ["tabindex", "role", "aria-pressed", "class", "style"]) part.removeAttribute(name);
    });
    const page = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    page.setAttribute("width", "100%"); page.setAttribute("height", "100%"); page.setAttribute("fill", colour("page"));
    copy.insertBefore(page, copy.firstChild);
    return new XMLSerializer().serializeToString(copy);
  }

  /** Hand a drawing (an svg element with a viewBox) to the reader as PNG or SVG. */
  async function saveDrawing(svg, kind, name) {
    const text = drawingText(svg), box = svg.viewBox.baseVal;
    if (kind === "svg") return download(name + ".svg", text, "image/svg+xml");
    const image = new Image();
    const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml;charset=utf-8" }));
    await new Promise((done, fail) => { image.onload = done; image.onerror = fail; image.src = url; });
    const canvas = document.createElement("canvas");
    canvas.width = 2 * box.width; canvas.height = 2 * box.height;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(url);
    canvas.toBlob((png) => download(name + ".png", png, "image/png"), "image/png");
  }

  /** The height of a saved figure's key: its names stand in as many rows as they need. */
  function keyHeight(data) {
    const names = data.filter((t) => t.name && t.showlegend !== false).map((t) => t.name.split("<br>")), size = letters();
    const wide = Math.max(0, ...names.flat().map((words) => 0.6 * size * words.length + 60)), beside = Math.max(1, Math.floor(1080 / wide));
    return Math.ceil(names.length / beside) * Math.max(0, ...names.map((lines) => lines.length)) * 1.5 * size;
  }

  /** Hand a figure to the reader as PNG or SVG, on a plain background: by itself, so with its title and a note of what it is. */
  async function saveFigure(element, kind, name, title, note) {
    const Plotly = await plotly(), page = colour("page"), size = letters(), height = Math.max(700, element.clientHeight + 100);
    const notes = lined(note || "", 1080 / (0.5 * size)), head = 2 * size + 1.4 * size * notes.length + 30;
    const words = { text: `${title}<br><span style="font-size:${size}px">${notes.join("<br>")}</span>`, font: { size: 1.3 * size }, x: 0.02, xanchor: "left", y: 1 - 1.4 * size / height, yref: "container", yanchor: "top" };
    const figure = { data: element.data, layout: Object.assign({}, element.layout, { paper_bgcolor: page, plot_bgcolor: page, title: words, showlegend: element.data.some((t) => t.name), legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" }, margin: { l: 70, r: 30, t: head + keyHeight(element.data), b: 60 } }) };
    return Plotly.downloadImage(figure, { format: kind, width: 1200, height, filename: name });
  }

  /** Keep the address in step with what is shown, without filling the browser's history. */
  function address(query) {
    const url = location.pathname + (query ? "?" + query : "");
    if (url !== location.pathname + location.search) history.replaceState(history.state, "", url);
  }

  function go(path) { window.solara.router.push(path); }

  function look(name) { document.documentElement.dataset.look = name; }
  look(new URLSearchParams(location.search).get("look") || "light");

  window.collabsim = { plotly, lesson, react, drawCourse, saveCourse, drawPoints, savePoints, drawLines, drawLedger, drawTornado, drawFigure, download, downloadTable, saveFigure, saveDrawing, address, go, look, lined, colour, isBig, seeThrough, band, layout };
})();
