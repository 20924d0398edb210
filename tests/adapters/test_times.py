"""Times in every form, and the two hours a year that clocks skip and repeat."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.localtime import instant, to_utc
from adapters.times import Times

NEW_YORK = ZoneInfo("America/New_York")
NOON = 1_793_620_800_000_000  # 2026-11-02T12:00:00Z
ZONES = (
    "UTC",
    "America/New_York",
    "Europe/Dublin",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Africa/Casablanca",  # leaves summer time for a month
    "Pacific/Apia",  # skipped 30 December 2011
    "Asia/Kathmandu",
)
around_changes = st.one_of(
    st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)),
    st.builds(
        lambda day, minutes: day + timedelta(minutes=minutes),
        st.sampled_from(
            [datetime(2026, 11, 1), datetime(2026, 3, 8), datetime(2026, 3, 29), datetime(2011, 12, 30)]
        ),
        st.integers(-600, 2_000),
    ),
)
texts = st.one_of(
    st.builds("{:04}-{:02}-{:02}".format, st.integers(1960, 2210), st.integers(0, 13), st.integers(0, 32)),
    st.builds(
        "{:04}-02-29 10:00+{:02}{:02}".format, st.integers(1890, 2210), st.integers(0, 25), st.integers(0, 61)
    ),
    around_changes.map(str),
    around_changes.map(datetime.isoformat),
    around_changes.map(lambda moment: moment.isoformat(timespec="minutes")),
    around_changes.map(lambda moment: moment.replace(tzinfo=UTC).isoformat()),
    around_changes.map(lambda moment: moment.isoformat() + "+05:45"),
    around_changes.map(lambda moment: moment.date().isoformat()),
    st.integers(0, 10**18).map(str),
    st.integers(1_700_000_000, 1_800_000_000).map(str),
    st.sampled_from(
        [
            "2026-11-02T12:00:00.123456789Z",
            "2026-11-02T12:00:00.123456789",
            "2026-11-02T24:00:00",
            "2026-11-02T12:60",
            "2026-11-02 12",
            " 2026-11-02 ",
            "2026-11-02Z",
            "2026-11-02T12:00:00z",
            "2026-11-02T12:00:00 Z",
            "2026-11-02T12:00:00+0100",
            "2026-11-02T12:00:00-05",
            "2026-02-29",
            "20261102",
            "11/02/2026",
            "1969-12-31T23:59:59Z",
            "2200-01-01",
            "1762070400.25",
            "-5",
            "0x6543210",
            "nan",
            "",
        ]
    ),
    st.text(max_size=12),
)


@settings(max_examples=200)
@given(st.lists(texts, max_size=12), st.sampled_from(ZONES))
def test_a_column_and_a_single_text_are_read_alike(values: list[str], name: str) -> None:
    column = Times(ZoneInfo(name))
    read, bad = column.read(pa.array(values, pa.string()))
    single = Times(ZoneInfo(name))
    for value, at, wrong in zip(values, read.to_pylist(), bad.tolist(), strict=True):
        try:
            assert at == single.one(value), value
        except ValueError:
            assert wrong, value
        else:
            assert not wrong, value
    assert column.repeated == single.repeated


@settings(max_examples=200)
@given(st.lists(around_changes, min_size=1, max_size=12), st.sampled_from(ZONES))
def test_local_times_as_zoneinfo_has_them(moments: list[datetime], name: str) -> None:
    zone = ZoneInfo(name)
    epoch = datetime(1970, 1, 1)
    local = np.array([(moment - epoch) // timedelta(microseconds=1) for moment in moments], np.int64)
    utc, skipped, repeated = to_utc(local, zone)
    for index, moment in enumerate(moments):
        try:
            expected = instant(moment, zone)
        except ValueError:
            assert skipped[index]
        else:
            assert not skipped[index]
            assert (utc[index], repeated[index]) == expected


def test_the_hour_that_clocks_skip_is_bad_and_the_one_they_repeat_is_the_first() -> None:
    times = Times(NEW_YORK)
    texts = pa.array(
        ["2026-03-08T01:59:59", "2026-03-08T02:30:00", "2026-11-01T01:30:00", "2026-11-01T02:00:00"]
    )
    values, bad = times.read(texts)
    assert bad.tolist() == [False, True, False, False]
    read = [datetime.fromtimestamp(value / 1e6, UTC).isoformat() for value in values.to_pylist()]
    assert read[0] == "2026-03-08T06:59:59+00:00"
    assert read[2] == "2026-11-01T05:30:00+00:00"
    assert read[3] == "2026-11-01T07:00:00+00:00"
    assert times.repeated == 1
    with pytest.raises(ValueError, match="does not exist in America/New_York"):
        times.one("2026-03-08T02:30:00")


@pytest.mark.parametrize(
    ("raw", "zone", "unit"),
    [
        (pa.array([NOON // 10**6]), "UTC", None),
        (pa.array([NOON // 10**3]), "UTC", None),
        (pa.array([NOON]), "UTC", None),
        (pa.array([NOON * 1_000]), "UTC", None),
        (pa.array([NOON / 1e6]), "UTC", None),
        (pa.array([NOON // 10**6], pa.uint64()), "UTC", "s"),
        (pa.array([NOON * 1_000]), "UTC", "ns"),
        (pa.array([str(NOON // 1_000)]), "America/New_York", None),
        (pa.array([f"{NOON // 10**6}.0"]), "America/New_York", None),
        (pa.array(["2026-11-02T07:00"]), "America/New_York", None),
        (pa.array(["2026-11-02T07:00", "2026-11-02T12:00Z", str(NOON)]), "America/New_York", None),
        (pa.array(["2026-11-02T07:00"]).dictionary_encode(), "America/New_York", None),
        (pa.array([NOON], pa.timestamp("us", "Asia/Tokyo")), "America/New_York", None),
        (pa.array([NOON - 5 * 3_600 * 10**6], pa.timestamp("us")), "America/New_York", None),
        (pa.array([NOON * 1_000 + 999], pa.timestamp("ns")), "UTC", None),
    ],
)
def test_one_noon_in_many_forms(raw: pa.Array, zone: str, unit: str | None) -> None:
    values, bad = Times(ZoneInfo(zone), unit).read(raw)
    assert values.to_pylist() == [NOON] * len(raw)
    assert not bad.any()


def test_a_date_is_its_midnight() -> None:
    values, bad = Times(NEW_YORK).read(pa.array([datetime(2026, 11, 2).date(), None]))
    assert values[0].as_py() == NOON - 7 * 3_600 * 10**6
    assert bad.tolist() == [False, True]


@pytest.mark.parametrize(
    ("value", "unit", "reason"),
    [
        (20261102, None, "too small for an epoch"),
        (-1, "s", "outside"),
        (2**70, None, "outside"),
        (True, None, "not a number"),
        (None, None, "is missing"),
        ("", None, "is missing"),
        ("11/02/2026", None, "neither"),
        ("2026-13-01", None, "is no date"),
        ("2200-01-01", None, "outside"),
        (datetime(1960, 1, 1), None, "outside"),
    ],
)
def test_what_is_no_time(value: Any, unit: str | None, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Times(NEW_YORK, unit).one(value)


@given(
    st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 10**18), max_size=12),
    st.sampled_from([None, "s", "ms", "us", "ns"]),
)
def test_epochs_of_any_size(values: list[int], unit: str | None) -> None:
    times = Times(ZoneInfo("UTC"), unit)
    read, bad = times.read(pa.array(values, pa.int64()))
    for value, at, wrong in zip(values, read.to_pylist(), bad.tolist(), strict=True):
        try:
            assert at == times.one(value)
        except ValueError:
            assert wrong
        else:
            assert not wrong
