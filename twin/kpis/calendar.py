"""The measured horizon and the names of its days and weeks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from twin.kpis.ledger import DAY_US, Ledger

MOST_TIMES = 3660  # ten years of days: as many as are listed one by one

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Horizon:
    """What is measured: from the end of the warm-up to the end, half-open, in µs."""

    start_us: int
    end_us: int
    days: int

    @classmethod
    def of(cls, ledger: Ledger) -> Horizon:
        """The measured horizon of a ledger.

        Raises
        ------
        ValueError
            When the warm-up leaves nothing to measure.
        """
        days = ledger.days - ledger.warmup_days
        if days <= 0:
            raise ValueError(
                f"warmup_days(={ledger.warmup_days}) must be less than days(={ledger.days}): "
                "nothing is measured."
            )
        start_us = ledger.start_us + ledger.warmup_days * DAY_US
        return cls(start_us, ledger.start_us + ledger.days * DAY_US, days)

    @property
    def length_us(self) -> int:
        """Length of the horizon in µs."""
        return self.end_us - self.start_us

    def day_of(self, at_us: NDArray[np.int64]) -> NDArray[np.int64]:
        """Day, from the start of measurement, in which each instant falls; may be outside the horizon."""
        return (at_us - self.start_us) // DAY_US

    def closing_day_of(self, at_us: NDArray[np.int64]) -> NDArray[np.int64]:
        """As ``day_of`` for measurements, which come last in an instant: midnight closes the day before."""
        return self.day_of(at_us - 1)


def dates(ledger: Ledger, timezone: str = "UTC") -> NDArray[np.datetime64]:
    """Local date of each measured day, shape (days,).

    Days have 24 hours, so after a change of clocks they no longer begin at local midnight; they keep their
    date.
    """
    local = (_EPOCH + dt.timedelta(microseconds=ledger.start_us)).astimezone(ZoneInfo(timezone))
    return np.datetime64(local.date(), "D") + np.arange(ledger.warmup_days, ledger.days)


def day_names(days: NDArray[np.datetime64]) -> list[str]:
    """ISO dates: ``2026-11-16``."""
    return [str(name) for name in np.datetime_as_string(days, unit="D")]


def week_names(days: NDArray[np.datetime64]) -> list[str]:
    """ISO week of each day: ``2026-W47``. A week belongs to the year of its Thursday."""
    since_monday = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    thursday = days - since_monday + 3
    year = thursday.astype("datetime64[Y]")
    week = (thursday - year.astype("datetime64[D]")).astype(np.int64) // 7 + 1
    numbers = zip((year.astype(np.int64) + 1970).tolist(), week.tolist(), strict=True)
    return [f"{y}-W{w:02d}" for y, w in numbers]
