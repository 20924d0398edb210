"""Local clock times as instants, through both changes of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.clock import DAY, HOUR, MINUTE
from twin.world.departures import Timetable

NEW_YORK = "America/New_York"


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


def local(instant: int, zone: str = NEW_YORK) -> str:
    return datetime.fromtimestamp(instant / 1_000_000, UTC).astimezone(ZoneInfo(zone)).strftime("%a %d %H:%M")


def test_the_first_at_or_after() -> None:
    table = Timetable((20 * HOUR, 8 * HOUR), "UTC")
    assert table.next(utc("2026-03-02T08:00")) == utc("2026-03-02T08:00")
    assert table.next(utc("2026-03-02T08:00") + 1) == utc("2026-03-02T20:00")
    assert table.next(utc("2026-03-02T20:00") + 1) == utc("2026-03-03T08:00")


def test_in_local_time_whatever_the_season() -> None:
    table = Timetable((6 * HOUR,), NEW_YORK)
    assert table.next(utc("2026-03-07T00:00")) == utc("2026-03-07T11:00")
    assert table.next(utc("2026-03-08T00:00")) == utc("2026-03-08T10:00")
    assert table.next(utc("2026-11-01T00:00")) == utc("2026-11-01T11:00")


def test_a_time_that_the_clocks_show_twice_counts_once() -> None:
    table = Timetable((HOUR + 30 * MINUTE,), NEW_YORK)
    first = table.next(utc("2026-11-01T04:00"))
    assert first == utc("2026-11-01T05:30")
    assert table.next(first + 1) == utc("2026-11-02T06:30")


def test_a_time_that_the_clocks_skip_comes_once() -> None:
    table = Timetable((2 * HOUR + 30 * MINUTE,), NEW_YORK)
    skipped = table.next(utc("2026-03-08T05:00"))
    assert local(skipped) == "Sun 08 03:30"  # half an hour after two, as it would have been
    assert local(table.next(skipped + 1)) == "Mon 09 02:30"


def test_only_some_weekdays() -> None:
    table = Timetable((0,), NEW_YORK, (1, 4))
    monday = utc("2026-03-02T12:00")
    days = [local(table.next(monday + i * DAY)) for i in range(4)]
    assert days == ["Tue 03 00:00", "Fri 06 00:00", "Fri 06 00:00", "Fri 06 00:00"]
    assert not table.covers(monday)
    assert table.covers(monday + DAY)
    assert table.covers(utc("2026-03-04T04:59"))  # still Tuesday in New York
    assert not table.covers(utc("2026-03-04T05:00"))


@pytest.mark.parametrize("zone", [NEW_YORK, "Europe/Berlin", "Australia/Lord_Howe", "UTC"])
@given(data=st.data())
def test_asked_in_any_order_it_answers_the_same(zone: str, data: st.DataObject) -> None:
    start = utc("2026-02-01T00:00")
    clocks = tuple(data.draw(st.sets(st.integers(0, 95), min_size=1, max_size=3)))
    asked = data.draw(st.lists(st.integers(0, 400 * 24 * 4), min_size=1, max_size=12))
    table = Timetable(tuple(c * 15 * MINUTE for c in clocks), zone)
    for quarter in asked:
        at = start + quarter * 15 * MINUTE
        found = table.next(at)
        assert found == Timetable(tuple(c * 15 * MINUTE for c in clocks), zone).next(at)
        assert at <= found < at + DAY + 2 * HOUR
        assert table.next(found) == found
