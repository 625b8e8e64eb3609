"""Why trust moved, and knowledge: what each line of the ledgers adds from the policy's start to the end.

When to use it: to see the causes of a change of the mean. Every week's change is booked to its cause when it
happens, so the lines sum to the change. Lines about people who leave and newcomers are composition: a mean
changes when people with other than average relationships come and go.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from collabsim.analysis.samples import Sample

TITLES = {
    "good_contacts": "Good contacts",
    "bad_contacts": "Bad contacts",
    "conflicts": "Conflicts",
    "repairs": "Repairs of conflicts",
    "drift": "Drift without contact",
    "breaches": "Breaches by an agency",
    "left_quit": "People who quit",
    "left_nonrenewal": "People whose post closed",
    "left_reorganisation": "People reorganised away",
    "newcomers": "Newcomers",
    "introductions": "Introductions at handover",
}
"""What each line of the trust ledger is called in tables and figures."""

KNOWLEDGE_TITLES = {
    "learned": "Learned on shared work",
    "forgotten": "Forgotten",
    "left": "People who left",
    "newcomers": "Newcomers",
}
"""What each line of the knowledge ledger is called."""


@dataclass(frozen=True)
class Account:
    """The mean at the start of the policy and at the end, and what moved it in between.

    Attributes
    ----------
    start, end, change : array (replicates,)
    lines : dict of str to array (replicates,)
        By title; they sum to the change.
    """

    start: np.ndarray
    end: np.ndarray
    change: np.ndarray
    lines: dict[str, np.ndarray]


def trust_account(sample: Sample) -> Account:
    """The account of mean trust."""
    return _account(sample.trust_ledger, sample.trust_end, TITLES)


def knowledge_account(sample: Sample) -> Account:
    """The account of mean knowledge."""
    return _account(sample.knowledge_ledger, sample.knowledge_end, KNOWLEDGE_TITLES)


def _account(booked: dict[str, np.ndarray], end: np.ndarray, titles: dict[str, str]) -> Account:
    change = sum(booked.values(), np.zeros_like(end))
    lines = {titles[line]: values for line, values in booked.items()}
    return Account(end - change, end, change, lines)


def difference(account: Account, base: Account) -> Account:
    """One account less another, replicate by replicate."""
    lines = {title: values - base.lines[title] for title, values in account.lines.items()}
    return Account(account.start - base.start, account.end - base.end, account.change - base.change, lines)
