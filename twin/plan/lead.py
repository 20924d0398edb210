"""Lead times: the wait until the supplier takes an order, the wait for a departure, and the transit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import gcd
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from network import Lane, Network
from twin.brain.groups import CONTINUOUS
from twin.clock import DAY, MINUTE

_WEEK, _QUARTER = 7 * DAY, 15 * MINUTE
_MOST = 7 * 24 * 60  # instants of a week that are looked at one by one
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Instants = NDArray[np.int64]  # µs of the local week, from Monday 0:00


class LeadTimes:
    """Mean and variance, in days and days², from order to receipt over each lane of a network, for a review period.

    A lane that takes orders on some weekdays only is waited for from the instants at which a rule is asked; a departure from any
    time of the day. Local weeks are taken to be alike, whatever the clocks do.
    """

    def __init__(self, network: Network, start_us: int, timezone: str) -> None:
        self._network, self._start, self._timezone = network, start_us, timezone
        self._always = np.array([_lead_time(lane) for lane in network.lanes]).reshape(-1, 2)
        self._waiting = [number for number, lane in enumerate(network.lanes) if lane.order_days]
        self._by_review: dict[int, NDArray[np.float64]] = {}

    def of(self, review_us: int) -> NDArray[np.float64]:
        """An array (lanes, 2)."""
        if not self._waiting:
            return self._always
        if review_us not in self._by_review:
            lead = self._by_review[review_us] = self._always.copy()
            for number in self._waiting:
                lead[number] = self._with_order_days(self._network.lanes[number], review_us)
        return self._by_review[review_us]

    def _with_order_days(self, lane: Lane, review_us: int) -> tuple[float, float]:
        zone = self._network.location(lane.origin).timezone or self._timezone
        waits = waits_for(asked(review_us, self._start, zone), lane.order_days, lane.departs).tolist()
        wait = sum(waits) / len(waits)
        spread = sum((each - wait) ** 2 for each in waits) / len(waits)
        mean, variance = _transit(lane)
        return mean + wait / DAY, variance + spread / DAY**2


def asked(review_us: int, start_us: int, timezone: str) -> Instants:
    """The instants of the local week at which a rule is asked; any quarter of an hour where that is at any time."""
    count = _WEEK // gcd(review_us, _WEEK)
    if review_us == CONTINUOUS or count > _MOST:
        return np.arange(_QUARTER // 2, _WEEK, _QUARTER)
    start = (_EPOCH + timedelta(microseconds=start_us)).astimezone(ZoneInfo(timezone))
    since = timedelta(days=start.weekday(), hours=start.hour, minutes=start.minute, seconds=start.second)
    return (since // timedelta(microseconds=1) + np.arange(count) * (review_us % _WEEK)) % _WEEK


def waits_for(at: Instants, order_days: tuple[int, ...], departs: tuple[int, ...]) -> Instants:
    """From orders placed ``at`` such instants until they leave, µs.

    What is ordered on an order day is taken at once, other orders at the midnight before the next such day. A review comes after
    the departure of its instant.
    """
    ahead = np.array([min((day - today) % 7 for day in order_days) for today in range(7)])
    day, clock = at // DAY, at % DAY
    taken = np.where(ahead[day] == 0, at, (day + ahead[day]) * DAY)
    if not departs:
        return taken - at
    times = np.array(sorted(departs), np.int64)
    later = np.where(taken > at, 0, np.searchsorted(times, clock, side="right"))
    leaves = taken - taken % DAY + np.append(times, times[0] + DAY)[later]
    return np.asarray(leaves - at)


def _lead_time(lane: Lane) -> tuple[float, float]:
    """With orders taken on any day: the wait for a departure, and the transit."""
    mean, variance = _transit(lane)
    if not lane.departs:
        return mean, variance
    times = sorted(lane.departs)
    gaps = [(b - a) / DAY for a, b in zip(times, [*times[1:], times[0] + DAY], strict=True)]
    wait = sum(gap * gap for gap in gaps) / 2.0
    spread = sum(gap * gap * gap for gap in gaps) / 3.0 - wait * wait
    return mean + wait, variance + spread


def _transit(lane: Lane) -> tuple[float, float]:
    fixed = isinstance(lane.transit, int | float)
    deviation = 0.0 if fixed else float(getattr(lane.transit, "sd", 0.0) or 0.0) / DAY
    return lane.mean_transit / DAY, deviation * deviation
