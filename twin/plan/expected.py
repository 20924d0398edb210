"""What is expected of demand, cell by cell, and all that will be asked of the tills."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.clock import DAY
from twin.demand.streams import Clockwork, Stream
from twin.demand.tables import Recorded


@dataclass(frozen=True, eq=False)
class Expected:
    """Mean and variance of units a day at ``local`` places (ascending) of an assortment; compared by identity.

    Locations that expect the same share one.
    """

    local: NDArray[np.integer[Any]]
    mean: NDArray[np.float64]
    variance: NDArray[np.float64]


Moments = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass
class DemandPlan:
    """All that will be asked of the tills, and its mean and variance per day for every cell of a location."""

    streams: list[Stream] = field(default_factory=list)
    clockworks: list[Clockwork] = field(default_factory=list)
    recorded: list[Recorded] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    bad_rows: int = 0
    known: dict[int, list[Expected]] = field(default_factory=dict)
    _shared: dict[tuple[int, ...], Moments] = field(default_factory=dict, repr=False)
    _uses: Counter[int] = field(default_factory=Counter, repr=False)

    def expect(self, location: int, expected: Expected) -> None:
        """Add to what is expected of a location."""
        self.known.setdefault(location, []).append(expected)
        self._uses[id(expected)] += 1

    def alike(self, location: int, count: int) -> tuple[int, ...]:
        """A key that is the same for locations of ``count`` cells of which the same is expected."""
        return (count, *(id(part) for part in self.known.get(location, ())))

    def moments(self, location: int, count: int) -> Moments:
        """Mean and variance of units a day for each of the ``count`` cells of a location; read-only, shared where alike."""
        key = self.alike(location, count)
        if key in self._shared:
            return self._shared[key]
        mean, variance = np.zeros(count), np.zeros(count)
        for part in self.known.get(location, ()):
            at = slice(None) if part.local.size == count else part.local
            mean[at] += part.mean
            variance[at] += part.variance
        mean.flags.writeable = variance.flags.writeable = False
        if all(self._uses[each] > 1 for each in key[1:]):
            self._shared[key] = mean, variance
        return mean, variance

    @property
    def lines_a_day(self) -> float:
        """Expected lines on an average day, for planning memory."""
        recorded = sum(
            r.time.size / max(1.0, (r.time.max() - r.time.min()) / DAY) if r.time.size else 0.0
            for r in self.recorded
        )
        return sum(s.per_day for s in self.streams) + sum(DAY / c.every for c in self.clockworks) + recorded
