"""Grants: what is known of one (declaration, section 2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reference.arithmetic import Turns

if TYPE_CHECKING:
    from reference.governance import ReferenceAgency
    from reference.places import Post

RUNNING, GAP, CLOSED, PERMANENT, IDLE = "running", "gap", "closed", "permanent", "idle"
RENEWED, REFUSED = "renewed", "refused"


@dataclass(eq=False, slots=True)
class Grant:
    """Money for a few posts, until an end date. A hub grant without posts to pay is idle."""

    number: int
    agency: ReferenceAgency  # of a hub grant: the host
    hub: bool
    posts: list[Post] = field(default_factory=list)
    status: str = IDLE
    end: int = 0
    decision: str | None = None
    replacement: int = 0
    probability: float = 0.0
    in_bid_window: bool = False
    decisions: Turns = field(default_factory=Turns)

    @property
    def has_clock(self) -> bool:
        """Whether the money can end: it is neither permanent nor idle."""
        return self.status in (RUNNING, GAP, CLOSED)

    @property
    def alive(self) -> bool:
        return self.status in (RUNNING, GAP)

    @property
    def undecided(self) -> bool:
        return self.alive and self.decision is None

    def start(self, end: int, permanent: bool = False) -> None:
        """Start a term, or money without end."""
        self.status = PERMANENT if permanent else RUNNING
        self.end = end
        self.decision = None
