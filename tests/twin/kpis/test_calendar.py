from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.kpis.fabricate import empty
from twin.kpis.calendar import dates, day_names, week_names


def us(*moment: int) -> int:
    return int(dt.datetime(*moment, tzinfo=dt.UTC).timestamp()) * 1_000_000  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("start", "timezone"),
    [
        ((2026, 11, 2, 5), "America/New_York"),  # midnight there
        ((2026, 11, 1, 15), "Asia/Tokyo"),
        ((2026, 11, 2), "UTC"),
    ],
)
def test_days_have_the_local_date(start: tuple[int, ...], timezone: str) -> None:
    ledger = empty(days=3, warmup_days=1, start_us=us(*start))
    assert day_names(dates(ledger, timezone)) == ["2026-11-03", "2026-11-04"]


def test_no_date_comes_twice_when_clocks_change() -> None:
    ledger = empty(days=20, start_us=us(2026, 10, 25, 4))  # midnight in New York; clocks go back soon
    names = day_names(dates(ledger, "America/New_York"))
    assert names[0] == "2026-10-25"
    assert names[-1] == "2026-11-13"
    assert len(set(names)) == 20


@given(st.dates(dt.date(1600, 1, 1), dt.date(9000, 1, 1)))
def test_weeks_are_those_of_iso(date: dt.date) -> None:
    year, week, _ = date.isocalendar()
    assert week_names(np.array([np.datetime64(date, "D")])) == [f"{year}-W{week:02d}"]


def test_a_horizon_of_thousands_of_years_has_dates() -> None:
    ledger = empty(days=3_000_001, warmup_days=3_000_000, buckets=[], locations=1)
    cycles = 20 * 146_097  # days of 8,000 years
    short_of = dt.date(1970, 1, 1) + dt.timedelta(days=3_000_000 - cycles)
    assert day_names(dates(ledger)) == [f"{short_of.year + 8000}-{short_of:%m-%d}"]
