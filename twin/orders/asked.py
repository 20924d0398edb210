"""What routing was asked about an order that is watched, and what it answered."""

from __future__ import annotations

from dataclasses import dataclass

from policies.routing.base import Row
from policies.routing.explaining import Explanation


@dataclass(frozen=True)
class Asked:
    """One question and its answer.

    Attributes
    ----------
    time : int
        µs.
    said : int
        Entries of the order's life that were noted before.
    strict : bool
        Whether calendars counted; they do not where nobody could ship today but for them.
    lines : tuple of (int, int)
        SKU and units of the lines that were asked about.
    plan : tuple of (int, int, int)
        The answer: candidate, line and units of each row; empty where nobody can fill them.
    candidates : tuple of Explanation
        Why each was or was not chosen.
    """

    time: int
    said: int
    strict: bool
    lines: tuple[tuple[int, int], ...]
    plan: tuple[Row, ...]
    candidates: tuple[Explanation, ...]


__all__ = ["Asked"]
