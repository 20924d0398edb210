"""Orders that one may want to look at: split, rejected at the pick, backordered, cancelled, late; a few of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TextIO
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from twin.orders.state import AWAITED_FOR_EVER, READY_LATE, Life

if TYPE_CHECKING:
    from twin.plan.build import Plan

FEW = 3
KINDS: Final[Mapping[str, str]] = {
    "split": "in more than one shipment",
    "rejected": "a picker did not find it all",
    "turned away": "a building had no room",
    "backordered": "placed without stock",
    "refused": "it could not be promised",
    "cancelled": "by the customer",
    "short": "some of it never came, for want of stock or room",
    "late": "after the promise",
    "expired": "not shipped in time",
    "not collected": "nobody came for it",
}


@dataclass(frozen=True)
class Notable:
    """An order, of which kind it is, and when that showed (µs)."""

    order: int
    kind: str
    time: int


@dataclass(frozen=True)
class NotableOrders:
    """Orders worth a look; ``print()`` shows them, ``to_dict()`` is for machines."""

    run: str
    variant: str
    replication: int
    orders: tuple[Notable, ...]
    timezone: str

    def local(self, time_us: int) -> datetime:
        """An instant in the scenario's time zone."""
        return datetime.fromtimestamp(time_us / 1e6, ZoneInfo(self.timezone))

    def to_dict(self) -> dict[str, Any]:
        """Everything, with local times in ISO 8601."""
        found = [{"order": one.order, "kind": one.kind, "time": self.local(one.time).isoformat()} for one in self.orders]
        return {"run": self.run, "variant": self.variant, "replication": self.replication, "orders": found}

    def print(self, file: TextIO | None = None) -> None:
        """Show them; in a terminal with colour."""
        from twin.runs.lives_shown import show_notable

        show_notable(self, file)


class Seeker:
    """Looks through what was noted of orders, in order, until it has a few of each kind."""

    def __init__(self, plan: Plan) -> None:
        self._delivery = plan.scenario.promise.delivery
        self._placed: NDArray[np.int64] = np.zeros(1 << 16, np.int64)
        self._has_left: NDArray[np.bool_] = np.zeros(1 << 16, bool)
        self._seen: dict[str, dict[int, int]] = {kind: {} for kind in KINDS}

    @property
    def has_enough(self) -> bool:
        """Whether there are a few of each kind."""
        return all(len(seen) >= FEW for seen in self._seen.values())

    @property
    def found(self) -> list[Notable]:
        """What was found, by kind and time."""
        return [Notable(order, kind, time) for kind, seen in self._seen.items() for order, time in seen.items()]

    def take(self, rows: NDArray[np.void]) -> None:
        """Look through rows of ENTRY, which follow those taken before."""
        rows = rows[rows["number"] > 0]
        self._remember(rows[rows["kind"] == Life.PLACED])
        for kind, mask in self._masks(rows).items():
            seen = self._seen[kind]
            for row in rows[mask]:
                if len(seen) >= FEW:
                    break
                seen.setdefault(int(row["number"]), int(row["time"]))

    def _remember(self, placed: NDArray[np.void]) -> None:
        if placed.size:
            most = int(placed["number"].max())
            if most >= self._placed.size:
                self._placed = np.concatenate([self._placed, np.zeros(most, np.int64)])
                self._has_left = np.concatenate([self._has_left, np.zeros(most, bool)])
            self._placed[placed["number"]] = placed["time"]

    def _masks(self, rows: NDArray[np.void]) -> dict[str, NDArray[np.bool_]]:
        """Which rows show an order to be of which kind."""
        kinds, other = rows["kind"], rows["other"]
        return {
            "split": self._split(rows),
            "rejected": kinds == Life.REJECTED,
            "turned away": kinds == Life.TURNED_AWAY,
            "backordered": kinds == Life.BACKORDERED,
            "refused": kinds == Life.REFUSED,
            "cancelled": (kinds == Life.CANCELLED) & (other == 0),
            "short": (kinds == Life.CANCELLED) & (other > 0),
            "late": self._late(rows) | ((kinds == Life.READY) & (other & READY_LATE > 0)),
            "expired": kinds == Life.EXPIRED,
            "not collected": (kinds == Life.NOT_COLLECTED) | ((kinds == Life.READY) & (other & AWAITED_FOR_EVER > 0)),
        }

    def _split(self, rows: NDArray[np.void]) -> NDArray[np.bool_]:
        """A shipment that leaves, or stands ready, after another of the same order."""
        mine = np.isin(rows["kind"], (Life.SHIPPED, Life.READY))
        split, numbers = mine.copy(), rows["number"][mine]
        another = np.ones(numbers.size, bool)
        another[np.unique(numbers, return_index=True)[1]] = False
        split[mine] = another | self._has_left[numbers]
        self._has_left[numbers] = True
        return split

    def _late(self, rows: NDArray[np.void]) -> NDArray[np.bool_]:
        mine: NDArray[np.bool_] = rows["kind"] == Life.DELIVERED
        within = self._delivery
        if not within or not mine.any():
            return np.zeros(rows.size, bool)
        late = mine.copy()
        late[mine] = rows["time"][mine] > self._placed[rows["number"][mine]] + within
        return late


__all__ = ["FEW", "KINDS", "Notable", "NotableOrders", "Seeker"]
