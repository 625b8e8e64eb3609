"""``collabsim discover``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from collabsim.cli import files, inputs, options, show, study
from collabsim.cli.query import ResultsFolder

if TYPE_CHECKING:
    from collabsim.analysis.discovery import Discovery, Found
    from collabsim.analysis.where import Where
    from collabsim.experiment.results import Results

WhereOption = Annotated[
    str,
    typer.Option(
        "--where", metavar='"OUTCOME < X"', help="What to look for: an outcome, < <= > or >=, a number."
    ),
]
Peel = Annotated[
    float,
    typer.Option(
        "--peel",
        parser=options.number_of("--peel", 0.01, 0.5),
        metavar="X",
        help="Share of a box peeled at a time.",
    ),
]
Mass = Annotated[
    float,
    typer.Option(
        "--mass",
        parser=options.number_of("--mass", 0.01, 0.5),
        metavar="X",
        help="Least share of runs in a box.",
    ),
]
Density = Annotated[
    float | None,
    typer.Option(
        "--density", parser=options.number_of("--density", 0.01, 1), metavar="X",
        help="Take the first box so dense, not the best one.",
    ),
]  # fmt: skip
Among = Annotated[
    str, typer.Option("--among", metavar="KIND", help="What a box may limit: all, levers or uncertainties.")
]
Boxes = Annotated[int, options.whole("--boxes", 1, 10, "At most so many boxes.")]
Resamples = Annotated[
    int, options.whole("--resamples", 20, 10_000, "Resamples of the rows, to see what is stable.")
]


def discover(
    results: ResultsFolder,
    where: WhereOption,
    peel: Peel = 0.05,
    mass: Mass = 0.05,
    density: Density = None,
    among: Among = "all",
    boxes: Boxes = 3,
    resamples: Resamples = 100,
    seed: Annotated[int, options.whole("--seed", 0, 2**32 - 1, "Seed of the resampling.")] = 0,
    out: options.Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Say where in a design something happens, such as failure.

    Scenario discovery: the corners of what was varied in which it happens, with how sure they are.
    """
    findings = inputs.Findings()
    folder = inputs.check_folder(out, findings)
    loaded, condition = inputs.read_results(results, where, findings)
    inputs.choose(among, ("all", "levers", "uncertainties"), "--among", findings)
    findings.settle()
    assert loaded is not None and condition is not None
    settings = {"peel": peel, "mass": mass, "density": density, "among": among, "boxes": boxes}
    found = _found(loaded, condition, {**settings, "resamples": resamples, "seed": seed})
    if json:
        show.print_json(content(found, loaded))
    else:
        _print(found)
    if folder is not None:
        tables = {"boxes": _rows(found), "trajectories": _steps(found)}
        study.write(folder, "discovery", content(found, loaded), tables, page(found, loaded), quiet)


def _found(loaded: Results, condition: Where, settings: dict[str, Any]) -> Discovery:
    from collabsim.analysis.discovery import CannotDiscover
    from collabsim.analysis.discovery import discover as found

    with study.refusing(CannotDiscover):
        return found(loaded, condition, **settings)


# --- words out ----------------------------------------------------------------------------------


def _print(found: Discovery) -> None:
    from collabsim.analysis.discovery_words import heading
    from collabsim.cli.answer import print_footer

    screen = show.console()
    screen.print(heading(found), style="bold")
    for number, box in enumerate(found.boxes, 1):
        said = "" if box.told else ", which cannot be told from luck"
        screen.print(f"\nBox {number}{said}")
        show.print_table(screen, _limits(box))
        q = box.quality
        screen.print(
            f"coverage {q.coverage:.2f}, density {q.density:.2f} (unseen rows {box.unseen:.2f}), mass {q.mass:.2f}"
        )
    screen.print()
    for sentence in found.sentences:
        screen.print(sentence)
    left_out = (
        f"{found.left_out:,} runs that failed or have no such number are left out." if found.left_out else ""
    )
    again = ["Found again: share of resamples whose box limits the factor too."] if found.boxes else []
    print_footer(screen, *again, *([left_out] if left_out else []))


def _limits(box: Found) -> Any:
    table = show.table("Factor", "in the box", "95% interval", "quasi-p", "found again")
    for limit in box.limits:
        if isinstance(limit.value, tuple):
            inside, between = ", ".join(limit.value), show.NONE
        else:
            inside = f"{'<' if limit.side == 'high' else '>'} {limit.value:.4g}"
            between = f"{limit.low:.4g} to {limit.high:.4g}" if math.isfinite(limit.low) else show.NONE
        again = f"{round(100 * limit.reproducibility)}%"
        table.add_row(show.entry(limit.factor), inside, between, f"{limit.quasi_p:.2g}", again)
    return table


def content(found: Discovery, loaded: Results) -> dict[str, Any]:
    """The answer for another program."""
    return {
        **study.head("discover", loaded),
        "where": str(found.where),
        "rows": found.rows,
        "runs": found.runs,
        "hits": found.hits,
        "left_out": found.left_out,
        "density": found.density,
        "factors": list(found.factors),
        "sentences": list(found.sentences),
        "boxes": [_box(box) for box in found.boxes],
    }


def _box(box: Found) -> dict[str, Any]:
    return {
        "told": box.told,
        **vars(box.quality),
        "unseen_density": {"mean": box.unseen, "low": box.unseen_low, "high": box.unseen_high},
        "limits": [vars(limit) for limit in box.limits],
        "trajectory": box.trajectory.to_dict("records"),
    }


def page(found: Discovery, loaded: Results) -> str:
    """A page that needs nothing else: the sentences and the peeling."""
    from collabsim.analysis.discovery_words import heading
    from collabsim.figures import boxes
    from collabsim.report.short import Exhibit, Table, short_page

    head = ("Box", "Step", "Coverage", "Density", "Mass", "Factors limited")
    steps = [
        (
            f"{row['box']}",
            f"{row['step']}",
            *(f"{row[key]:.2f}" for key in ("coverage", "density", "mass")),
            f"{row['limited']}",
        )
        for row in _steps(found)
    ]
    exhibit = Exhibit(
        "Peeling, step by step", boxes.peeling(found), boxes.in_words(found), Table("Peeling", head, steps)
    )
    return short_page(f"Where is {found.where.words}?", heading(found), found.sentences, [exhibit], loaded)


def _rows(found: Discovery) -> files.Rows:
    empty = {
        "box": 0,
        "told": False,
        **dict.fromkeys(("factor", "side", "value", "quasi_p", "reproducibility"), ""),
    }
    rows = [
        {"box": number, "told": box.told, **vars(limit), "value": _plain(limit.value)}
        for number, box in enumerate(found.boxes, 1)
        for limit in box.limits
    ]
    return rows or [empty]


def _plain(value: float | tuple[str, ...]) -> float | str:
    return "; ".join(value) if isinstance(value, tuple) else value


def _steps(found: Discovery) -> list[dict[str, Any]]:
    rows = [
        {"box": number, **{str(key): value for key, value in step.items()}}
        for number, box in enumerate(found.boxes, 1)
        for step in box.trajectory.to_dict("records")
    ]
    return rows or [
        {"box": 0, "step": 0, "coverage": 1.0, "density": found.density, "mass": 1.0, "limited": 0}
    ]
