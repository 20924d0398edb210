"""What the brain governs: cells under one rule at one location, and the lanes that supply them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from policies.reorder.base import ReorderPolicy

_MOST = 16  # locations of a plain batch: what is read of their cells is still in the cache when it is written
CONTINUOUS = 0  # review period, µs, of a rule that looks at every change


@dataclass(frozen=True)
class Group:
    """The cells of one location under one rule.

    ``local`` are their places among the location's cells, ascending; ``lane`` says for each by which of the network's lanes it
    is supplied. Groups whose facts are alike share one ``policy``.
    """

    location: int
    rule: int
    review_us: int  # CONTINUOUS, or the period
    policy: ReorderPolicy
    local: NDArray[np.int32]
    lane: NDArray[np.int32]
    whole: bool  # all cells of the location
    echelon: int = 0  # 0 at the customers' end, one more for whoever supplies that


@dataclass(frozen=True)
class Supply:
    """What a brain must know of a lane: its ends and its order terms."""

    origin: int
    destination: int
    pack: int
    moq: int
    from_supplier: bool


class CellMap(Protocol):
    """How the brain finds its way among cells.

    ``first`` (locations + 1,) numbers the first cell of each location, ``skus`` holds the SKUs of its cells in order.
    """

    first: NDArray[np.int64]
    skus: list[NDArray[np.int32]]

    def find(self, location: int, skus: NDArray[np.int32]) -> NDArray[np.int32]:
        """Cells of SKUs at a location."""

    def location_of(self, cells: NDArray[np.int32]) -> NDArray[np.int32]:
        """Locations of cells."""


@dataclass(frozen=True)
class Row:
    """Numbers of a location's cells; ``base`` where they follow one another, so that none need be looked up."""

    values: NDArray[np.int32]
    base: int | None

    def at(self, local: NDArray[np.int32]) -> NDArray[np.int32]:
        """Those of the ``local``-th cells."""
        if self.base is None:
            return self.values.take(local)
        return local + np.int32(self.base) if self.base else local


def row_of(values: NDArray[np.int32]) -> Row:
    """Numbers of a location's cells, looked at once."""
    base = int(values[0]) if values.size else 0
    follow = np.array_equal(values, np.arange(base, base + values.size))
    return Row(values, base if follow else None)


@dataclass(frozen=True)
class Batch:
    """Groups of one echelon that are reviewed together: none of them supplies another.

    ``location`` are their places, ``first`` and ``end`` bound the cells of each. In a ``plain`` batch every group is a whole
    location supplied over one lane, one a place; ``runs`` are then stretches [i, j) of groups that share a policy, ``pack`` and
    ``moq`` the terms of each.
    """

    groups: list[Group]
    location: NDArray[np.int64]
    first: NDArray[np.int64]
    end: NDArray[np.int64]
    pack: NDArray[np.int64]
    moq: NDArray[np.int64]
    runs: list[tuple[int, int]]
    plain: bool


def batches_of(groups: Sequence[Group], cells: CellMap, supplies: Sequence[Supply]) -> list[Batch]:
    """Split groups into batches, the customers' end first; plain ones before others of the same echelon."""
    batches = []
    for echelon in sorted({group.echelon for group in groups}):
        here = [group for group in groups if group.echelon == echelon]
        for plain in (True, False):
            some = [group for group in here if _is_plain(group) == plain]
            some.sort(key=lambda group: (group.location, group.rule))
            most = _MOST if plain else max(len(some), 1)
            batches += [_batch(some[i : i + most], cells, supplies, plain) for i in range(0, len(some), most)]
    return batches


def _is_plain(group: Group) -> bool:
    return group.whole and bool((group.lane == group.lane[0]).all())


def _batch(groups: list[Group], cells: CellMap, supplies: Sequence[Supply], plain: bool) -> Batch:
    own = groups if plain else list({group.location: group for group in groups}.values())  # a location is looked over once
    places = np.array([group.location for group in own])
    terms = [supplies[int(group.lane[0])] for group in own]
    alike = [i > 0 and plain and group.policy is own[i - 1].policy for i, group in enumerate(own)]
    starts = [i for i, same in enumerate(alike) if not same]
    runs = list(zip(starts, [*starts[1:], len(own)], strict=True))
    return Batch(
        groups, places, cells.first[places], cells.first[places + 1], np.array([term.pack for term in terms]),
        np.array([term.moq for term in terms]), runs, plain,
    )  # fmt: skip
