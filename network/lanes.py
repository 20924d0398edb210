"""The ways goods take from one location to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@runtime_checkable
class TransitLaw(Protocol):
    """A distribution of transit times, of which a network needs to know no more than this; µs."""

    @property
    def lowest(self) -> float:
        """The shortest transit that it can give."""
        ...

    @property
    def mean(self) -> float:
        """The mean transit."""
        ...


Transit = int | float | TransitLaw


@dataclass(frozen=True, slots=True)
class Lane:
    """A way from one location to another, and the terms it is used on.

    Attributes
    ----------
    origin, destination : str
        Ids of locations.
    transit : int, or object with ``lowest`` and ``mean``
        Time from departure to arrival in µs; for a supplier, from order to receipt.
    cost_per_unit, cost_per_trip : float
        In the scenario's currency.
    capacity_units : int or None
        Units that one trip takes; None: any number.
    departs : tuple of int
        Departures, in µs of the local day at the origin. Empty: whenever there is something to carry.
    moq, pack : int
        Minimum order quantity, and units in a pack.
    order_days : tuple of int
        Weekdays on which orders are taken, Monday 0. Empty: every day.
    """

    origin: str
    destination: str
    transit: Transit = 0
    cost_per_unit: float = 0.0
    cost_per_trip: float = 0.0
    capacity_units: int | None = None
    departs: tuple[int, ...] = ()
    moq: int = 1
    pack: int = 1
    order_days: tuple[int, ...] = ()

    @property
    def mean_transit(self) -> float:
        """Mean transit time in µs.

        Examples
        --------
        >>> Lane("F1", "S1", transit=86_400_000_000).mean_transit
        86400000000.0
        """
        transit = self.transit
        return float(transit) if isinstance(transit, (int, float)) else float(transit.mean)

    @property
    def lowest_transit(self) -> float:
        """Shortest possible transit time in µs."""
        transit = self.transit
        return float(transit) if isinstance(transit, (int, float)) else float(transit.lowest)
