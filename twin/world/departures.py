"""When trucks leave: local clock times as instants."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from twin.clock import DAY

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Timetable:
    """The instants of some clock times of every local day, or of some weekdays, found as they are needed.

    A time that the clocks skip is as long after midnight as ever; of one they show twice, the first counts.
    """

    def __init__(self, times: tuple[int, ...], timezone: str, weekdays: tuple[int, ...] = ()) -> None:
        self._times, self._zone, self._weekdays = tuple(sorted(times)), ZoneInfo(timezone), weekdays
        self._known: list[int] = []

    def next(self, at: int) -> int:
        """The first instant at or after ``at``."""
        if not self._known or at < self._known[0] or at > self._known[-1]:
            self._fill(at)
        return self._known[bisect_left(self._known, at)]

    def covers(self, at: int) -> bool:
        """Whether ``at`` lies on one of the weekdays."""
        return (
            not self._weekdays
            or (_EPOCH + at * _MICROSECOND).astimezone(self._zone).weekday() in self._weekdays
        )

    def _fill(self, at: int) -> None:
        day = (_EPOCH + at * _MICROSECOND).astimezone(self._zone).date() - timedelta(days=1)
        found: list[int] = []
        for _ in range(40):
            if not self._weekdays or day.weekday() in self._weekdays:
                midnight = datetime.combine(day, time(), self._zone)
                found += [_instant(midnight, clock) for clock in self._times]
            day += timedelta(days=1)
        self._known = sorted(found)


@lru_cache(maxsize=1024)
def timetable(times: tuple[int, ...], timezone: str, weekdays: tuple[int, ...] = ()) -> Timetable:
    """The timetable of these times; lanes with the same one share it."""
    return Timetable(times, timezone, weekdays)


def _instant(midnight: datetime, clock_us: int) -> int:
    return (midnight + timedelta(microseconds=clock_us % DAY) - _EPOCH) // _MICROSECOND
