"use strict";
(function () {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const settings = { displayModeBar: false, responsive: true };
  for (const [name, figure] of Object.entries(figures)) {
    Plotly.newPlot(name, figure.data, figure.layout, settings);
  }
  const fit = function () {
    for (const name of Object.keys(figures)) Plotly.Plots.resize(name);
  };
  const fold = document.querySelectorAll("details.folded");
  const follow = function () {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.matches("details")) target.open = true;
  };
  window.addEventListener("hashchange", follow);
  follow();
  window.addEventListener("beforeprint", function () {
    fold.forEach(function (part) { part.open = true; });
    fit();
  });
  window.addEventListener("afterprint", fit);
})();
