"""What a comparison of options says, in sentences worked out from the numbers: sizes, doubt, and "we cannot tell".

A direction is only named when the interval of the difference leaves out zero.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from collabsim import display
from collabsim.analysis.differences import Estimate
from collabsim.analysis.options import Options
from collabsim.experiment_report.study import thing
from collabsim.outcomes import find_scalar

MOST_NAMED = 3
SURE = 0.95


@dataclass(frozen=True)
class Answer:
    """A sentence, and what it is about in a word or two."""

    about: str
    text: str


# --- which is best ------------------------------------------------------------------------------


def best(found: Options, labels: Sequence[str], scalar: str) -> str:
    """Which option gives the best outcome, or that this cannot be told.

    Parameters
    ----------
    found : Options
    labels : sequence of str
    scalar : str
        The outcome.
    """
    what, scale = thing(scalar), display.scale(find_scalar(scalar)[0])
    if found.best < 0:
        return f"We cannot tell anything: no run has a number for {what}."
    if found.constant:
        level = scale.level(found.levels[found.best].mean)
        return f"{display.begun(what)} is exactly {level} in every run: nothing that was varied moves it."
    if len(labels) == 1:
        return f"{display.begun(what)} is {_level(found, 0, scale)}; there is nothing to compare it with."
    if found.replicates < 2:
        return (
            f"We cannot tell which option gives {_most(found)} {what}: with one run of each, all may be luck."
        )
    if all(found.same):
        return f"All {len(labels)} options give exactly the same {what}, run by run: what they change does not reach it."
    if not (found.better or found.worse):
        return _nothing_told(found, labels, what, scale)
    if found.rivals:
        return _tie(found, labels, what, scale)
    return _winner(found, labels, what, scale)


def _most(found: Options) -> str:
    return "the highest" if found.sign > 0 else "the lowest"


def _level(found: Options, n: int, scale: display.Scale) -> str:
    level, ends = found.levels[n], scale.interval(found.levels[n])
    return f"{scale.level(level.mean)} [{ends}]" if ends != display.NONE else scale.level(level.mean)


def _nothing_told(found: Options, labels: Sequence[str], what: str, scale: display.Scale) -> str:
    others = [n for n in range(len(labels)) if n != found.base and not found.same[n]]
    far = max(others, key=lambda n: abs(found.changes[n].mean) if found.changes[n].n else -1.0)
    change = found.changes[far]
    ends = scale.interval(change, signed=True)
    alone = len(labels) == 2
    which = f"“{labels[far]}” changes" if alone else f"any of the {len(labels) - 1} other options changes"
    largest = "the difference" if alone else f"the largest difference, of “{labels[far]}”,"
    return (
        f"We cannot tell whether {which} {what}: with “{labels[found.base]}” it is "
        f"{scale.level(found.levels[found.base].mean)}, and {largest} is {scale.change(change.mean)} [{ends}]."
    )


def _tie(found: Options, labels: Sequence[str], what: str, scale: display.Scale) -> str:
    """Several options that may be the best, and how they stand to the base."""
    group = [found.best, *found.rivals]
    named = [f"“{labels[n]}” ({scale.level(found.levels[n].mean)})" for n in group[:MOST_NAMED]]
    more = len(group) - len(named)
    listed = display.listed([*named, f"{more} more"] if more else named)
    return (
        f"We cannot tell which option gives {_most(found)} {what}: {listed} cannot be told apart"
        f"{_against_base(found, labels, group, scale)}."
    )


def _against_base(found: Options, labels: Sequence[str], group: Sequence[int], scale: display.Scale) -> str:
    if found.base in group:
        return ", and what they are compared with is among them"
    level = scale.level(found.levels[found.base].mean)
    sure = [n for n in group if n in found.better]
    if len(sure) == len(group):
        return f", but {'both' if len(sure) == 2 else 'all of them'} are surely better than “{labels[found.base]}” ({level})"
    return f"; {counted(len(sure))} of them surely better than “{labels[found.base]}” ({level})"


def _winner(found: Options, labels: Sequence[str], what: str, scale: display.Scale) -> str:
    best_level = _level(found, found.best, scale)
    if found.best == found.base:
        second = found.order[1]
        return (
            f"“{labels[found.best]}” itself gives {_most(found)} {what}: {best_level}, surely better than every "
            f"other option; next comes “{labels[second]}” ({_beyond(found.changes[second], scale)})."
        )
    return (
        f"“{labels[found.best]}” gives {_most(found)} {what}: {scale.level(found.levels[found.best].mean)}, against "
        f"{scale.level(found.levels[found.base].mean)} with “{labels[found.base]}” "
        f"({_beyond(found.changes[found.best], scale)})."
    )


def _beyond(change: Estimate, scale: display.Scale) -> str:
    """A difference with its interval, as in: 0.049 more [0.047 to 0.051]."""
    if not change.excludes_zero:
        return f"a difference of [{scale.interval(change, signed=True)}]"
    near, far = sorted((abs(change.low), abs(change.high)))
    ends = display.interval(near * scale.factor, far * scale.factor, scale.decimals)
    return f"{scale.size(change.mean)} {'more' if change.mean > 0 else 'less'} [{ends}]"


# --- how sure -----------------------------------------------------------------------------------


def sure(found: Options, labels: Sequence[str], scalar: str, missing: str = "") -> str:
    """How many options surely differ, how much is luck, and what is missing.

    Parameters
    ----------
    missing : str
        A sentence on runs that failed or are not there; empty when all are.
    """
    parts = [_told(found, labels, scalar), _luck(found), _again(found, labels)]
    text = "; ".join(part for part in parts if part)
    sentence = f"{display.begun(text)}." if text else ""
    return " ".join(part for part in (sentence, missing) if part)


def _told(found: Options, labels: Sequence[str], scalar: str) -> str:
    others = len(labels) - 1
    if found.best < 0 or found.constant or others < 1 or found.replicates < 2:
        return ""
    better, worse = len(found.better), len(found.worse)
    unsure = others - better - worse
    words = ("better", "worse") if find_scalar(scalar)[0].direction != "neither" else ("higher", "lower")
    both = zip((better, worse), words, strict=True)
    parts = [f"{counted(n)} {'is' if n == 1 else 'are'} surely {word}" for n, word in both if n]
    parts += [f"for {counted(unsure)} we cannot tell"] if unsure else []
    subject = "the other option is" if others == 1 else f"of {others} other options,"
    if others == 1:
        return (
            "we cannot tell whether the other option differs"
            if unsure
            else f"{subject} surely {words[0] if better else words[1]} than “{labels[found.base]}”"
        )
    return f"{subject} against “{labels[found.base]}”, {display.listed(parts)}"


def counted(n: int) -> str:
    """A number in words up to ten."""
    words = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[n] if n < len(words) else f"{n:,}"


def _luck(found: Options) -> str:
    if math.isnan(found.luck):
        return (
            "with so few runs of each option, how much is luck cannot be told" if found.replicates < 2 else ""
        )
    return f"{display.percent(found.luck)} of what varies between single runs is luck"


def _again(found: Options, labels: Sequence[str]) -> str:
    """How often the same option comes first when the simulated partnerships are drawn again."""
    if found.best < 0 or found.constant or found.replicates < 2 or len(labels) < 2 or all(found.same):
        return ""
    share = float(found.p_best[found.best])
    text = f"“{labels[found.best]}” comes first in {chance(share)} of redraws of the simulated partnerships"
    if found.rivals and share >= SURE:
        return f"{text}, which is not enough: {found.replicates:,} runs of each are few for so many options"
    return text


def chance(share: float) -> str:
    """A share of redraws: never quite all, and never quite none, as redraws are of the runs there are."""
    if share > 0.99:
        return "over 99%"
    return "under 1%" if 0 < share < 0.01 else display.percent(share)
