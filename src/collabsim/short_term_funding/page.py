"""The report: the answer, figures with their numbers, limits, method, and where the numbers come from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from collabsim import display
from collabsim.analysis.differences import estimate
from collabsim.analysis.ratios import share
from collabsim.outcomes import OUTCOME
from collabsim.provenance import NOTE, provenance
from collabsim.report import Page, Section, Table
from collabsim.scenario import Scenario
from collabsim.short_term_funding import exhibits, tables
from collabsim.short_term_funding.sentences import Answer
from collabsim.short_term_funding.study import ASKED, PERIODS, SHORT, UNDER, Study
from collabsim.short_term_funding.terminal import TITLE


def build(study: Study, answers: Sequence[Answer]) -> Page:
    """The page of a study."""
    sections = (
        _simulated,
        _glance,
        _course,
        _apart,
        _ledger,
        _channels,
        _lotteries,
        _limits,
        _method,
        _origin,
    )
    return Page(
        title=f"{TITLE} Through which channels, and how much of it is arithmetic?",
        kicker="CollabSim, a simulator of partnerships between agencies",
        answers=[(answer.about, answer.text) for answer in answers],
        answers_note=_answers_note(study),
        note=f"{NOTE} {_ASSUMED}",
        sections=[section(study) for section in sections],
    )


_ASSUMED = "The numbers show what follows from the model's assumptions, not what will happen in a real place."


def _answers_note(study: Study) -> str:
    return (
        f"Averages over {PERIODS[study.period]} of {study.years}, in {study.replicates:,} simulated "
        "partnerships under each funding. In square brackets: the 95% interval, which says how far an "
        "average could be off because of luck in the simulation. Where it includes zero, the sentence "
        "says that we cannot tell."
    )


# --- what was simulated, and what came of it ----------------------------------------------------


def _simulated(study: Study) -> Section:
    scenario = study.scenarios[SHORT]
    posts = sum(agency.posts for agency in scenario.agencies)
    names = display.listed([f"{agency.name} ({agency.posts} posts)" for agency in scenario.agencies])
    return Section(
        "simulated",
        "What was simulated",
        paragraphs=[
            f"{scenario.about} The agencies: {names}, {posts} posts in all.",
            f"Every simulated partnership lives {scenario.burn_in_years} years on {UNDER[SHORT]}. Then "
            "its policy starts: grants run for 12, 24, 36 or 60 months, or funding becomes permanent. "
            "Nothing else is changed. Staff meet, come to trust one another or fall out, share cases, "
            "look for other jobs when money runs out, leave and are replaced, week by week for "
            f"{study.years} years.",
            _passages(scenario),
        ],
    )


def _passages(scenario: Scenario) -> str:
    """The passages that a scenario stands for."""
    quoted = [f"“{source.passage}” ({source.where})" for source in scenario.sources]
    return f"The scenario stands for: {'; '.join(quoted)}." if quoted else "The scenario names no source."


def _glance(study: Study) -> Section:
    return Section(
        "glance",
        "The answer in numbers",
        paragraphs=[
            "“36 months, equal” is a control: 36-month grants that are no likelier to go on from one "
            "year to the next than 12-month grants are. What it gains over 12 months is not arithmetic. "
            "“±” is half the width of the difference's 95% interval; what each measure means stands "
            "under Method."
        ],
        tables=[exhibits.glance(study)],
    )


def _course(study: Study) -> Section:
    return Section(
        "years",
        "What happens over the years",
        paragraphs=[
            f"Lines are averages of {study.replicates:,} simulated partnerships; eight in ten of them lie "
            "within the band of the line's colour. In grey, the years before the policy starts, alike "
            "for all.",
            "The waves belong to the answer: grants that begin in one year also end in one year, so a "
            "partnership on 36-month grants has a bad year every third. A single year would mislead, "
            f"which is why this page averages over {PERIODS[study.period]}. (The axes of trust and of "
            "knowledge do not begin at zero.)",
        ],
        exhibits=exhibits.course(study),
        columns=2,
    )


def _apart(study: Study) -> Section:
    return Section(
        "differences",
        "How large the differences are, and how sure",
        paragraphs=[
            "Each point is the difference from 12-month grants, with its 95% interval; often the "
            "interval is hardly wider than the point. The line is no difference. The open circle is the "
            "control. Scales differ from figure to figure."
        ],
        exhibits=exhibits.apart(study),
        columns=4,
    )


# --- why ----------------------------------------------------------------------------------------


def _ledger(study: Study) -> Section:
    return Section(
        "ledger",
        "Why trust moved",
        paragraphs=[
            "The model books every change of mean trust to its cause when it happens, so the causes sum "
            "to the change.",
            " ".join(eaten(study, label) for label in tables.COMPARED),
        ],
        exhibits=[exhibits.ledger(study)],
    )


def eaten(study: Study, label: str) -> str:
    """What meetings, and people coming and going, do to trust over the years, in a sentence."""
    added = tables.of_causes(study.account(label))
    meetings, turnover = (
        np.sum([added[cause] for cause in causes], axis=0) for causes in (tables.MEETINGS, tables.TURNOVER)
    )
    moved = f"meetings {_added(meetings)} and comings and goings of staff {_added(turnover)}"
    sentence = f"Under {UNDER[label]}, {moved} in {study.years} years"
    part = share(-turnover, meetings)
    if part.low > 0 and meetings.mean() > 0:
        return (
            f"{sentence}: {display.percent(part.mean)} [{display.percent_interval(part)}] of it goes again."
        )
    return f"{sentence}."


def _added(values: np.ndarray) -> str:
    """What a cause does to trust, as in: adds 0.46."""
    found = estimate(values)
    if not found.excludes_zero:
        return f"may add or take ({display.interval(found.low, found.high, 2, signed=True)})"
    return f"{'add' if found.mean > 0 else 'take'} {display.number(abs(found.mean), 2)}"


def _channels(study: Study) -> Section:
    return Section(
        "channels",
        "Through which channels",
        paragraphs=[
            "Short grants can harm in several ways, and the model can switch each of them off. A bar is "
            "what switching a channel on adds to the difference between 36 and 12 months, averaged over "
            "every order in which the channels can be switched on (Shapley values), so the bars sum to "
            f"the whole difference. The lines are 95% intervals over {study.channel_replicates:,} "
            "simulated partnerships.",
            "A bar can point the other way. Trust, knowledge and the age of relationships are averages "
            "over people in post: while a post stands empty, no newcomer in it can lower them.",
        ],
        exhibits=exhibits.through(study),
        columns=2,
    )


def _lotteries(study: Study) -> Section:
    chance = float(study.scenarios[SHORT].context["funding.renewal_probability"])
    once, yearly, thrice = (display.percent(value) for value in (chance, chance ** (1 / 3), chance**3))
    return Section(
        "arithmetic",
        "How much of it is arithmetic",
        paragraphs=[
            f"In the model a grant has a chance of about {once} to be renewed when it ends, however long "
            "it was. 12-month grants meet that lottery every year, 36-month grants every third: their "
            f"posts go on from one year to the next with a chance of {yearly}. Part of what longer grants "
            "do is just that, fewer lotteries.",
            f"The control takes it away: its 36-month grants are renewed with a chance of {thrice}, "
            f"{once} three times over, so that their yearly chance is that of 12-month grants. What goes "
            "is arithmetic: a funder who ends as many posts in a year under three-year grants as under "
            "one-year grants would not get it. What remains does not come from fewer lotteries.",
        ],
        exhibits=[exhibits.lotteries(study)],
    )


# --- limits, method, origin ---------------------------------------------------------------------


def _limits(study: Study) -> Section:
    return Section(
        "limits",
        "What this cannot tell",
        points=[
            "It is illustrative, not a forecast: nothing in it is calibrated to a real place.",
            "The scenario is assumed, and an extreme: every post is on a grant. Where only some are, "
            "average trust moves less: “collabsim compare mixed-partnership --set "
            "funding.grant_months=36” shows it.",
            "Intervals cover luck in the simulation only. They do not cover doubt about the model's "
            "coefficients: some rest on good evidence, some on judgement (docs/reference/odd.md and "
            "“collabsim parameters” say which).",
            "How fast agencies learn to trust one another as such, and how much of that a newcomer takes "
            "over, nobody has measured, and both decide how much turnover matters.",
            "That a grant's chance of renewal does not depend on its length is an assumption. If funders "
            "renew long grants less readily, the truth lies nearer to the control.",
            "What longer grants cost the funder in freedom to change course is not in the model.",
        ],
    )


def _method(study: Study) -> Section:
    meanings = [
        [outcome.title, display.scale(outcome).unit, outcome.meaning]
        for outcome in (OUTCOME[name] for name in ASKED)
    ]
    return Section(
        "method",
        "Method",
        points=[
            f"Agent-based model, weekly steps, {study.scenarios[SHORT].burn_in_years} years before the "
            f"policy's start and {study.years} after. The same random numbers meet every funding (common "
            "random numbers), and differences are taken within each simulated partnership.",
            "Differences: mean with Student's t interval over simulated partnerships (95%).",
            f"Period: {PERIODS[study.period]}. Six years hold a whole number of 12-, 24- and 36-month "
            "grants; in any single year a measure depends on whether grants happen to end in it.",
            "Channels: exact Shapley values over the 32 sets of five channels, replicate by replicate.",
            "Shares: the ratio of two means, with a percentile bootstrap interval over simulated "
            "partnerships (4,000 draws); none is given when the 95% interval of the whole includes zero.",
        ],
        tables=[Table("What the measures mean", ["Measure", "Unit", "Meaning"], meanings)],
        folded=True,
    )


def _origin(study: Study) -> Section:
    facts = provenance(study.scenarios.values(), study.seed)
    machine, libraries = (
        ", ".join(f"{name} {value}" for name, value in facts[key].items()) for key in ("machine", "libraries")
    )
    rows = [
        ["Version", f"CollabSim {facts['version']}, commit {facts['commit'] or 'not known'}"],
        ["Seed", str(study.seed)],
        [
            "Replicates",
            f"{study.replicates:,}; for channels {study.channel_replicates:,}; {study.runs:,} runs in all",
        ],
        ["Machine", machine],
        ["Libraries", libraries],
        ["Time (UTC)", facts["time"]],
    ]
    scenarios = [[s["name"], s["title"], s["digest"]] for s in facts["scenarios"]]
    return Section(
        "origin",
        "Where the numbers come from, and how to get them again",
        paragraphs=[
            "The same version, scenarios, seed and numbers of replicates give the same numbers, bit for "
            "bit, on any number of cores. The tables behind all figures lie beside this page as CSV. To "
            "run it again:"
        ],
        commands=[command(study)],
        tables=[
            Table("Provenance", ["What", "Which"], rows),
            Table("Scenarios", ["Name", "Title", "SHA-256 of all that a run depends on"], scenarios),
        ],
        folded=True,
    )


def command(study: Study) -> str:
    """The command that gives these numbers again."""
    numbers = (
        f"--replicates {study.replicates} --channel-replicates {study.channel_replicates} --seed {study.seed}"
    )
    return f"python -m collabsim.demo {numbers} --years {study.years}"
