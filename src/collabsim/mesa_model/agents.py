"""The agents: views of one agency, and of one member of staff."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
from mesa.agent import AgentSet

from collabsim.model import leadership, state, workforce

if TYPE_CHECKING:
    from collabsim.mesa_model.partnership import PartnershipModel
    from collabsim.model.founding import Arrays

KINDS = ("ordinary", "key worker", "project manager")

FIRST_STAFF_ID = 100_000
"""Lower ids are agencies'. The occupants of post n have `FIRST_STAFF_ID * (n + 1)` and the ids after it."""


class Agency(mesa.Agent):
    """A view of one agency.

    Attributes
    ----------
    number : int
        Its place in the scenario, from 0. The hub comes last: it holds the posts of key workers and of the
        project manager, whom the host employs and leads.
    """

    def __init__(self, model: PartnershipModel, number: int) -> None:
        super().__init__(model)
        self.number = number
        self.unique_id = number + 1

    def __repr__(self) -> str:
        return f"<Agency {self.number}: {self.name}>"

    @property
    def _row(self) -> np.void:
        return self.model.arrays["agencies"][self.number]

    @property
    def _posts(self) -> np.ndarray:
        posts = self.model.arrays["posts"]
        return posts[posts["agency"] == self.number]

    @property
    def _filled(self) -> np.ndarray:
        posts = self.model.arrays["posts"]
        return np.flatnonzero((posts["agency"] == self.number) & (posts["filled"] == 1))

    @property
    def _teams(self) -> np.ndarray:
        teams = self.model.arrays["teams"]
        return teams[(teams["agency"] == self.number) & (teams["posts"] > 0)]

    @property
    def is_hub(self) -> bool:
        """Whether it is the hub."""
        return self.number == len(self.model.partnership.agencies)

    @property
    def name(self) -> str:
        """Its name; the hub's is its host's with ``(hub)``."""
        agencies, host = self.model.partnership.agencies, self.model.partnership.host
        return f"{agencies[host].name} (hub)" if self.is_hub else agencies[self.number].name

    @property
    def sector(self) -> str:
        """One of `collabsim.parameters.SECTORS`; the hub's is its host's."""
        partnership = self.model.partnership
        return partnership.agencies[partnership.host if self.is_hub else self.number].sector

    @property
    def posts(self) -> int:
        """Its posts, open or closed; the hub's are those that the policy in force calls for."""
        return int(self._teams["posts"].sum())

    @property
    def posts_filled(self) -> int:
        """Its posts with somebody in them."""
        return int(self._posts["filled"].sum())

    @property
    def vacancies(self) -> int:
        """Its posts that are open with nobody in them; a post whose grant has ended is closed, not vacant."""
        posts = self._posts
        return int(((posts["open"] == 1) & (posts["filled"] == 0)).sum())

    @property
    def staff(self) -> AgentSet:
        """Everybody in its posts now."""
        return self.model.staff.select(lambda staff: staff.agency is self)

    @property
    def leader_in_post(self) -> bool:
        """Whether it has a leader now."""
        return bool(self._row["in_post"])

    @property
    def leader_commitment(self) -> float:
        """Its leader's commitment in force (0-1); less while the post is vacant."""
        rule = _in_python(leadership.commitment)
        return float(rule(self._row, self.model.policy, self.model.arrays["context"][0]))

    @property
    def power(self) -> float:
        """Its formal power (0-1)."""
        return float(self._row["power"])

    @property
    def voice(self) -> float:
        """Its share of the voice where decisions are made; the agencies' shares sum to 1."""
        return float(self._row["voice"])

    @property
    def goal(self) -> float:
        """Where its own goal lies (0-1)."""
        return float(self._row["goal"])

    @property
    def overload(self) -> float:
        """Work beyond its capacity, as a share of that capacity: mean over its teams; NaN without posts."""
        return _mean(self._teams["overload"])

    @property
    def is_bidding(self) -> bool:
        """Whether one of its grants is in the weeks of bidding."""
        return bool(self._row["bidding"])

    def trust_in(self, other: Agency) -> float:
        """Its institutional trust in another agency (0-1): what a newcomer is told to expect of it."""
        return float(self.model.arrays["between"][self.number, other.number]["trust"])

    def staff_trust_in(self, other: Agency) -> float:
        """Mean trust of its staff in those they work with at another agency (0-1); NaN without any."""
        return _mean(_trust_between(self.model.arrays, self._filled, other._filled))

    def role_clarity_about(self, other: Agency) -> float:
        """How clear its staff are about what another agency's staff do (0-1)."""
        return float(self.model.arrays["between"][self.number, other.number]["clarity"])


class Staff(mesa.Agent):
    """A view of one member of staff: an occupant of a post, until that person leaves it.

    Attributes
    ----------
    occupant : int
        0 for the founder of the post, 1 for the first successor and so on.
    """

    def __init__(self, model: PartnershipModel, row: int, occupant: int) -> None:
        super().__init__(model)
        self._number = row
        self.occupant = occupant
        self.unique_id = FIRST_STAFF_ID * (self.post + 1) + occupant

    def __repr__(self) -> str:
        return f"<Staff {self.unique_id}: post {self.post}, occupant {self.occupant}>"

    @property
    def _row(self) -> np.void:
        if not self.in_post:
            raise LookupError(f"Occupant {self.occupant} of post {self.post} has left.")
        return self.model.arrays["posts"][self._number]

    @property
    def in_post(self) -> bool:
        """Whether this person is still in the post."""
        row = self.model.arrays["posts"][self._number]
        return bool(row["filled"] == 1 and row["occupant"] == self.occupant)

    @property
    def post(self) -> int:
        """Number of the post; those of the hub begin at 2**20."""
        return int(self.model.arrays["posts"][self._number]["id"])

    @property
    def agency(self) -> Agency:
        """The agency that the post belongs to; key workers and project managers belong to the hub."""
        return self.model._agencies[self._row["agency"]]

    @property
    def kind(self) -> str:
        """One of `KINDS`."""
        return KINDS[self._row["kind"]]

    @property
    def locality(self) -> int:
        """Number of the locality; people work with those of their own."""
        return int(self._row["place"])

    @property
    def tenure_weeks(self) -> int:
        """Full weeks in post."""
        return int(self._row["tenure"])

    @property
    def disposition(self) -> float:
        """Disposition to trust strangers (0-1)."""
        return float(self._row["disposition"])

    @property
    def knowledge(self) -> float:
        """Knowledge of shared work (0-1)."""
        return float(self._row["knowledge"])

    @property
    def satisfaction(self) -> float:
        """Satisfaction with the work (0-1)."""
        return float(self._row["satisfaction"])

    @property
    def goal(self) -> float:
        """Where this person's goal lies (0-1)."""
        return float(self._row["goal"])

    @property
    def insecurity(self) -> float:
        """Fear that the post will end (0-1); 0 on core money."""
        return float(self._row["insecurity"])

    @property
    def is_grant_funded(self) -> bool:
        """Whether the post is on a grant that can end."""
        rule = _in_python(workforce.is_grant_funded)
        return bool(rule(self.model.arrays["grants"], self._row))

    @property
    def is_colocated(self) -> bool:
        """Whether the post moves to the shared building on co-location days."""
        return bool(self._row["colocated"])

    @property
    def counterparts(self) -> AgentSet:
        """Those this person works with: everybody in post at another agency in the same locality."""
        return self.model.staff.select(self.works_with)

    @property
    def mean_trust(self) -> float:
        """Mean trust in counterparts in ordinary posts, as the series count it; NaN without any."""
        posts = self.model.arrays["posts"]
        ordinary = np.flatnonzero((posts["filled"] == 1) & (posts["kind"] == state.ORDINARY))
        return _mean(_trust_between(self.model.arrays, np.array([self._number]), ordinary))

    def works_with(self, other: Staff) -> bool:
        """Whether the two have a relationship."""
        own, others = self._row, other._row
        return bool(own["place"] == others["place"] and own["team"] != others["team"])

    def trust_in(self, other: Staff) -> float:
        """Trust in another (0-1); NaN where the two have no relationship."""
        return float(self._about("trust", other)) if self.works_with(other) else math.nan

    def contacts_with(self, other: Staff) -> int:
        """Contacts with another since they began to work together; 0 where they do not."""
        return int(self._about("contacts", other)) if self.works_with(other) else 0

    def _about(self, matrix: str, other: Staff) -> Any:
        return self.model.arrays[matrix][self._number, other._row["slot"]]


def _trust_between(arrays: Arrays, some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Trust of the posts `some` in the posts `others` (both filled), one value for each relationship."""
    posts = arrays["posts"]
    a, b = posts[some][:, None], posts[others][None, :]
    related = (a["place"] == b["place"]) & (a["team"] != b["team"])
    return arrays["trust"][some[:, None], b["slot"]][related]


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else math.nan


def _in_python(rule: Callable[..., Any]) -> Callable[..., Any]:
    """A compiled rule of the model, as the Python function that it was written as."""
    return getattr(rule, "py_func", rule)
