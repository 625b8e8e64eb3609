"""A study small enough for tests: few replicates, one year, run once for all that look at it."""

from dataclasses import replace
from functools import cache

from collabsim.short_term_funding import study
from collabsim.short_term_funding.study import SHORT, Study

HOSTILE = "<script>alert(1)</script> & <a href='https://example.org'>x</a>"


@cache
def small_study() -> Study:
    scenarios = study.load(years=1)
    return study.run(scenarios, replicates=3, channel_replicates=2, seed=7)


def hostile_study() -> Study:
    """The same, of a scenario whose every word is an attack."""
    found = small_study()
    plain = found.scenarios[SHORT]
    agencies = tuple(replace(agency, name=HOSTILE) for agency in plain.agencies)
    sources = tuple(replace(source, passage=HOSTILE, where=HOSTILE) for source in plain.sources)
    hostile = replace(plain, name=HOSTILE, title=HOSTILE, about=HOSTILE, agencies=agencies, sources=sources)
    return replace(found, scenarios={**found.scenarios, SHORT: hostile})
