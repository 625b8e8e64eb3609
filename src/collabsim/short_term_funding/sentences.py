"""The answer in four sentences, worked out from the numbers: directions, sizes, and "cannot tell".

A direction is only named when the 95% interval of the difference leaves out zero. Words for sizes are
relative to the level under the other funding: under 10% is *a little*, from 30% on *much*.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collabsim import display
from collabsim.analysis.attribution import Attribution
from collabsim.analysis.differences import Difference, Estimate, estimate
from collabsim.analysis.ratios import share
from collabsim.outcomes import OUTCOME, Outcome
from collabsim.short_term_funding.study import CONTROL, LONG, PERMANENT, SHORT, UNDER, Study

LITTLE, MUCH = 0.1, 0.3
CONSEQUENCES = ("posts_filled", "knowledge", "continuity", "worker_changes")
"""Outcomes of the second sentence."""

NAMES = {
    "trust": "trust between agencies",
    "posts_filled": "posts filled",
    "knowledge": "knowledge of shared work",
    "continuity": "the age of relationships",
    "worker_changes": "changes of worker",
}
"""Outcomes inside a sentence."""

THROUGH = {
    "nonrenewal": "posts lost when a grant is not renewed",
    "anticipation": "quits before a grant's end",
    "gaps": "gaps between grants and slow rehiring",
    "load": "time spent on bids and reports",
    "coordinators": "the loss of grant-funded coordinators",
}
"""Channels inside a sentence."""

DOUBT = "we cannot tell"
_NUMBERS = ("none", "one", "two", "three", "four", "five", "six")


@dataclass(frozen=True)
class Answer:
    """A sentence, and what it says in a few words."""

    about: str
    text: str


def answers(study: Study) -> list[Answer]:
    """The four sentences."""
    trust = {label: study.difference(label, "trust") for label in (LONG, PERMANENT)}
    beyond = {outcome: study.difference(LONG, outcome) for outcome in CONSEQUENCES}
    shares = {outcome: study.arithmetic(outcome) for outcome in ("trust", *CONSEQUENCES)}
    held_equal = study.difference(CONTROL, "trust").difference
    moved = consequences_in_short(beyond, trust[LONG])
    arithmetic = arithmetic_sentence(trust[LONG].difference, held_equal, shares)
    return [
        Answer(f"Trust: {trust_in_short(trust[LONG])}", trust_sentence(trust)),
        Answer(f"Posts, knowledge and continuity: {moved}", consequences_sentence(beyond, trust[LONG])),
        Answer(f"Channels: {channels_in_short(study.channels['trust'])}", channels_sentence(study.channels)),
        Answer(f"Arithmetic: {arithmetic_in_short(shares['trust'])}", arithmetic),
    ]


# --- trust --------------------------------------------------------------------------------------


def trust_sentence(others: Mapping[str, Difference]) -> str:
    """What 12-month grants do to trust, against each other funding, the first being the one that counts.

    Parameters
    ----------
    others : mapping of label to Difference
        The other funding less 12-month grants.
    """
    outcome = OUTCOME["trust"]
    label, found = next(iter(others.items()))
    level = f"{display.scale(outcome).level(found.base.mean)} on a {display.scale(outcome).unit}"
    against = display.listed([_against(outcome, UNDER[key], value) for key, value in others.items()])
    return f"{display.begun(_verdict(outcome, found, UNDER[label]))}: {level}, against {against}."


def trust_in_short(found: Difference) -> str:
    """What 12-month grants do to trust, in a few words."""
    return f"{size_word(found)}{_way(found)}" if found.difference.excludes_zero else DOUBT


def _verdict(outcome: Outcome, found: Difference, other: str) -> str:
    """Which way 12-month grants move an outcome, and whether that is much."""
    name, short = NAMES[outcome.name], UNDER[SHORT]
    if not found.difference.excludes_zero:
        return f"we cannot tell whether {name} is higher or lower under {short} than under {other}"
    return f"{name} is {size_word(found)}{_way(found)} under {short}"


def _against(outcome: Outcome, under: str, found: Difference) -> str:
    scale = display.scale(outcome)
    level = f"{scale.level(found.other.mean)} under {under}"
    if not found.difference.excludes_zero:
        return f"{level} ({_anything(scale.interval(found.difference, signed=True))})"
    near, far = sorted((abs(found.difference.low), abs(found.difference.high)))
    ends = display.interval(near * scale.factor, far * scale.factor, scale.decimals)
    way = "more" if found.difference.mean > 0 else "less"
    return f"{level} ({scale.size(found.difference.mean)} {way} [{ends}])"


def _anything(ends: str) -> str:
    """That a difference is not sure, with its interval if it has one."""
    return f"a difference of [{ends}]: {DOUBT}" if ends != display.NONE else DOUBT


def _way(found: Difference) -> str:
    """Which way 12-month grants go."""
    return "lower" if found.difference.mean > 0 else "higher"


def relative(found: Difference) -> float:
    """How far 12-month grants are from the other funding, as a share of the other's level."""
    return -found.difference.mean / abs(found.other.mean) if found.other.mean else math.nan


def size_word(found: Difference) -> str:
    """Words for the size of a difference, to stand before lower or higher."""
    size = abs(relative(found))
    return "a little " if size < LITTLE else "much " if size >= MUCH else ""


# --- posts, knowledge, continuity ---------------------------------------------------------------


def consequences_sentence(beyond: Mapping[str, Difference], trust: Difference) -> str:
    """What 12-month grants do to posts, knowledge and continuity, and whether that is more than to trust.

    Parameters
    ----------
    beyond : mapping of outcome to Difference
        36-month grants less 12-month grants.
    trust : Difference
        The same of trust, to compare with.
    """
    sure = {name: found for name, found in beyond.items() if found.difference.excludes_zero}
    unsure = [NAMES[name] for name in beyond if name not in sure]
    if not sure:
        return (
            f"We cannot tell whether {UNDER[SHORT]} change {display.listed(unsure)}, against {UNDER[LONG]}."
        )
    moved = "; ".join(_moved(OUTCOME[name], found) for name, found in sure.items())
    doubt = f"; we cannot tell for {display.listed(unsure)}" if unsure else ""
    return f"Under {UNDER[SHORT]}, against {UNDER[LONG]}, {_lead(sure, len(beyond), trust)}: {moved}{doubt}."


def consequences_in_short(beyond: Mapping[str, Difference], trust: Difference) -> str:
    """Whether posts, knowledge and continuity get worse, in a few words."""
    sure = {name: found for name, found in beyond.items() if found.difference.excludes_zero}
    ways = {_is_worse(OUTCOME[name], found) for name, found in sure.items()}
    if not sure:
        return DOUBT
    if len(ways) > 1 or len(sure) < len(beyond):
        return "mixed"
    more = trust.difference.excludes_zero and all(
        abs(relative(f)) > abs(relative(trust)) for f in sure.values()
    )
    return f"{'worse' if True in ways else 'better'}{', by more than trust' if more else ''}"


def _moved(outcome: Outcome, found: Difference) -> str:
    """One outcome's move, as in: posts filled 19% lower (71.2% against 87.9%)."""
    scale = display.scale(outcome)
    levels = f"{scale.bare(found.base.mean)} against {scale.level(found.other.mean)}"
    return f"{NAMES[outcome.name]} {display.percent(abs(relative(found)))} {_way(found)} ({levels})"


def _lead(sure: Mapping[str, Difference], asked: int, trust: Difference) -> str:
    """How many measures get worse, and whether by more than trust."""
    worse = sum(_is_worse(OUTCOME[name], found) for name, found in sure.items())
    counted = {"worse": worse, "better": len(sure) - worse}
    whole = [word for word, n in counted.items() if n == asked]
    if whole:
        return f"all {_NUMBERS[asked]} measures are {whole[0]}{_more_than_trust(sure, trust)}"
    parts = [f"{_NUMBERS[n]} {'is' if n == 1 else 'are'} {word}" for word, n in counted.items() if n]
    return f"of {_NUMBERS[asked]} measures {display.listed(parts)}{_more_than_trust(sure, trust)}"


def _is_worse(outcome: Outcome, found: Difference) -> bool:
    """Whether 12-month grants are on the bad side of a difference."""
    return (found.difference.mean > 0) == (outcome.direction == "higher")


def _more_than_trust(sure: Mapping[str, Difference], trust: Difference) -> str:
    """How many of them move by more than trust does, each relative to its level."""
    if not trust.difference.excludes_zero:
        return ""
    moved = abs(relative(trust))
    larger = sum(abs(relative(found)) > moved for found in sure.values())
    which = "" if larger == len(sure) else f"{_NUMBERS[larger]} of them "
    return f", {which}by more than trust ({display.percent(moved)})"


# --- channels -----------------------------------------------------------------------------------


def channels_sentence(channels: Mapping[str, Attribution]) -> str:
    """Which channel carries most of the difference between 12- and 36-month grants.

    Parameters
    ----------
    channels : mapping of outcome to Attribution
        Trust first; the others are compared with it.
    """
    outcome, split = next(iter(channels.items()))
    if not estimate(split.total).excludes_zero:
        return f"We cannot tell, as we cannot tell whether {NAMES[outcome]} differs at all."
    order = leading(split)
    others = {name: other for name, other in channels.items() if name != outcome}
    return f"{_first(split, order, NAMES[outcome])}{_second(split, order)}{_elsewhere(others, order[0])}."


def channels_in_short(split: Attribution) -> str:
    """Which channel carries most, in a few words."""
    order = leading(split)
    if not (estimate(split.total).excludes_zero and _is_clear(split, order)):
        return DOUBT
    most = "mostly" if share(split.channels[order[0]], split.total).low > 0.5 else "above all"
    return f"{most} {THROUGH[order[0]]}"


def leading(split: Attribution) -> list[str]:
    """Channels, the one that carries most of the difference first."""
    way = math.copysign(1, split.total.mean())
    return sorted(split.channels, key=lambda channel: -way * float(split.channels[channel].mean()))


def _is_clear(split: Attribution, order: Sequence[str]) -> bool:
    """Whether the first channel surely carries more than the second."""
    return estimate(split.channels[order[0]] - split.channels[order[1]]).excludes_zero


def _first(split: Attribution, order: Sequence[str], name: str) -> str:
    """The channel that carries most, with its share; or that it is not known."""
    if not _is_clear(split, order):
        both = " or ".join(f"{THROUGH[channel]} ({_share(split, channel)})" for channel in order[:2])
        return f"We cannot tell whether {both} carry more of the difference in {name}"
    part = share(split.channels[order[0]], split.total)
    most = "Nearly all" if part.mean >= 0.9 else "Most" if part.low > 0.5 else "The largest part"
    return f"{most} of the difference in {name}, {_share(split, order[0])}, comes through {THROUGH[order[0]]}"


def _second(split: Attribution, order: Sequence[str]) -> str:
    """What the next channel carries, and which channels surely work the other way."""
    if not _is_clear(split, order):
        return ""
    way = math.copysign(1, split.total.mean())
    sure = {c: way * v.mean() for c, v in split.channels.items() if estimate(v).excludes_zero}
    against = [
        f"{THROUGH[c]} work the other way ({_share(split, c)})" for c, size in sure.items() if size < 0
    ]
    text = f", and {_share(split, order[1])} through {THROUGH[order[1]]}" if sure.get(order[1], 0) > 0 else ""
    return text + "".join(f"; {other}" for other in against)


def _share(split: Attribution, channel: str) -> str:
    """A channel's share of the whole with its interval, as in: 81% [70% to 93%]."""
    part = share(split.channels[channel], split.total)
    return f"{display.percent(part.mean)} [{display.percent_interval(part)}]"


def _elsewhere(channels: Mapping[str, Attribution], first: str) -> str:
    """Of which other outcomes the same channel carries most, and of which not."""
    clear = {n: leading(s) for n, s in channels.items() if estimate(s.total).excludes_zero}
    clear = {name: order for name, order in clear.items() if _is_clear(channels[name], order)}
    same = [NAMES[name] for name, order in clear.items() if order[0] == first]
    parts = [f"the same channel leads for {display.listed(same)}"] if same else []
    parts += [f"for {NAMES[n]} it is {THROUGH[o[0]]}" for n, o in clear.items() if o[0] != first]
    doubt = [NAMES[name] for name in channels if name not in clear]
    parts += [f"for {display.listed(doubt)} we cannot tell which leads"] if doubt else []
    return "".join(f"; {part}" for part in parts)


# --- arithmetic ---------------------------------------------------------------------------------


def arithmetic_sentence(benefit: Estimate, held_equal: Estimate, shares: Mapping[str, Estimate]) -> str:
    """How much of what 36-month grants do is arithmetic: fewer renewal lotteries, and nothing else.

    Parameters
    ----------
    benefit : Estimate
        36-month grants less 12-month grants, in trust.
    held_equal : Estimate
        The same with the yearly chance of going on held equal.
    shares : mapping of outcome to Estimate
        The share of the difference that goes; trust first. NaN where there is surely no difference.
    """
    name, part = next(iter(shares.items()))
    if math.isnan(part.mean):
        return (
            f"We cannot tell how much is arithmetic, as we cannot tell whether {NAMES[name]} differs at all."
        )
    others = {outcome: found for outcome, found in shares.items() if outcome != name}
    return f"{_gone(name, part)}; {_remains(benefit, held_equal)}{_gone_elsewhere(others)}."


def arithmetic_in_short(part: Estimate) -> str:
    """How much of the difference in trust is arithmetic, in a few words."""
    if math.isnan(part.mean) or part.low <= 0 <= part.high:
        return DOUBT
    much = "none" if part.high < 0 else "all" if part.low >= 1 else display.percent(part.mean)
    return f"{much} of the difference in trust"


def _gone(name: str, part: Estimate) -> str:
    """How much of the difference in trust goes."""
    whole, ends = f"the difference in {NAMES[name]}", f"[{display.percent_interval(part)}]"
    equal = "the chance of going on from one year to the next is held equal"
    if part.low <= 0 <= part.high:
        return (
            f"We cannot tell whether any of {whole} is arithmetic: the share that goes when {equal} is {ends}"
        )
    if part.high < 0:
        return f"None of {whole} is arithmetic: it grows when {equal}"
    much = "All" if part.low >= 1 else display.percent(part.mean)
    return f"{much} {ends} of {whole} is arithmetic, fewer renewal lotteries: it goes when {equal}"


def _remains(benefit: Estimate, held_equal: Estimate) -> str:
    """Whether anything surely remains."""
    scale = display.scale(OUTCOME["trust"])
    ends = f"{scale.change(held_equal.mean)} [{scale.interval(held_equal, signed=True)}]"
    if not held_equal.excludes_zero:
        return f"whether anything remains we cannot tell ({ends})"
    if (held_equal.mean > 0) == (benefit.mean > 0):
        return f"the rest remains ({ends})"
    return f"what remains points the other way ({ends})"


def _gone_elsewhere(shares: Mapping[str, Estimate]) -> str:
    """The share that goes of the other outcomes."""
    known = [f"{display.percent(s.mean)} of {NAMES[n]}" for n, s in shares.items() if not math.isnan(s.mean)]
    unknown = [NAMES[n] for n, s in shares.items() if math.isnan(s.mean)]
    parts = [f"in the same way goes {display.listed(known)}"] if known else []
    parts += [f"for {display.listed(unknown)} we cannot tell"] if unknown else []
    return "".join(f"; {part}" for part in parts)
