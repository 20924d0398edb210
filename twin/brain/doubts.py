"""Cells that are in doubt: where a pick found nothing, somebody is asked to count what is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.brain.groups import CellMap


@dataclass(frozen=True)
class CountRule:
    """Cells that are counted on request.

    Attributes
    ----------
    rule : index of ``inventory.count``
    after_us : how long after it is known that a pick found nothing
    locations : (locations,)
    skus : (SKUs,); None: all
    """

    rule: int
    after_us: int
    locations: NDArray[np.bool_]
    skus: NDArray[np.bool_] | None


class Wanted(NamedTuple):
    """What a request asks for: cells of one location, and their SKUs."""

    location: int
    rule: CountRule
    cells: NDArray[np.int32]
    skus: NDArray[np.int32]


class Doubts:
    """Which of the cells in doubt are to be counted: by the first rule that matches, and each once at a time."""

    def __init__(self, rules: Sequence[CountRule], cells: CellMap) -> None:
        self._rules, self._cells = rules, cells
        self._due: dict[int, int] = {}  # by cell, µs; of those that were asked for

    def wanted(self, cells: NDArray[np.int32], now: int) -> Iterator[Wanted]:
        """What to ask for at ``now``, location by location; a cell that is still to be counted is not asked for again."""
        self._due = {cell: due for cell, due in self._due.items() if due >= now}
        left = cells[[int(cell) not in self._due for cell in cells]]
        places = self._cells.location_of(left)
        for location in np.unique(places).tolist():
            mine = left[places == location]
            skus = self._cells.skus[location][mine - self._cells.first[location]]
            for rule in self._rules:
                meant = np.full(mine.size, rule.locations[location])
                if rule.skus is not None:
                    meant &= rule.skus[skus]
                if meant.any():
                    self._due |= dict.fromkeys(mine[meant].tolist(), now + rule.after_us)
                    yield Wanted(location, rule, mine[meant], skus[meant])
                mine, skus = mine[~meant], skus[~meant]
