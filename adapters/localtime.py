"""Local wall-clock times of a whole column to UTC, with the two hours a year that clocks skip and repeat.

The offsets of a zone are found with :mod:`zoneinfo` (once per column, day by day), and applied with NumPy.
"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
from numpy.typing import NDArray

from adapters.problems import FeedError, nearest

SECOND = 1_000_000
DAY = 86_400 * SECOND
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SPAN = (0, 7_258_118_400 * SECOND)
"""Times are read from 1970 up to, and without, 2200 (µs since the epoch)."""


def zone(name: str) -> ZoneInfo:
    """Return the time zone of that name, or raise a FeedError with the nearest one."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise FeedError(f"timezone (={name!r}) is not known{nearest(name, available_timezones())}") from None


def transitions(zone: ZoneInfo, days: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the instants at which the offset changes, and the offsets around them.

    Parameters
    ----------
    days
        Ascending µs since the epoch, UTC. Between two a day apart the change is found, to the second;
        between others one, if the offset is not the same at both.

    Returns
    -------
    (n,) instants and (n + 1,) offsets from UTC before, between and after them, both in µs.
    """
    instants, offsets = [], [_offset(zone, int(days[0]))]
    for low, high in pairwise(days.tolist()):
        after = _offset(zone, high)
        if after == offsets[-1]:
            continue
        while high - low > SECOND:
            middle = (low + high) // (2 * SECOND) * SECOND
            if _offset(zone, middle) == offsets[-1]:
                low = middle
            else:
                high = middle
        instants.append(high)
        offsets.append(after)
    return np.array(instants, np.int64), np.array(offsets, np.int64)


def to_utc(
    local: NDArray[np.int64], zone: ZoneInfo
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Turn wall-clock times into UTC.

    Parameters
    ----------
    local
        (n,) wall-clock µs, counted as if the wall clock were UTC; within a day of `SPAN`.

    Returns
    -------
    utc
        (n,) µs since the epoch. A time that the clocks showed twice is the first of the two (Python's
        ``fold=0``).
    skipped
        (n,) True where the clocks never showed it (they were put forward); its ``utc`` means nothing.
    repeated
        (n,) True where they showed it twice.
    """
    if not len(local):
        return local, np.zeros(0, np.bool_), np.zeros(0, np.bool_)
    days = np.unique(local // DAY)
    near = np.unique(np.add.outer(np.arange(-2, 4), days))
    instants, offsets = transitions(zone, near * DAY)
    until = instants + offsets[:-1]  # wall clock at which the old offset ends
    since = instants + offsets[1:]  # wall clock at which the new one begins
    era = np.searchsorted(until, local, side="right")
    skipped = (era > 0) & (local < np.append(since, 0)[era - 1])
    repeated = (era < len(since)) & (local >= np.append(since, 0)[np.minimum(era, len(since))])
    return local - offsets[era], skipped, repeated


def instant(moment: datetime, zone: ZoneInfo) -> tuple[int, bool]:
    """Turn one date and time into µs since the epoch; a naive one is the zone's wall clock.

    Returns
    -------
    The µs, and whether the clocks showed that time twice (then it is the first of the two).

    Raises
    ------
    ValueError
        Where the clocks never showed it.
    """
    repeated = False
    if moment.tzinfo is None:
        wall, moment = moment, moment.replace(tzinfo=zone)
        if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) != wall:
            raise ValueError(f"does not exist in {zone.key}: the clocks were put forward")
        repeated = moment.utcoffset() != moment.replace(fold=1).utcoffset()
    return (moment - EPOCH) // timedelta(microseconds=1), repeated


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = (EPOCH + timedelta(microseconds=at)).astimezone(zone).utcoffset()
    return 0 if offset is None else offset // timedelta(microseconds=1)
