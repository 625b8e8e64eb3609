"""One visitor's Compare page: two to four scenarios under the same luck."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from collabsim import display, equal_cost, outcomes
from collabsim.analysis.differences import paired
from collabsim.analysis.samples import Sample
from collabsim.checks import ScenarioErrors, nearest, shown
from collabsim.dashboard import frames, limits, links, takeaway, view
from collabsim.dashboard.desk import menu
from collabsim.dashboard.live import Live, Picture, Wish
from collabsim.outcomes import MONTHLY, OUTCOME, Outcome
from collabsim.scenario import Scenario

MINE = "mine"
"""The name of what Explore showed when its visitor went on to compare it."""
FEWEST, MOST = 2, 4
LEAST_BUDGET = 1_000
START = ("short-term-funding", "short-term-funding-36-months", "short-term-funding-permanent")
LAYOUTS = ("over", "side")


@dataclass(frozen=True)
class Choice:
    """What is compared, as the page's address says it.

    Attributes
    ----------
    names : tuple of str
        Shipped names, or `MINE`; the first is the base.
    mine : str
        The query of an Explore page.
    budget : float
        Pounds a year that every policy is made to cost; 0 where it costs what it costs.
    annual : bool
        Whether longer grants keep the yearly chance of going on (`funding.fix_annual`).
    """

    names: tuple[str, ...] = START
    mine: str = ""
    budget: float = 0.0
    annual: bool = False
    seed: int = 0
    outcome: str = "trust"
    layout: str = LAYOUTS[0]
    look: str = view.LOOKS[0]


def query(choice: Choice) -> str:
    """The choice as the query of an address."""
    plain = Choice()
    pairs = [("with", ",".join(choice.names))] if choice.names != plain.names else []
    pairs += [("mine", choice.mine)] if MINE in choice.names else []
    pairs += [("cost", f"{choice.budget:.0f}")] if choice.budget else []
    pairs += [("annual", "true")] if choice.annual else []
    pairs += [("seed", str(choice.seed))] if choice.seed else []
    pairs += [("show", choice.outcome)] if choice.outcome != plain.outcome else []
    pairs += [("layout", choice.layout)] if choice.layout != plain.layout else []
    pairs += [("look", choice.look)] if choice.look != plain.look else []
    return urlencode(pairs, quote_via=quote, safe=",:")


def read(search: str | None) -> tuple[Choice, list[str]]:
    """The choice of an address, and a sentence for what is not right in it."""
    text = search or ""
    if len(text) > limits.MOST_QUERY:
        return Choice(), [f"The link is longer than {limits.MOST_QUERY:,} characters, so it was not read."]
    pairs = dict(parse_qsl(text, max_num_fields=400))
    errors: list[str] = []
    names = tuple(pairs.get("with", ",".join(START)).split(","))
    choice = Choice(
        names=names,
        mine=pairs.get("mine", ""),
        budget=number(pairs, "cost", equal_cost.MOST_BUDGET, errors, LEAST_BUDGET),
        annual=pairs.get("annual") == "true",
        seed=int(number(pairs, "seed", view.MOST_SEED, errors)),
        outcome=one_of(pairs, "show", [outcome.name for outcome in MONTHLY], errors),
        layout=one_of(pairs, "layout", LAYOUTS, errors),
        look=one_of(pairs, "look", view.LOOKS, errors),
    )
    try:
        scenarios(choice)
    except ScenarioErrors as error:
        return replace(choice, names=START, mine=""), [*errors, *error.errors]
    return choice, errors


def number(pairs: Mapping[str, str], name: str, most: int, errors: list[str], least: int = 0) -> float:
    """The whole number of an address, from one bound to another, or 0; else 0, and a sentence."""
    word = pairs.get(name, "0")
    found = links.whole(word, 0, most)
    if found is None or 0 < found < least:
        allowed = f"0 or from {least:,}" if least else "from 0"
        errors.append(f"The link's {name} is {shown(word)}, but must be {allowed} to {most:,}.")
        return 0
    return found


def one_of(pairs: Mapping[str, str], name: str, words: Any, errors: list[str]) -> str:
    """The word of an address that must be one of some; else the first of them, and a sentence."""
    word = pairs.get(name, "trust" if "trust" in words else words[0])
    if word in words:
        return word
    errors.append(f"The link's {name} is {shown(word)}, which is not known{nearest(word, words)}.")
    return "trust" if "trust" in words else str(words[0])


# --- scenarios ----------------------------------------------------------------------------------


def scenarios(choice: Choice) -> list[equal_cost.Priced]:
    """The scenarios that are compared, alike in length, with what was done to each.

    Raises
    ------
    ScenarioErrors
    """
    if not FEWEST <= len(choice.names) <= MOST:
        raise ScenarioErrors([f"Compare {FEWEST} to {MOST} scenarios, not {len(choice.names)}."])
    found = [_scenario(choice, name) for name in choice.names]
    burn_in = {scenario.burn_in_years for scenario in found}
    if len(burn_in) > 1:
        raise ScenarioErrors(
            ["These scenarios differ in their years of burn-in, so they cannot be compared."]
        )
    years = min(scenario.years for scenario in found)
    alike = [scenario.with_values({}, years) for scenario in found]
    if choice.annual:
        alike = [scenario.with_values({"funding.fix_annual": True}) for scenario in alike]
    if choice.budget:
        return [equal_cost.at_budget(scenario, choice.budget) for scenario in alike]
    return [_as_it_is(scenario) for scenario in alike]


def _as_it_is(scenario: Scenario) -> equal_cost.Priced:
    cost = equal_cost.yearly_cost(scenario)
    return equal_cost.Priced(
        scenario, cost, f"costs £{display.number(cost, 0)} a year at the table's prices."
    )


def _scenario(choice: Choice, name: str) -> Scenario:
    if name != MINE:
        return view.file_of(name, "")
    found, errors = links.read(choice.mine)
    if errors:
        raise ScenarioErrors(errors)
    mine = view.current(found)
    return replace(mine, title=f"{mine.title}, with your changes")


# --- payloads -----------------------------------------------------------------------------------


def courses(picture: Picture, names: list[str], outcome: Outcome) -> frames.Payload:
    """The course of one outcome in every scenario."""
    scale = display.scale(outcome)
    base = frames.quarters(picture.base, outcome) * scale.factor
    start = -picture.wish.base.burn_in_years
    others = (frames.quarters(r, outcome)[: len(base)] for r in picture.replicates)  # some may have more
    lines = [frames.course_of(values * scale.factor, base) for values in others]
    ends = [frames.scale_of(line["mean"][-4:]) for line in lines]
    told = [f"{name} {display.number(end, scale.decimals)}" for name, end in zip(names, ends, strict=True)]
    return {
        "number": picture.wish.number,
        "done": picture.done,
        "most": picture.wish.most,
        "burn_in": picture.wish.base.burn_in_years,
        "years": picture.wish.base.years,
        "title": outcome.title,
        "name": outcome.name,
        "unit": scale.unit,
        "decimals": scale.decimals,
        "x": [round(start + (quarter + 0.5) / 4, 3) for quarter in range(base.shape[1])],
        "lines": [
            {"title": name} | {key: frames.rounded(values, scale.decimals) for key, values in line.items()}
            for name, line in zip(names, lines, strict=True)
        ],
        "words": f"Lines of {outcome.title.lower()} ({scale.unit}) over the years; in the last year "
        f"{display.listed(told)}.",
    }


def table(picture: Picture, names: list[str]) -> frames.Payload:
    """Every outcome: the base's level, and each other scenario's paired difference with its interval."""
    samples = [frames.sample_of(replicates) for replicates in picture.replicates]
    period = frames.period_of(picture.wish.base.years)
    count = picture.done
    return {
        "title": "Table of differences",
        "caption": f"Differences from the base with 95% intervals, {frames.PERIOD_WORDS[period]}, {count} replicates",
        "head": ["Outcome", *names],
        "numbers": list(range(1, 1 + len(names))),
        "rows": [_row(outcome, f"{outcome.name}_{period}", samples, count) for outcome in MONTHLY],
    }


def _row(outcome: Outcome, name: str, samples: list[Sample], count: int) -> list[str | list[str]]:
    scale = display.scale(outcome)
    pairs = [paired(samples[0].scalars[name][:count], s.scalars[name][:count]) for s in samples[1:]]
    others = [
        [
            scale.change(pair.difference.mean),
            frames.interval_words(outcome, pair, count),
            frames.verdict(outcome, pair.difference),
        ]
        for pair in pairs
    ]
    return [[outcome.title, scale.unit], scale.bare(pairs[0].base.mean), *others]


# --- one visitor --------------------------------------------------------------------------------


class Comparison:
    """The state of one Compare page, and what visitors do to it."""

    def __init__(self, search: str | None, changed: Callable[[], None] = lambda: None) -> None:
        self.choice, self.sentences = read(search)
        self.courses = self.table = ""
        self.file: dict[str, Any] = {}
        self.picture: Picture | None = None
        self._priced = scenarios(self.choice)
        self._number = self._files = self._chosen = 0
        self._changed = changed
        self._showing = threading.Lock()
        """Held while what is shown changes: visitors choose in one thread, and pictures come in another."""
        self._live = Live(self._take, self._fail)
        self._ask()

    def close(self) -> None:
        """Stop computing."""
        self._live.close()

    def choose(self, wish: Mapping[str, Any]) -> None:
        """Choose anything anew: names, budget, annual, seed, outcome, layout or look."""
        self._chosen += 1
        known = {key: value for key, value in wish.items() if key in _KINDS and _is_right(key, value)}
        known = {key: tuple(value) if key == "names" else value for key, value in known.items()}
        wanted = replace(self.choice, **known)
        try:
            priced = scenarios(wanted)
        except ScenarioErrors as error:
            self.sentences = error.errors
            return self._changed()
        self.choice, self._priced, self.sentences = wanted, priced, refusals(wish)
        if set(known) <= {"outcome", "layout", "look"}:
            self._draw()
        else:
            self._ask()
        return self._changed()

    def hush(self, *_: Any) -> None:
        """Take the sentences away."""
        self.sentences = []
        self._changed()

    def want(self, wish: Mapping[str, Any]) -> None:
        """Make a file to download: its `kind`, and `of` which choice, by the number that `files` said."""
        picture = self.picture
        if picture is None or not self._is_newest(picture) or wish.get("of") != self._number:
            # a button is pressed, now and then, before the page has made it grey
            self.sentences = [takeaway.CHANGED]
        else:
            self._files += 1
            self.file = {"number": self._files, "file": takeaway.file(str(wish["kind"]), picture)}
        self._changed()

    @property
    def state(self) -> str:
        """What the controls show."""
        mine = [{"group": "Yours", "items": [{"name": MINE, "title": "What Explore showed"}]}]
        return frames.as_text(
            {
                "names": list(self.choice.names),
                "menu": [*(mine if self.choice.mine else []), *menu()],
                "most": MOST,
                "budget": self.choice.budget,
                "least_budget": LEAST_BUDGET,
                "answered": self._chosen,
                "usual_budget": equal_cost.BUDGET,
                "annual": self.choice.annual,
                "layout": self.choice.layout,
                "outcome": self.choice.outcome,
                "told": [f"“{p.scenario.title}” {p.words}" for p in self._priced],
                "query": query(self.choice),
            }
        )

    @property
    def files(self) -> str:
        """What can be taken away, and the file made last."""
        titles = [priced.scenario.title for priced in self._priced]
        waits = self.picture is None or not self._is_newest(self.picture)
        return frames.as_text(
            {"menu": takeaway.menu(titles), "of": self._number, "waits": waits, **self.file}
        )

    @property
    def newest(self) -> int:
        """The number of what was chosen last, by which its figure is known."""
        return self._number

    def _ask(self) -> None:
        with self._showing:
            self._number += 1
            self.table = ""
        found = tuple(priced.scenario for priced in self._priced)
        self._live.ask(Wish(self._number, found, self.choice.seed))

    def _take(self, picture: Picture) -> None:
        with self._showing:
            if not self._is_newest(picture):
                return
            self.picture = picture
        self._draw()
        if picture.done >= frames.FEWEST_FOR_BAND:
            found = frames.as_text(table(picture, _titles(picture)))
            with self._showing:
                self.table = found if self._is_newest(picture) else self.table
        self._changed()

    def _is_newest(self, picture: Picture) -> bool:
        """Whether nothing else was asked for since; asked again once a picture is drawn, which takes its time."""
        return picture.wish.number == self._number

    def _draw(self) -> None:
        picture, choice = self.picture, self.choice
        if picture is None or not self._is_newest(picture):
            return
        found = courses(picture, _titles(picture), OUTCOME[choice.outcome])
        with self._showing:
            if self._is_newest(picture) and self.picture is picture and self.choice is choice:
                self.courses = frames.as_text({**found, "layout": choice.layout})

    def _fail(self, sentence: str) -> None:
        self.sentences = [sentence]
        self._changed()


def _titles(picture: Picture) -> list[str]:
    """The headings of a picture: of what it was asked for, whatever is chosen by now."""
    return [scenario.title for scenario in picture.wish.scenarios]


_KINDS = ("names", "budget", "annual", "outcome", "layout", "look")


def refusals(wish: Mapping[str, Any]) -> list[str]:
    """Why the budget that is wished for cannot be had; nothing where it can."""
    if "budget" not in wish or _is_right("budget", wish["budget"]):
        return []
    most = equal_cost.MOST_BUDGET
    return [f"£ a year must be a whole number from {LEAST_BUDGET:,} to {most:,}."]


def _is_right(key: str, value: Any) -> bool:
    """Whether what a browser sent for a key can be used; names are checked with the scenarios."""
    if key == "names":
        return isinstance(value, list) and all(isinstance(v, str) for v in value)
    if key == "budget":
        return isinstance(value, int) and (value == 0 or LEAST_BUDGET <= value <= equal_cost.MOST_BUDGET)
    if key == "annual":
        return isinstance(value, bool)
    words = {"outcome": [o.name for o in outcomes.MONTHLY], "layout": LAYOUTS, "look": view.LOOKS}
    return value in words[key]
