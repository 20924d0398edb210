"""Demand over a day, a week, a change of the clocks and a surge."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from twin.clock import DAY, HOUR, MINUTE
from twin.demand.rhythm import QUARTER, QUARTERS, RETAIL_HOURS, RETAIL_WEEKDAYS, Patterns, Rhythm, patterns, weights

NEW_YORK = "America/New_York"


def at(text: str, zone: str = "UTC") -> int:
    """µs since the epoch of a local time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1_000_000


def shares(found: Patterns, day: int) -> NDArray[np.float64]:
    """Share of a day's demand in each quarter of an hour."""
    edges: NDArray[np.int64] = found.edges[found.of_day[day]]
    return np.diff(edges) / 2**32


def by_hour(found: Patterns, day: int) -> NDArray[np.float64]:
    hours: NDArray[np.float64] = shares(found, day).reshape(24, 4).sum(axis=1)
    return hours


def test_without_a_rhythm_every_quarter_is_alike() -> None:
    found = patterns(Rhythm(), at("2026-03-02"), 400)
    assert found.factor.tolist() == [1.0]
    assert not found.of_day.any()
    np.testing.assert_allclose(shares(found, 0), 1 / QUARTERS, atol=1e-9)


def test_opening_hours_hold_the_whole_daily_rate() -> None:
    rhythm = Rhythm(open_us=(8 * HOUR + 30 * MINUTE, 22 * HOUR + 10 * MINUTE))
    found = patterns(rhythm, at("2026-03-02"), 3)
    assert found.factor.tolist() == pytest.approx([1.0])
    quarters = shares(found, 1)
    opens, last = 34, 88  # 08:30 and 22:00
    assert quarters[:opens].sum() == quarters[last + 1 :].sum() == 0
    assert quarters[last] == pytest.approx(quarters[opens] * 10 / 15, rel=1e-6)
    np.testing.assert_allclose(quarters[opens:last], quarters[opens], rtol=1e-6)


@pytest.mark.parametrize(("closes", "hours"), [(2, (22, 23, 0, 1)), (24, (22, 23))])
def test_a_store_may_close_at_or_after_midnight(closes: int, hours: tuple[int, ...]) -> None:
    found = patterns(Rhythm(open_us=(22 * HOUR, closes * HOUR)), at("2026-03-02"), 2)
    assert found.factor.tolist() == pytest.approx([1.0])
    assert np.flatnonzero(by_hour(found, 0)).tolist() == sorted(hours)


def test_profiles_of_hours_and_weekdays() -> None:
    rhythm = Rhythm(weights("retail", RETAIL_HOURS), weights("retail", RETAIL_WEEKDAYS))
    found = patterns(rhythm, at("2026-03-02"), 14)  # from a Monday
    np.testing.assert_allclose(by_hour(found, 4), np.array(RETAIL_HOURS) / sum(RETAIL_HOURS), rtol=1e-6)
    factors = found.factor[found.of_day]
    np.testing.assert_allclose(factors[:7], np.array(RETAIL_WEEKDAYS) * 7 / sum(RETAIL_WEEKDAYS), rtol=1e-9)
    np.testing.assert_array_equal(factors[:7], factors[7:])


def test_profiles_have_a_mean_of_one() -> None:
    assert weights("flat", RETAIL_HOURS) == weights(None, RETAIL_HOURS) == (1.0,) * 24
    assert weights([0, 0, 0, 0, 0, 3, 1], RETAIL_WEEKDAYS) == (0, 0, 0, 0, 0, 5.25, 1.75)


def test_a_day_from_noon_has_two_weekdays() -> None:
    only_tuesdays = Rhythm(weekdays=(0, 7, 0, 0, 0, 0, 0))
    found = patterns(only_tuesdays, at("2026-03-02T12:00"), 7)
    assert found.factor[found.of_day].tolist() == [3.5, 3.5, 0, 0, 0, 0, 0]
    assert by_hour(found, 0)[:12].sum() == by_hour(found, 1)[12:].sum() == 0


@pytest.mark.parametrize(
    ("start", "opens"),
    [
        # The clocks go forward on Sunday 8 March 2026: from then on opening comes an hour earlier in the run's days.
        ("2026-03-07", [8, 7, 7]),
        # They go back on Sunday 1 November.
        ("2026-10-31", [8, 9, 9]),
    ],
)
def test_opening_hours_move_with_the_clocks(start: str, opens: list[int]) -> None:
    found = patterns(Rhythm(open_us=(8 * HOUR, 20 * HOUR), timezone=NEW_YORK), at(start, NEW_YORK), 3)
    for day, first in enumerate(opens):
        assert np.flatnonzero(by_hour(found, day)).tolist() == list(range(first, first + 12))
        assert found.factor[found.of_day[day]] == pytest.approx(1.0)


def test_an_hour_that_is_skipped_is_not_sold_and_one_shown_twice_is_sold_twice() -> None:
    hours = (0.0,) * 1 + (24.0,) + (0.0,) * 22  # all demand between one and two o'clock
    rhythm = Rhythm(hours=hours, timezone=NEW_YORK)
    back = patterns(rhythm, at("2026-11-01", NEW_YORK), 1)
    assert back.factor.tolist() == [2.0]
    assert by_hour(back, 0)[1:3].tolist() == pytest.approx([0.5, 0.5])
    two_to_three = Rhythm(hours=(0.0, 0.0, 24.0) + (0.0,) * 21, timezone=NEW_YORK)
    assert patterns(two_to_three, at("2026-03-08", NEW_YORK), 1).factor.tolist() == [0.0]


def test_a_surge_at_odd_boundaries_counts_for_its_exact_length() -> None:
    start = at("2026-03-02")
    begin, length, times = start + 10 * HOUR + 7 * MINUTE + 1, 83 * MINUTE + 333, 5.0
    found = patterns(Rhythm(surges=((begin, begin + length, times),)), start, 2)
    assert found.factor[found.of_day[0]] == pytest.approx(1 + (times - 1) * length / DAY, rel=1e-12)
    assert found.factor[found.of_day[1]] == 1
    quarters = shares(found, 0) / shares(found, 0)[0]
    assert quarters[40] == pytest.approx(1 + (times - 1) * (8 * MINUTE - 1) / QUARTER, rel=1e-6)
    assert quarters[41] == pytest.approx(times, rel=1e-6)
    assert quarters[39] == pytest.approx(1, rel=1e-6)


def test_a_surge_over_midnight_belongs_to_both_days() -> None:
    start = at("2026-03-02")
    found = patterns(Rhythm(surges=((start + 18 * HOUR, start + 30 * HOUR, 3.0),)), start, 3)
    assert found.factor[found.of_day].tolist() == pytest.approx([1.5, 1.5, 1.0])


def test_surges_multiply_and_may_be_lulls() -> None:
    start = at("2026-03-02")
    both = Rhythm(surges=((start, start + DAY, 2.0), (start, start + 2 * DAY, 0.25), (start + 2 * DAY, start + 3 * DAY, 0.0)))
    found = patterns(both, start, 4)
    assert found.factor[found.of_day].tolist() == [0.5, 0.25, 0.0, 1.0]


def test_a_stream_limited_to_a_stretch_sells_in_it_alone() -> None:
    start = at("2026-03-02")
    found = patterns(Rhythm(only=(start + 12 * HOUR, start + 36 * HOUR)), start, 3)
    assert found.factor[found.of_day].tolist() == [0.5, 0.5, 0.0]
    assert by_hour(found, 0)[:12].sum() == by_hour(found, 1)[12:].sum() == 0


ZONES = st.sampled_from(["UTC", NEW_YORK, "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"])
HOURS = st.integers(0, 24)


@st.composite
def rhythms(draw: st.DrawFn, start: int) -> Rhythm:
    opens = draw(st.none() | st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda o: o[0] != o[1]))
    surge = draw(st.none() | st.tuples(st.integers(0, 20 * 24), st.integers(1, 50), st.sampled_from([0.0, 0.25, 3.0, 9.5])))
    spans = () if surge is None else ((start + surge[0] * HOUR, start + (surge[0] + surge[1]) * HOUR, surge[2]),)
    return Rhythm(
        hours=weights(draw(st.sampled_from(["flat", "retail"])), RETAIL_HOURS),
        weekdays=weights(draw(st.sampled_from(["flat", "retail"])), RETAIL_WEEKDAYS),
        open_us=None if opens is None else (opens[0] * HOUR, opens[1] * HOUR),
        surges=spans,
        timezone=draw(ZONES),
    )


@settings(max_examples=40)
@given(st.data(), st.integers(20_400, 20_800), st.integers(0, 95))
def test_days_that_share_a_pattern_are_alike(data: st.DataObject, day: int, quarter: int) -> None:
    """Each day of a run has the pattern that it has alone, whatever the days before it were."""
    start = day * DAY + quarter * QUARTER
    rhythm = data.draw(rhythms(start))
    days = 20
    found = patterns(rhythm, start, days)
    for i in range(days):
        alone = patterns(rhythm, start + i * DAY, 1)
        assert found.factor[found.of_day[i]] == alone.factor[0]
        np.testing.assert_array_equal(found.edges[found.of_day[i]], alone.edges[0])


@settings(max_examples=25)
@given(st.data(), st.integers(20_400, 20_800))
def test_quarters_follow_the_local_clock(data: st.DataObject, day: int) -> None:
    """The weight of a quarter is that of its local hour and weekday, in opening hours."""
    start = day * DAY
    rhythm = data.draw(rhythms(start))
    found = patterns(rhythm, start, 1)
    zone, weight = ZoneInfo(rhythm.timezone), np.zeros(QUARTERS)
    for i in range(QUARTERS):
        local = datetime.fromtimestamp((start + i * QUARTER) / 1e6, UTC).astimezone(zone)
        opens, closes = rhythm.open_us or (0, DAY)
        clock = (local.hour * 60 + local.minute) * MINUTE
        is_open = opens <= clock < closes if opens < closes else clock >= opens or clock < closes
        weight[i] = rhythm.hours[local.hour] * rhythm.weekdays[local.weekday()] * is_open
        for begin, end, times in rhythm.surges:
            weight[i] *= times if begin <= start + i * QUARTER < end else 1
    if weight.sum() == 0:
        assert found.factor[0] == 0
    else:
        np.testing.assert_allclose(shares(found, 0), weight / weight.sum(), atol=2e-9)
