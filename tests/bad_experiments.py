"""Experiment files that must be refused, each with words that the refusal must contain."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

HEAD = 'scenarios = ["mixed-partnership"]\n'
GRID = HEAD + '[design]\nkind = "grid"\n'
GRANTS = "[factors.funding]\ngrant_months = "
SOBOL = '[design]\nkind = "sobol"\n'
TABLE = HEAD + '[design]\nkind = "table"\nfile = "rows.csv"\n'


class BadExperiment(NamedTuple):
    """A file to refuse: its text, the words of the refusal, and the table beside it."""

    name: str
    text: str
    words: tuple[str, ...]
    table: str = ""

    def written(self, folder: Path) -> Path:
        """The path of the bad file."""
        path = folder / "bad.toml"
        path.write_text(self.text)
        if self.table:
            (folder / "rows.csv").write_text(self.table)
        return path


BAD_EXPERIMENTS = [
    BadExperiment("empty", "", ("design is missing", "scenarios is missing")),
    BadExperiment("a list for a design", HEAD + "design = [1]\n", ("design is a list",)),
    BadExperiment(
        "an unknown key", "replicate = 3\n" + GRID + GRANTS + "[12]\n", ("did you mean replicates?",)
    ),
    BadExperiment("no kind", HEAD + "[design]\nsize = 4\n", ("design has no kind",)),
    BadExperiment("an unknown kind", HEAD + '[design]\nkind = "sobel"\n', ("did you mean sobol?",)),
    BadExperiment("an option of another kind", GRID + "size = 8\n" + GRANTS + "[12]\n", ("design.size",)),
    BadExperiment(
        "no power of two", HEAD + 'levers = "all"\n' + SOBOL + "size = 100\n", ("such as 64 or 128",)
    ),
    BadExperiment("odd levels", HEAD + 'levers = "all"\n[design]\nkind = "morris"\nlevels = 5\n', ("even",)),
    BadExperiment(
        "common luck for sobol",
        HEAD + 'levers = "all"\ncommon = true\n' + SOBOL,
        ("common", "noise of its own"),
    ),
    BadExperiment("nothing to vary", GRID, ("nothing to vary",)),
    BadExperiment(
        "factors that nothing varies",
        HEAD + '[design]\nkind = "scenarios"\n' + GRANTS + "[12]\n",
        ("varies no factors", "funding.grant_months"),
    ),
    BadExperiment(
        "a factor that is none", GRID + "[factors.funding]\ngrant_month = [12]\n", ("grant_months?",)
    ),
    BadExperiment("a number for a factor", GRID + GRANTS + "12\n", ("must be a list of values",)),
    BadExperiment("no values", GRID + GRANTS + "[]\n", ("an empty list",)),
    BadExperiment("a value twice", GRID + GRANTS + "[12, 12.0]\n", ("a value twice",)),
    BadExperiment(
        "a value out of range", GRID + GRANTS + "[1, 12]\n", ("is 1, but must be a number from 3",)
    ),
    BadExperiment("an end out of range", GRID + GRANTS + "{ low = 1 }\n", ("low is 1",)),
    BadExperiment(
        "ends exchanged", GRID + GRANTS + "{ low = 36, high = 12 }\n", ("low must be less than high",)
    ),
    BadExperiment("not a number", GRID + GRANTS + "{ low = nan }\n", ("low is nan",)),
    BadExperiment("an unknown distribution", GRID + GRANTS + '{ distribution = "beta" }\n', ("triangular",)),
    BadExperiment(
        "a logarithm of zero",
        GRID + '[factors.colocation]\ndays = { distribution = "log-uniform" }\n',
        ("more than 0",),
    ),
    BadExperiment(
        "a mode outside", GRID + GRANTS + '{ high = 24, mode = 36, distribution = "triangular" }\n', ("mode",)
    ),
    BadExperiment(
        "a range for a switch",
        GRID + "[factors.funding]\npermanent = { low = 0 }\n",
        ("funding.permanent.low",),
    ),
    BadExperiment(
        "a constant without a range",
        GRID + "[factors.cases]\nsd_wait = {}\n",
        ("low must be less than high",),
    ),
    BadExperiment("an unknown group of levers", 'levers = ["fundin"]\n' + GRID, ("did you mean funding?",)),
    BadExperiment("a word for levers", 'levers = "funding"\n' + GRID, ("levers", '"all"')),
    BadExperiment(
        "a path to a scenario", 'scenarios = ["../x"]\n[design]\nkind = "scenarios"\n', ("not paths",)
    ),
    BadExperiment(
        "an unknown scenario",
        'scenarios = ["mixed-partnershp"]\n[design]\nkind = "scenarios"\n',
        ("did you mean mixed-partnership?",),
    ),
    BadExperiment("a scenario twice", 'scenarios = ["mixed-partnership", "mixed-partnership"]\n', ("twice",)),
    BadExperiment(
        "an outcome without a year", 'outcomes = ["trust"]\n' + GRID, ("did you mean trust_last?",)
    ),
    BadExperiment(
        "an outcome after the end",
        'years = 2\noutcomes = ["trust_year_5"]\n' + GRID + GRANTS + "[12]\n",
        ("trust_year_5, which needs 5 years", "a run has 2"),
    ),
    BadExperiment("an unknown structure", 'structures = ["trust_rul"]\n' + GRID, ("structure.trust_rule?",)),
    BadExperiment("an unknown word for structures", 'structures = "al"\n' + GRID, ("did you mean all?",)),
    BadExperiment(
        "a structure that is a factor too",
        'structures = "all"\n' + GRID + '[factors.structure]\ntrust_rule = ["delta", "beta"]\n',
        ("which is a factor too",),
    ),
    BadExperiment(
        "more rows than there are atoms",
        HEAD + 'levers = "all"\n[design]\nkind = "grid"\ndoses = 1000\n',
        ("10^",),
    ),
    BadExperiment("too many runs", "replicates = 100_001\n" + GRID, ("100,000",)),
    BadExperiment("a table elsewhere", TABLE.replace("rows", "../rows"), ("beside the experiment",)),
    BadExperiment("no table", TABLE, ("there is no such file",)),
    BadExperiment("an empty table", TABLE, ("needs a line of names",), "funding.grant_months\n"),
    BadExperiment(
        "an unknown column", TABLE, ("did you mean funding.grant_months?",), "funding.grant_month\n12\n"
    ),
    BadExperiment("a column twice", TABLE, ("is there twice",), "label,label\na,b\n"),
    BadExperiment("a ragged table", TABLE, ("line 3 has 1 values",), "label,trust.gain\na,0.1\nb\n"),
    BadExperiment("a wrong cell", TABLE, ("line 2: trust.gain is 7",), "label,trust.gain\na,7\n"),
    BadExperiment("an infinite cell", TABLE, ("trust.gain is inf",), "label,trust.gain\na,inf\n"),
    BadExperiment("a scenario that is not listed", TABLE, ("scenario",), "scenario\nshort-term-funding\n"),
    BadExperiment("a thousand wrong cells", TABLE, ("and 980 more errors",), "trust.gain\n" + "7\n" * 1000),
]
