"""What availability is weighted with: the demand that is expected of each cell, and the hours in which its location is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from twin.clock import DAY

if TYPE_CHECKING:
    from network import Location
    from twin.plan.build import Plan


def expected_of(plan: Plan) -> NDArray[np.float64]:
    """Units a day expected of each cell; shape (cells,)."""
    parts = [plan.demand.moments(location, ranged.size)[0] for location, ranged in enumerate(plan.ranged.skus)]
    return np.concatenate([*parts, np.zeros(0)])


def open_hours(places: Sequence[Location], timezone: str, start_us: int, days: int) -> NDArray[np.int64]:
    """When in each day of a run each location opens, µs, and for how long; shape (days, locations, 2).

    What goes beyond the end of a day is at its beginning. Days of a run have 24 hours: a change to or from summer time moves the
    hours, from the day of the change on. A location without hours is always open.
    """
    hours = np.zeros((days, len(places), 2), np.int64)
    hours[:, :, 1] = DAY
    noons: dict[str, NDArray[np.int64]] = {}
    for location, place in enumerate(places):
        if place.open is not None:
            zone = place.timezone or timezone
            if zone not in noons:
                noons[zone] = _local_noons(ZoneInfo(zone), start_us, days)
            opens, closes = place.open
            hours[:, location, 0] = (opens - noons[zone] + DAY // 2) % DAY
            hours[:, location, 1] = (closes - opens) % DAY or DAY
    return hours


def _local_noons(zone: ZoneInfo, start_us: int, days: int) -> NDArray[np.int64]:
    """What the local clock shows half-way through each day of the run, µs."""
    clocks = []
    for day in range(days):
        at = datetime.fromtimestamp((start_us + day * DAY + DAY // 2) / 1_000_000, UTC).astimezone(zone)
        clocks.append(((at.hour * 60 + at.minute) * 60 + at.second) * 1_000_000 + at.microsecond)
    return np.array(clocks, np.int64)
