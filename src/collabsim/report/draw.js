"use strict";
(function () {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const settings = { displayModeBar: false, responsive: true };
  for (const [name, figure] of Object.entries(figures)) {
    Plotly.newPlot(name, figure.data, figure.layout, settings);
  }

  // On paper: sizes that fit a page 18 cm wide, and nothing folded.
  const onPaper = { one: [660, 0.85], two: [325, 0.9], four: [325, 0.8] };
  const folded = document.querySelectorAll("details.folded");
  window.addEventListener("beforeprint", function () {
    folded.forEach(function (part) { part.open = true; });
    for (const [name, figure] of Object.entries(figures)) {
      const grid = document.getElementById(name).closest(".grid");
      const [width, share] = onPaper[grid.dataset.columns];
      const tall = figure.layout.height > 700;  // many rows: their labels need the room
      const height = tall ? Math.min(figure.layout.height, 880) : share * figure.layout.height;
      Plotly.relayout(name, { autosize: false, width: width, height: height });
    }
  });
  window.addEventListener("afterprint", function () {
    for (const [name, figure] of Object.entries(figures)) {
      Plotly.relayout(name, { autosize: true, width: null, height: figure.layout.height });
    }
  });

  // A link to a folded part opens it.
  const follow = function () {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.matches("details")) target.open = true;
  };
  window.addEventListener("hashchange", follow);
  follow();
})();
