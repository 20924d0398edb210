"""Text to values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import values
from scenarios.values import ValueFault


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("5us", 5),
        ("800ms", 800_000),
        ("40s", 40_000_000),
        ("30m", 1_800_000_000),
        ("30min", 1_800_000_000),
        ("4h", 14_400_000_000),
        ("2d", 172_800_000_000),
        ("1w", 604_800_000_000),
        ("1.5h", 5_400_000_000),
        (".1d", 8_640_000_000),
        ("0.3us", 0),
        ("1e3s", 1_000_000_000),
        ("007d", 604_800_000_000),
        ("0", 0),
    ],
)
def test_duration(text: str, microseconds: int) -> None:
    assert values.duration(text) == microseconds


@pytest.mark.parametrize(
    ("text", "says", "nearest"),
    [
        ("5", "needs a unit", None),
        ("5 dyas", "unknown unit `dyas`", "d"),
        ("5 hours", "unknown unit `hours`", "h"),
        ("5D", "unknown unit `D`", "d"),
        ("-5d", "must not be negative", None),
        ("soon", "not a valid value", None),
        ("1e999d", "not a valid value", None),
        ("1e300d", "not a valid value", None),
        ("", "not a valid value", None),
        ("5d 4h", "not a valid value", None),
    ],
)
def test_bad_duration(text: str, says: str, nearest: str | None) -> None:
    with pytest.raises(ValueFault) as caught:
        values.duration(text)
    assert says in caught.value.message
    assert caught.value.nearest == nearest


def test_a_tiny_exponent_is_no_trap() -> None:
    assert values.duration("1e-999999999d") == 0  # as an exact fraction it would fill the memory


@given(st.integers(0, 2**61))
def test_durations_come_back_as_they_were_shown(value: int) -> None:
    assert values.duration(values.show_duration(value)) == value


@given(st.integers(0, values.DAY // 1_000_000))
def test_clock_times_come_back_as_they_were_shown(second: int) -> None:
    assert values.clock(values.show_clock(second * 1_000_000)) == second * 1_000_000


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_come_back_as_they_were_shown(value: float) -> None:
    assert values.number(values.show_number(value)) == value


@pytest.mark.parametrize(
    ("text", "per_day"),
    [("20/d", 20), ("3 / h", 72), ("1/min", 1440), ("1/s", 86400), ("7/w", 1), (".01/d", 0.01), ("0/d", 0)],
)
def test_rate(text: str, per_day: float) -> None:
    assert values.rate(text) == pytest.approx(per_day, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "nearest"), [("20", None), ("20/m", "min"), ("20/day", "d"), ("x/d", None), ("-1/d", None)]
)
def test_bad_rate(text: str, nearest: str | None) -> None:
    with pytest.raises(ValueFault) as caught:
        values.rate(text)
    assert caught.value.nearest == nearest
    assert "N/s, N/min, N/h, N/d or N/w" in caught.value.expected


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (values.number, "010", 10.0),
        (values.number, "1e-3", 0.001),
        (values.number, ".7", 0.7),
        (values.whole, "010", 10),
        (values.whole, "1e6", 1_000_000),
        (values.whole, "9223372036854775807", 2**63 - 1),
        (values.share, "1", 1.0),
        (values.clock, "18:30", 66_600_000_000),
        (values.clock, "24:00", values.DAY),
        (values.opening, "08:00-22:00", (28_800_000_000, 79_200_000_000)),
        (values.opening, "22:00-06:00", (79_200_000_000, 21_600_000_000)),
        (values.weekday, "Tue", 1),
        (values.weekday, "sunday", 6),
        (values.boolean, "no", False),
        (values.boolean, "True", True),
        (values.local_time, "2026-11-27T10:00", datetime(2026, 11, 27, 10)),
        (values.zone, "America/New_York", "America/New_York"),
    ],
)
def test_other_values(read: Callable[[str], Any], text: str, value: Any) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (values.number, "1_000"),
        (values.number, "nan"),
        (values.number, "inf"),
        (values.number, "1e999"),
        (values.number, "0x10"),
        (values.number, "١٢"),
        (values.whole, "1.5"),
        (values.whole, "9" * 5000),
        (values.count, "-1"),
        (values.count, "2147483648"),
        (values.positive_count, "0"),
        (values.positive, "0"),
        (values.amount, "-0.1"),
        (values.share, "1.01"),
        (values.share, "5%"),
        (values.clock, "25:00"),
        (values.clock, "24:01"),
        (values.clock, "18:60"),
        (values.clock, "1830"),
        (values.opening, "08:00"),
        (values.opening, "08:00-08:00"),
        (values.weekday, "tues"),
        (values.boolean, "1"),
        (values.local_time, "02.11.2026"),
        (values.local_time, "2026-11-31"),
        (values.local_time, "2026-11-02T10:00Z"),
        (values.local_time, "20261102"),
        (values.local_time, "2026-W45"),
        (values.local_time, "9999-12-31"),
        (values.zone, "New York"),
        (values.zone, "../etc/passwd"),
        (values.positive_duration, "0d"),
    ],
)
def test_other_bad_values(read: Callable[[str], Any], text: str) -> None:
    with pytest.raises(ValueFault):
        read(text)


def test_local_times_become_utc() -> None:
    start = values.to_utc(datetime(2026, 11, 2), "America/New_York")
    assert start == 1_793_595_600_000_000
    assert start - values.to_utc(datetime(2026, 11, 1), "America/New_York") == 25 * values.MICROSECONDS["h"]
    first_of_two = values.to_utc(datetime(2026, 11, 1, 1, 30), "America/New_York")
    assert first_of_two == 1_793_511_000_000_000


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (values.duration, values.rate, values.whole, values.clock, values.opening, values.local_time):
        try:
            read(text)
        except ValueFault as fault:
            assert fault.expected
