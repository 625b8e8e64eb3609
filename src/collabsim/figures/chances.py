"""How often each lever comes first for its money."""

from __future__ import annotations

import plotly.graph_objects as go

from collabsim.analysis.counts import number
from collabsim.analysis.value import Value
from collabsim.figures import style


def chances(found: Value, most: int = 10) -> go.Figure:
    """Bars of the chance to be in the top three per £10,000, a group for each budget, likeliest above.

    Parameters
    ----------
    found : Value
    most : int
        Levers shown at most.
    """
    names = shown(found, most)
    figure = style.blank(80 + 26 * max(1, len(names)) * max(1, len(found.budgets)), legend=True)
    labels = [f"£{budget:,.0f} a year" for budget in found.budgets]
    for budget, (label, stroke) in zip(found.budgets, style.strokes(labels).items(), strict=True):
        rows = found.table[found.table["budget"] == budget].set_index("lever").loc[names]
        figure.add_bar(
            x=rows["p_top3"], y=[style.plain(name) for name in names], orientation="h", name=label,
            marker=style.fill(stroke), hovertemplate=f"%{{y}}: %{{x:.0%}} of {found.worlds} worlds<extra>{label}</extra>",
        )  # fmt: skip
    figure.update_layout(barmode="group", bargap=0.25, legend_traceorder="normal")
    figure.update_xaxes(
        title_text=f"share of {found.worlds} worlds in the top three per £10,000",
        tickformat=".0%",
        range=[0, 1],
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def shown(found: Value, most: int = 10) -> list[str]:
    """The levers with the best chance of the top three at any budget, likeliest first."""
    best = found.table.groupby("lever")["p_top3"].max().sort_values(ascending=False, kind="stable")
    return [str(name) for name in best[best > 0].index[:most]]


def in_words(found: Value) -> str:
    """What the figure shows, for who does not see it."""
    parts = []
    for budget in found.budgets:
        rows = found.table[(found.table["budget"] == budget) & (found.table["p_top3"] > 0)].head(5)
        named = [f"{row.lever} {number(row.p_top3, found.worlds)}" for row in style.each(rows)]
        parts.append(f"at £{budget:,.0f} {', '.join(named) or 'none'}")
    return (
        "Bars of the share of worlds in which a lever is among the top three per £10,000. "
        f"In how many of {found.worlds} worlds: {'; '.join(parts)}."
    )
