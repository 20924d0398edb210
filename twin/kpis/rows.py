"""The rows of a ledger in the horizon: orders to suppliers, trips, snapshots of truth against record."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.kpis.calendar import Horizon
from twin.kpis.exact import Figures
from twin.kpis.ledger import Ledger

Ints = NDArray[np.int64]

_ORDER = attrgetter(
    "placed_us", "due_us", "arrived_us", "supplier", "destination", "units", "received_units"
)  # fmt: skip
_SNAPSHOT_FIELDS = {
    "snapshot_cells": "cells",
    "snapshot_equal": "equal",
    "snapshot_within": "within",
    "snapshot_error": "abs_error",
    "snapshot_in_flight": "in_flight",
    "snapshot_truth": "truth_units",
    "snapshot_record_above": "record_above",
    "snapshot_phantom": "phantom",
    "snapshot_hidden": "hidden",
}


@dataclass(frozen=True)
class Orders:
    """Orders to suppliers placed in the horizon; arrays of one length, ``day`` being that of placing."""

    destination: Ints
    supplier: Ints
    day: Ints
    due: NDArray[np.bool_]  # in the horizon too
    otif: NDArray[np.bool_]  # of those, at the gate in full by the time due

    @classmethod
    def of(cls, ledger: Ledger, horizon: Horizon) -> Orders:
        """Read them. An order due after the end is not judged: it could only count if it came early."""
        rows = np.array([_ORDER(order) for order in ledger.purchase_orders], dtype=np.int64).reshape(-1, 7)
        rows = rows[(rows[:, 0] >= horizon.start_us) & (rows[:, 0] < horizon.end_us)]
        placed_us, due_us, arrived_us, supplier, destination, units, received_units = rows.T
        due = due_us < horizon.end_us
        otif = due & (arrived_us >= 0) & (arrived_us <= due_us) & (received_units >= units)
        return cls(destination, supplier, horizon.day_of(placed_us), due, otif)

    def figures(self, member: Ints, size: int) -> dict[str, Figures]:
        """Counts of orders by ``member``, one of the columns; arrays of shape (size,)."""
        return {
            "orders_placed": np.bincount(member, minlength=size),
            "orders_due": np.bincount(member[self.due], minlength=size),
            "orders_otif": np.bincount(member[self.otif], minlength=size),
        }


@dataclass(frozen=True)
class Trips:
    """Trips that left in the horizon; arrays of one length."""

    origin: Ints
    day: Ints
    cost: NDArray[np.float64]

    @classmethod
    def of(cls, ledger: Ledger, horizon: Horizon) -> Trips:
        """Read them."""
        rows = [(t.departed_us, t.origin) for t in ledger.trips]
        departed_us, origin = np.array(rows, dtype=np.int64).reshape(-1, 2).T
        cost = np.array([t.cost for t in ledger.trips], dtype=np.float64)
        left = (departed_us >= horizon.start_us) & (departed_us < horizon.end_us)
        return cls(origin[left], horizon.day_of(departed_us[left]), cost[left])

    def figures(self, member: Ints, size: int) -> dict[str, Figures]:
        """Number and cost of trips by ``member``, one of the columns; arrays of shape (size,)."""
        return {
            "trips": np.bincount(member, minlength=size),
            "trip_cost": np.bincount(member, weights=self.cost, minlength=size),
        }


@dataclass(frozen=True)
class Snapshots:
    """Snapshots in the horizon: the day that each closes, and fields of shape (snapshots, locations)."""

    day: Ints
    fields: dict[str, NDArray[Any]]

    @classmethod
    def of(cls, ledger: Ledger, horizon: Horizon, locations: int) -> Snapshots:
        """Read them."""
        day = horizon.closing_day_of(np.array([s.at_us for s in ledger.snapshots], dtype=np.int64))
        inside = (day >= 0) & (day < horizon.days)
        chosen = [s for s, keep in zip(ledger.snapshots, inside.tolist(), strict=True) if keep]
        shape = (len(chosen), locations)
        fields = {
            name: np.array([getattr(s, attribute) for s in chosen], dtype=np.int64).reshape(shape)
            for name, attribute in _SNAPSHOT_FIELDS.items()
        }
        return cls(day[inside], fields)

    def by_location(self) -> dict[str, Figures]:
        """Sums over all snapshots, shape (locations,)."""
        return {name: values.sum(axis=0) for name, values in self.fields.items()}

    def by_day(self, days: int) -> dict[str, Figures]:
        """Sums over the snapshots of each day and all locations, shape (days,)."""
        totals: dict[str, Figures] = {}
        for name, values in self.fields.items():
            totals[name] = np.zeros(days, dtype=np.int64)
            np.add.at(totals[name], self.day, values.sum(axis=1))
        return totals
