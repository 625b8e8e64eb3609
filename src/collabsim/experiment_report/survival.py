"""What of a comparison holds elsewhere: in other scenarios and structures, and for other outcomes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from collabsim import display
from collabsim.analysis.options import Options, compare
from collabsim.experiment_report.study import Setting, Study, thing
from collabsim.outcomes import find_scalar

MOST_SETTINGS = 3


@dataclass(frozen=True)
class Elsewhere:
    """The comparison in another setting.

    Attributes
    ----------
    title : str
    labels : list of str
    found : Options
    """

    title: str
    labels: list[str]
    found: Options


def compared(study: Study, setting: Setting, scalar: str = "") -> Options:
    """The options of a setting compared."""
    direction = find_scalar(scalar or study.scalar)[0].direction
    values = study.values(scalar)[setting.rows]
    return compare(values, study.base(setting), direction, common=study.common)


def elsewhere(study: Study) -> list[Elsewhere]:
    """The comparison in every setting, the report's own first."""
    return [
        Elsewhere(s.title, [study.labels[row] for row in s.rows.tolist()], compared(study, s))
        for s in study.settings
    ]


def over_settings(found: Sequence[Elsewhere]) -> list[str]:
    """Sentences on what holds in every setting, and what does not.

    Parameters
    ----------
    found : sequence of Elsewhere
        The first is the report's own.
    """
    own, count = found[0], len(found)
    if own.found.best < 0:
        return ["We cannot tell what survives: the first setting has no number for the outcome."]
    leader = own.labels[own.found.best]
    standing = {e.title: _standing(e, leader) for e in found}
    first = [t for t, word in standing.items() if word == "first"]
    rival = [t for t, word in standing.items() if word == "rival"]
    behind = [t for t, word in standing.items() if word == "behind"]
    if len(first) == count:
        return [f"“{leader}” is surely the best in all {count} settings. {_signs(found)}".strip()]
    if not behind:
        text = (
            f"“{leader}” is never surely behind: first in {len(first)} of {count} settings, not "
            f"to be told from the first in {len(rival)}."
        )
        return [f"{text} {_signs(found)}".strip()]
    return [
        f"That “{leader}” is best does not survive: it is surely behind {_where(found, behind)}. {_signs(found)}".strip()
    ]


def _standing(one: Elsewhere, label: str) -> str:
    """Whether an option is surely first in a setting, cannot be told from the first, or is surely behind."""
    if label not in one.labels or one.found.best < 0:
        return "unknown"
    n = one.labels.index(label)
    if n == one.found.best:
        return "rival" if one.found.rivals else "first"
    return "rival" if n in one.found.rivals else "behind"


def _where(found: Sequence[Elsewhere], titles: Sequence[str]) -> str:
    named = [f"{e.title} (best: “{e.labels[e.found.best]}”)" for e in found if e.title in titles][
        :MOST_SETTINGS
    ]
    more = len(titles) - len(named)
    return f"in {display.listed([*named, f'{more} more'] if more else named)}"


def _signs(found: Sequence[Elsewhere]) -> str:
    """Options whose direction turns round from setting to setting."""
    turned = [label for label in found[0].labels if len(_ways(found, label)) == 2]
    steady = [label for label in found[0].labels if _is_steady(found, label)]
    verb = "is" if len(turned) == 1 else "are"
    turn = f"{_quoted(turned)} {verb} surely better in one setting and surely worse in another"
    parts = [turn] if turned else []
    parts += (
        [f"surely better than what it is compared with in every setting: {_quoted(steady)}"] if steady else []
    )
    return (
        f"{display.begun('; '.join(parts))}."
        if parts
        else "No option is surely better than the base in every setting."
    )


def _quoted(labels: Sequence[str]) -> str:
    named = [f"“{label}”" for label in labels[:MOST_SETTINGS]]
    more = len(labels) - len(named)
    return display.listed([*named, f"{more} more"] if more else named)


def _ways(found: Sequence[Elsewhere], label: str) -> set[str]:
    return {_way(e, label) for e in found} - {"", "unsure"}


def _way(one: Elsewhere, label: str) -> str:
    if label not in one.labels:
        return ""
    n = one.labels.index(label)
    return "better" if n in one.found.better else "worse" if n in one.found.worse else "unsure"


def _is_steady(found: Sequence[Elsewhere], label: str) -> bool:
    return {_way(e, label) for e in found} == {"better"}


def regret(found: Sequence[Elsewhere], label: str) -> float:
    """The most that an option falls short of the best in any setting, in the outcome's unit; NaN where unknown."""
    short = [
        abs(e.found.levels[e.found.best].mean - e.found.levels[e.labels.index(label)].mean)
        if label in e.labels and e.found.best >= 0
        else math.nan
        for e in found
    ]
    return float(np.max(short)) if short else math.nan


def in_all(found: Sequence[Elsewhere], label: str) -> list[int]:
    """In how many settings an option is surely better, not to be told, and surely worse than the base."""
    ways = [_way(e, label) for e in found]
    return [ways.count(word) for word in ("better", "unsure", "worse")]


# --- other outcomes -----------------------------------------------------------------------------


def for_others(study: Study, setting: Setting, best: int) -> dict[str, str]:
    """For every other recorded outcome, whether the best option is better or worse than the base there."""
    words = {}
    for scalar in study.results.outcomes:
        direction = find_scalar(scalar)[0].direction
        if scalar == study.scalar or direction == "neither":
            continue
        found = compared(study, setting, scalar)
        words[scalar] = (
            "same" if found.same[best] else "better" if best in found.better
            else "worse" if best in found.worse else "unsure"
        )  # fmt: skip
    return words


def others_sentence(label: str, words: dict[str, str]) -> str:
    """What an option does to other outcomes, for the better and for the worse."""
    if not words:
        return "No other outcome was recorded."
    named = {
        way: [thing(s) for s, word in words.items() if word == way] for way in ("better", "worse", "unsure")
    }
    parts = [f"better for {display.listed(named['better'])}"] if named["better"] else []
    parts += [f"worse for {display.listed(named['worse'])}"] if named["worse"] else []
    text = (
        f"“{label}” is surely {' and surely '.join(parts)}"
        if parts
        else f"“{label}” is surely better or worse for none"
    )
    doubt = f"; for {display.listed(named['unsure'])} we cannot tell" if named["unsure"] else ""
    return f"Of the {len(words)} other outcomes, {text[0]}{text[1:]}{doubt}."
