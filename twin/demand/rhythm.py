"""How demand swings over a day, a week and a surge: each day of the run gets a pattern of 96 quarters of an hour.

A day here is 24 hours from the start of the run. Local hours and weekdays are looked up quarter by quarter, so that a change to
or from summer time moves the pattern with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from twin.clock import DAY, HOUR, MINUTE

QUARTERS = 96
QUARTER = 15 * MINUTE

# Shares of baskets by local hour and weekday (Monday first), measured in the Complete Journey data.
RETAIL_HOURS = (
    0.7, 0.4, 0.4, 0.2, 0.1, 0.2, 0.7, 1.4, 2.1, 3.0, 4.5, 6.0, 6.7, 6.8, 7.1, 7.7, 9.0, 10.0, 9.4, 7.9, 6.5, 4.8, 3.0, 1.5
)  # fmt: skip
RETAIL_WEEKDAYS = (14.1, 13.4, 13.2, 13.4, 13.8, 15.9, 16.3)


@dataclass(frozen=True)
class Rhythm:
    """What shapes a stream's rate over time; streams that share one share its patterns.

    ``hours`` has 24 weights and ``weekdays`` 7, both of mean 1; ``open_us`` is (opening, closing) in µs of the local day;
    ``surges`` are (start, end, times) in µs since the epoch; ``only`` limits the stream to [start, end).
    """

    hours: tuple[float, ...] = (1.0,) * 24
    weekdays: tuple[float, ...] = (1.0,) * 7
    open_us: tuple[int, int] | None = None
    surges: tuple[tuple[int, int, float], ...] = ()
    only: tuple[int, int] | None = None
    timezone: str = "UTC"

    @property
    def flat(self) -> bool:
        """Whether every quarter of every day is alike."""
        return self == Rhythm(timezone=self.timezone)


def weights(profile: str | Sequence[float] | None, retail: tuple[float, ...]) -> tuple[float, ...]:
    """A profile of a scenario (`flat`, `retail` or a list) as weights of mean 1."""
    if profile is None or profile == "flat":
        return (1.0,) * len(retail)
    chosen = retail if profile == "retail" else tuple(float(w) for w in profile)
    return tuple(w * len(chosen) / sum(chosen) for w in chosen)


@dataclass(frozen=True)
class Patterns:
    """The patterns of a rhythm over a run.

    ``of_day`` (days,) names the pattern of each day; ``factor`` (patterns,) is the day's demand against an average day;
    ``edges`` (patterns, 97) the cumulative shares of the quarters on [0, 2**32].
    """

    of_day: NDArray[np.int32]
    factor: NDArray[np.float64]
    edges: NDArray[np.int64]

    @property
    def stretch(self) -> NDArray[np.float64]:
        """µs for each step of a uniform number within a quarter; shape (patterns, 96)."""
        return QUARTER / np.maximum(np.diff(self.edges, axis=1), 1)


def _openness(open_us: tuple[int, int] | None, local_us: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of each quarter, starting at ``local_us`` of the local day, that lies in the opening hours."""
    if open_us is None:
        return np.ones(local_us.size)
    opens, closes = open_us
    closes += DAY if closes <= opens else 0
    overlap = np.zeros(local_us.size)
    for start in (local_us, local_us + DAY):
        overlap += np.clip(np.minimum(start + QUARTER, closes) - np.maximum(start, opens), 0, None)
    return overlap / QUARTER


def _overlap(at_us: NDArray[np.int64], start: int, end: int) -> NDArray[np.float64]:
    shared: NDArray[np.float64] = np.clip(np.minimum(at_us + QUARTER, end) - np.maximum(at_us, start), 0, None) / QUARTER
    return shared


def _day(rhythm: Rhythm, day_start: int, zone: ZoneInfo) -> NDArray[np.float64]:
    """Weight of each quarter of a day; they sum to 96 on an average day."""
    at = day_start + np.arange(QUARTERS, dtype=np.int64) * QUARTER
    local = [datetime.fromtimestamp(t / 1_000_000, UTC).astimezone(zone) for t in at.tolist()]
    clock = np.array([(t.hour * 60 + t.minute) * MINUTE + t.second * 1_000_000 for t in local], np.int64)
    hour, weekday = np.array([t.hour for t in local]), np.array([t.weekday() for t in local])
    weight: NDArray[np.float64] = np.asarray(rhythm.hours)[hour] * _openness(rhythm.open_us, clock)
    weight *= np.asarray(rhythm.weekdays)[weekday] / _mean_open(rhythm)
    for start, end, times in rhythm.surges:
        weight *= 1.0 + (times - 1.0) * _overlap(at, start, end)
    if rhythm.only is not None:
        weight *= _overlap(at, *rhythm.only)
    return weight


def _mean_open(rhythm: Rhythm) -> float:
    """Mean weight of the opening hours: the daily rate is sold while the store is open."""
    quarters = np.arange(QUARTERS, dtype=np.int64) * QUARTER
    share = np.asarray(rhythm.hours)[quarters // HOUR] * _openness(rhythm.open_us, quarters)
    return float(np.cumsum(share)[-1]) / QUARTERS or 1.0


def patterns(rhythm: Rhythm, start_us: int, days: int) -> Patterns:
    """The patterns of ``rhythm`` for ``days`` days from ``start_us``; days that are alike share one."""
    if rhythm.flat:
        return _collect([np.ones(QUARTERS)], np.zeros(days, np.int32))
    zone, known = ZoneInfo(rhythm.timezone), dict[bytes, int]()
    rows: list[NDArray[np.float64]] = []
    of_day = np.zeros(days, np.int32)
    by_signature: dict[tuple[int, int, int], int] = {}
    for day in range(days):
        day_start = start_us + day * DAY
        signature = _signature(rhythm, day_start, zone)
        if signature is not None and signature in by_signature:
            of_day[day] = by_signature[signature]
            continue
        row = _day(rhythm, day_start, zone)
        of_day[day] = known.setdefault(row.tobytes(), len(rows))
        if of_day[day] == len(rows):
            rows.append(row)
        if signature is not None:
            by_signature[signature] = int(of_day[day])
    return _collect(rows, of_day)


def _signature(rhythm: Rhythm, day_start: int, zone: ZoneInfo) -> tuple[int, int, int] | None:
    """Weekday, local start and local end of an ordinary day: two with the same are alike. None for a day with a surge."""
    spans = [(a, b) for a, b, _ in rhythm.surges] + ([rhythm.only] if rhythm.only else [])
    if any(a < day_start + DAY and b > day_start for a, b in spans) or rhythm.only:
        return None
    first, last = (datetime.fromtimestamp(t / 1_000_000, zone) for t in (day_start, day_start + DAY))
    return first.weekday(), first.hour * 3600 + first.minute * 60 + first.second, last.hour * 60 + last.minute


def _collect(rows: list[NDArray[np.float64]], of_day: NDArray[np.int32]) -> Patterns:
    factor, edges = np.zeros(len(rows)), np.zeros((len(rows), QUARTERS + 1), np.int64)
    for i, row in enumerate(rows):
        cumulative = np.cumsum(row)
        factor[i] = cumulative[-1] / QUARTERS
        if cumulative[-1] > 0:
            edges[i, 1:] = np.rint(cumulative / cumulative[-1] * (1 << 32)).astype(np.int64)
        edges[i, -1] = 1 << 32
    return Patterns(of_day, factor, edges)
