"""How much one page may ask of the server: every size has a bound."""

from __future__ import annotations

MOST_REPLICATES = 100
FEWEST_REPLICATES = 12
MOST_POSTS = 1_000
"""Posts of a partnership that the live pages simulate; larger ones belong on the command line."""
MOST_YEARS = 20
MOST_BURN_IN = 10
WORK = 100 * 45 * 12
"""Replicates x posts x years of a picture: the reference partnership's hundred."""
MOST_EVENTS = 40
MOST_UPLOAD = 64_000
"""Bytes of a scenario that somebody uploads, or that a link carries."""
MOST_QUERY = 24_000
"""Characters of an address."""
MOST_PACKED = 16_000
"""Characters that an uploaded scenario may take of an address; the rest is for levers that are moved and the timeline."""
MOST_SESSIONS = 100
MOST_REQUESTS = 40
"""Requests of one page a second, above which it is told to wait."""
CACHE_BYTES = 200_000_000
"""Runs that are kept for whoever asks for the same again."""
BEGINNING_BYTES = 80_000_000
"""Partnerships as they were when the policy started, for every lever that is moved: the reference partnership's hundred
take 22 million."""


def replicates_for(posts: int, years: int) -> int:
    """How many replicates a partnership of this size is shown with."""
    affordable = WORK // max(1, posts * years)
    return max(FEWEST_REPLICATES, min(MOST_REPLICATES, affordable))


MOST_CLASSES = 8
MOST_LEARNERS = 60
CLASS_HOURS = 4
"""Hours after which a class ends by itself."""
WRONG_CODES_AT_ONCE, WRONG_CODES_A_SECOND = 30, 0.25
"""Wrong class codes of everybody together: with 160,000 codes, trying one after another would take days."""
