"""Mesa's data collector, filled at the end of every month rather than at every step."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import mesa

Reporters = Mapping[str, Any]


def months_over(weeks: int) -> int:
    """How many months are over after so many weeks; twelve months make 52 weeks."""
    return weeks * 12 // 52


class MonthlyCollector(mesa.DataCollector):
    """A `mesa.DataCollector` that `mesa.batch_run` can read, although not every step has a value.

    Mesa 3.5 looks a step's value up among the steps that were collected. Mesa 3.3 takes the n-th value for
    step n, so there the values answer by week, with those of the last month that was over by then.
    """

    def __init__(self, model: Reporters, agent: Reporters, agenttype: Mapping[type, Reporters]) -> None:
        super().__init__(
            model_reporters=dict(model), agent_reporters=dict(agent), agenttype_reporters=dict(agenttype)
        )
        if not hasattr(self, "_collection_steps"):
            self.model_vars = {name: _ByWeek() for name in model}
            self._agent_records = _RecordsByWeek()


class _ByWeek(list):
    """Monthly values, of which item n is the one that held at the end of week n (from 0)."""

    def __getitem__(self, week: Any) -> Any:
        month = min(months_over(week + 1), len(self)) - 1
        return list.__getitem__(self, month) if month >= 0 else math.nan


class _RecordsByWeek(dict):
    """Records of agents by the number of weeks lived, found by the week that was lived last (from 0)."""

    def get(self, week: Any, default: Any = None) -> Any:
        lived = [weeks for weeks in self if weeks <= week + 1]
        return self[max(lived)] if lived else default
