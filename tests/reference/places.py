"""Posts, teams and localities (declaration, section 2)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil, floor
from typing import TYPE_CHECKING

from reference.arithmetic import Turns

if TYPE_CHECKING:
    from reference.casework import Case
    from reference.governance import ReferenceAgency
    from reference.grants import Grant
    from reference.trust import Relationship
    from reference.workforce import ReferenceStaff

FIRST_HUB_POST, HUB_BLOCK = 2**20, 256  # numbers in each locality
ORDINARY, KEY_WORKER, PROJECT_MANAGER = "ordinary", "key worker", "project manager"


@dataclass(eq=False, slots=True)
class Post:
    """A post of an agency in a locality, and what it remembers of its last occupant."""

    id: int
    team: Team
    kind: str = ORDINARY
    grant: Grant | None = None
    called: bool = True  # ordinary posts always; hub posts when the policy wants them
    open: bool = True
    occupant: ReferenceStaff | None = None
    occupant_number: int = -1  # the first is number 0
    vacant_since: int = 0
    weeks_to_fill: int = 0
    openings: Turns = field(default_factory=Turns)
    inherited: float = 0.0
    introductions: dict[Post, tuple[int, float, float]] = field(default_factory=dict)
    fte: float = 1.0
    colocated: bool = False
    in_core_group: bool = False

    @property
    def agency(self) -> ReferenceAgency:
        return self.team.agency

    @property
    def filled(self) -> bool:
        return self.occupant is not None

    @property
    def vacant(self) -> bool:
        return self.open and self.occupant is None

    @property
    def ordinary(self) -> bool:
        return self.kind == ORDINARY


@dataclass(eq=False, slots=True)
class Team:
    """The posts of one agency in one locality."""

    agency: ReferenceAgency
    locality: Locality
    posts: list[Post] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    overload: float = 0.0
    attendance: float = 1.0
    leavers: deque[int] = field(default_factory=lambda: deque([0] * 13, maxlen=13))

    @property
    def staff(self) -> list[ReferenceStaff]:
        return [post.occupant for post in self.posts if post.occupant]

    def first_filled(self, start: int) -> ReferenceStaff | None:
        """Return the first member of staff from a post on, round the team."""
        for post in self.posts[start:] + self.posts[:start]:
            if post.occupant:
                return post.occupant
        return None


@dataclass(eq=False, slots=True)
class Locality:
    """A small world: everyone in it may know everyone else from the other agencies."""

    number: int
    teams: list[Team] = field(default_factory=list)
    hub_team: Team | None = None
    grant: Grant | None = None
    relationships: dict[Relationship, None] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)  # open ones, in order of opening
    hub_strength: float = 0.0
    managed: float = 0.0  # effect of a project manager in post

    @property
    def all_teams(self) -> list[Team]:
        return [*self.teams, self.hub_team]

    @property
    def posts(self) -> list[Post]:
        return [post for team in self.teams for post in team.posts]

    @property
    def key_workers(self) -> list[Post]:
        """The open key-worker posts, in order of number."""
        return [post for post in self.hub_team.posts if post.open and post.kind == KEY_WORKER]


def number_of_localities(sizes: list[int]) -> int:
    """Return how many localities a partnership of agencies of these sizes is dealt into."""
    posts = sum(sizes)
    if posts <= 60 or len(sizes) == 1:
        return 1
    size = floor(20 / (1 - sum((n / posts) ** 2 for n in sizes)) + 0.5)
    return max(1, floor(posts / size + 0.5))


def deal_localities(
    agencies: list[ReferenceAgency], hub: ReferenceAgency, policies: list[Mapping]
) -> list[Locality]:
    """Deal the agencies' posts into localities and number them; each gets the hub posts of all policies."""
    sizes = [agency.size for agency in agencies]
    count = number_of_localities(sizes)
    localities = [Locality(number) for number in range(count)]
    number = 0
    for locality in localities:
        for agency in agencies:
            first, last = (agency.size * k // count for k in (locality.number, locality.number + 1))
            team = join_locality(agency, locality)
            team.posts = [Post(number + k, team) for k in range(last - first)]
            number += last - first
            locality.teams.append(team)
        locality.hub_team = join_locality(hub, locality)
        locality.hub_team.posts = list(hub_posts(locality, policies))
    return localities


def join_locality(agency: ReferenceAgency, locality: Locality) -> Team:
    """Return an agency's new team in a locality."""
    team = Team(agency, locality)
    agency.teams.append(team)
    return team


def hub_posts(locality: Locality, policies: list[Mapping]) -> Iterator[Post]:
    """Make the hub posts of a locality that some policy will call for; none is called for yet."""
    first = FIRST_HUB_POST + HUB_BLOCK * locality.number
    most = max(policy.get("key_worker.fte_per_20", 0.0) for policy in policies)
    for k in range(key_worker_posts(most * len(locality.posts) / 20)):
        yield Post(first + k, locality.hub_team, KEY_WORKER, called=False, open=False)
    if any(policy.get("project_manager.fte", 0.0) > 0 for policy in policies):
        yield Post(first + HUB_BLOCK - 1, locality.hub_team, PROJECT_MANAGER, called=False, open=False)


def key_worker_posts(fte: float) -> int:
    """Return how many posts share these full-time equivalents."""
    return ceil(fte - 1e-9)
