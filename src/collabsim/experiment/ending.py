"""How a sweep ends: an exit status, and one plain sentence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DONE, FAILED, REFUSED, NO_CLUSTER, CANNOT_WRITE, IN_USE, INTERRUPTED, TERMINATED = (
    0,
    1,
    2,
    69,
    74,
    75,
    130,
    143,
)
"""Exit statuses: after sysexits.h, and 128 plus the signal's number."""


@dataclass(frozen=True)
class Ending:
    """How a sweep ended.

    Attributes
    ----------
    status : int
        0 done, 1 a chunk cannot be computed, 2 refused (the experiment or the folder is not what it was),
        69 cluster lost, 74 folder cannot be written (full disk, read-only), 75 folder in use, 130 interrupted,
        143 terminated.
    sentence : str
        What to tell the user, and how to go on.
    path : Path
    runs, finished, failed : int
        Planned; in the folder, failed ones included; of these failed.
    seconds : float
        How long this call took.
    """

    status: int
    sentence: str
    path: Path
    runs: int = 0
    finished: int = 0
    failed: int = 0
    seconds: float = 0.0


class CannotGoOn(Exception):
    """A sweep cannot begin or go on.

    Attributes
    ----------
    status : int
    sentence : str
    """

    def __init__(self, status: int, sentence: str) -> None:
        self.status, self.sentence = status, sentence
        super().__init__(sentence)
