"""Where local days begin, on the clock of the run, and how far the local clock jumps on them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

_DAY_US = 86_400_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def midnights_of(zone: ZoneInfo, start_us: int, days: int) -> NDArray[np.int64]:
    """Starts of ``days`` local days, µs since the epoch, the first that of the day in which ``start_us`` lies.

    Examples
    --------
    A day of 25 hours, on which clocks were put back:

    >>> found = midnights_of(ZoneInfo("America/New_York"), 1_793_505_600_000_000, 3)
    >>> (np.diff(found) // 3_600_000_000).tolist()
    [25, 24]
    """
    first = (_EPOCH + timedelta(microseconds=start_us)).astimezone(zone).date()
    starts = [datetime.combine(first + timedelta(days=d), time(), zone) for d in range(days)]
    return np.array([(start.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1) for start in starts], np.int64)


def jumps_of(zone: ZoneInfo, midnights: NDArray[np.int64]) -> NDArray[np.int64]:
    """When in each local day its clock jumps, µs after midnight, and how far, µs (0: not at all); shape (days, 2).

    Examples
    --------
    At two o'clock it is one o'clock again:

    >>> days = midnights_of(ZoneInfo("America/New_York"), 1_793_505_600_000_000, 2)
    >>> (jumps_of(ZoneInfo("America/New_York"), days) // 3_600_000_000).tolist()
    [[2, -1], [0, 0]]
    """
    jumps = np.zeros((midnights.size, 2), np.int64)
    for day in np.flatnonzero(np.diff(midnights) != _DAY_US).tolist():
        begin, end = int(midnights[day]), int(midnights[day + 1])
        before, after = begin - 1, end - 1
        offset = _offset_us(zone, before)
        while after - before > 1:
            middle = (before + after) // 2
            if _offset_us(zone, middle) == offset:
                before = middle
            else:
                after = middle
        jumps[day] = after - begin, _DAY_US - (end - begin)
    return jumps


def _offset_us(zone: ZoneInfo, instant_us: int) -> int:
    offset = (_EPOCH + timedelta(microseconds=instant_us)).astimezone(zone).utcoffset()
    assert offset is not None
    return offset // timedelta(microseconds=1)


@dataclass(frozen=True, eq=False)
class LocalDays:
    """The local days of places by the clocks they go by.

    Attributes
    ----------
    midnights : shape (clocks, days), see ``midnights_of``
    jumps : shape (clocks, days, 2), see ``jumps_of``
    clock : shape (places,), which clock each place goes by
    """

    midnights: NDArray[np.int64]
    jumps: NDArray[np.int64]
    clock: NDArray[np.int32]

    @classmethod
    def of(cls, zones: Sequence[str], start_us: int, days: int) -> LocalDays:
        """Local days of places, from the names of their time zones."""
        names = list(dict.fromkeys(zones))
        midnights = [midnights_of(ZoneInfo(name), start_us, days) for name in names]
        jumps = [jumps_of(ZoneInfo(name), found) for name, found in zip(names, midnights, strict=True)]
        return cls(np.stack(midnights), np.stack(jumps), np.array([names.index(zone) for zone in zones], np.int32))

    def open_from(self, place: int, hours: tuple[int, int] | None, time_us: int) -> int:
        """The first instant from ``time_us`` on at which a place with these hours is open, as ``twin.orders.clocks`` has it.

        Examples
        --------
        >>> new_york = LocalDays.of(["America/New_York"], 1_793_505_600_000_000, 3)  # midnight of a day of 25 hours
        >>> hour, midnight = 3_600_000_000, 1_793_505_600_000_000
        >>> for passed in (3, 10, 24):  # it shows 2, 9 and 23 o'clock then
        ...     print((new_york.open_from(0, (8 * hour, 22 * hour), midnight + passed * hour) - midnight) // hour)
        9
        10
        33
        """
        opens, closes = hours or (0, 0)
        midnights, jumps = self.midnights[self.clock[place]].tolist(), self.jumps[self.clock[place]].tolist()
        day = bisect_right(midnights, time_us) - 1
        passed, (at, by) = time_us - midnights[day], jumps[day]
        shown = passed + (by if passed >= at else 0)
        if opens <= shown < closes if opens < closes else not closes <= shown < opens:
            return time_us
        day += opens < closes <= shown
        if day >= len(midnights):
            return time_us
        at, by = jumps[day]
        until_opening = max(at, opens - by) if by and opens >= at else opens
        return max(time_us, int(midnights[day]) + until_opening)
