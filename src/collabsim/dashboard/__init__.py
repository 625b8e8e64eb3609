"""What the dashboard's pages are made of: components, and the work behind them.

The pages themselves are in `dashboards/`. `view` is what a page shows, as its address says it; `live` computes it,
a few replicates first; `frames` turns runs into what the components draw; `parts` are the components; `launcher`
serves the pages behind `guard`.
"""
