"""What a stream does to the events of the tills: latency, lateness, loss, duplicates, outages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from scenarios.schema.operations import Stream
from tests.twin.compiled import delivered
from twin.channel.deliver import channel_table
from twin.channel.stream import Channel, Outage, channel, sent_at
from twin.clock import HEARD, HOUR, KEY_SHIFT, MINUTE, SECOND, Phase, key
from twin.world.state import ARRIVAL, SALE

N = 40_000
START = 1_772_409_600_000_000


def stream(**given: Any) -> Stream:
    return Stream.model_validate(given)


def sales(n: int = N, *, every: int = SECOND, locations: int = 1) -> NDArray[np.void]:
    """Sales in a rhythm, with evenly drawn luck."""
    rows = np.zeros(n, SALE)
    rows["key"] = (START + np.arange(n) * every) << KEY_SHIFT | Phase.DEMAND << 1
    rows["quantity"], rows["location"] = 1, np.arange(n) % locations
    rows["told"] = np.random.default_rng(5).permutation(((np.arange(n) + 0.5) / n * 2**32).astype(np.uint32))
    return rows


def heard(of: Channel, rows: NDArray[np.void]) -> NDArray[np.void]:
    """Arrivals of all rows, in the order of their sales."""
    arrivals = np.zeros(2 * rows.size, ARRIVAL)
    return arrivals[: delivered(channel_table(of), rows, 0, rows.size, arrivals, 0)]


def delays(of: Channel, rows: NDArray[np.void]) -> NDArray[np.float64]:
    """Delay of each arrival in seconds."""
    found = heard(of, rows)
    lag: NDArray[np.float64] = ((found["key"] >> KEY_SHIFT) - (rows["key"][found["row"]] >> KEY_SHIFT)) / SECOND
    return lag


def test_without_a_stream_the_record_hears_at_once() -> None:
    rows = sales(100, locations=3)
    found = heard(channel(stream(), 3, []), rows)
    assert (found["key"] >> KEY_SHIFT).tolist() == (rows["key"] >> KEY_SHIFT).tolist()
    assert found["row"].tolist() == list(range(100))
    assert found["location"].tolist() == rows["location"].tolist()
    assert found["key"][0] == key(START, Phase.DEMAND, HEARD)


def test_sales_of_a_track_are_sent_on_behind_those_of_another() -> None:
    rows, of = sales(100, locations=3), channel(stream(latency="3s"), 3, [])
    arrivals = np.zeros(200, ARRIVAL)
    arrivals[:7]["row"] = 99
    assert delivered(channel_table(of), rows, 20, 50, arrivals, 7) == 37
    assert arrivals["row"].tolist() == [99] * 7 + list(range(20, 50)) + [0] * 163
    np.testing.assert_array_equal(arrivals[7:37], heard(of, rows)[20:50])


def test_latency_follows_its_law() -> None:
    law = {"dist": "lognormal", "median": "800ms", "p95": "20s"}
    lag = delays(channel(stream(latency=law), 1, []), sales())
    sigma = np.log(25) / stats.norm.ppf(0.95)
    assert stats.kstest(lag, stats.lognorm(sigma, scale=0.8).cdf).statistic < 0.001
    assert lag.size == N


def test_some_are_late_and_take_another_law() -> None:
    late = {"share": ".05", "delay": {"dist": "uniform", "low": "1h", "high": "3h"}}
    lag = delays(channel(stream(latency="2s", late=late), 1, []), sales())
    assert np.mean(lag > 2) == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / N))
    assert set(lag[lag < 3600].tolist()) == {2.0}
    assert stats.kstest(lag[lag > 2], stats.uniform(3600, 7200).cdf).pvalue > 1e-4


def test_duplicates_come_a_second_time_and_never_first() -> None:
    law = {"dist": "exponential", "mean": "1m"}
    rows = sales()
    found = heard(channel(stream(latency=law, duplicates=".1"), 1, []), rows)
    again = np.flatnonzero(np.diff(found["row"]) == 0)
    assert again.size / N == pytest.approx(0.1, abs=4 * np.sqrt(0.1 * 0.9 / N))
    assert np.bincount(found["row"]).max() == 2
    gap = (found["key"][again + 1] >> KEY_SHIFT) - (found["key"][again] >> KEY_SHIFT)
    assert gap.min() >= 0
    assert stats.kstest(gap / MINUTE, "expon").pvalue > 1e-4  # a law of its own, not a copy of the first delay
    first = (found["key"][again] >> KEY_SHIFT) - (rows["key"][found["row"][again]] >> KEY_SHIFT)
    assert abs(stats.spearmanr(first, gap).statistic) < 4 / np.sqrt(again.size)


def test_some_are_lost_whatever_their_delay() -> None:
    law = {"dist": "exponential", "mean": "1m"}
    lag = delays(channel(stream(latency=law, loss=".2"), 1, []), sales())
    assert 1 - lag.size / N == pytest.approx(0.2, abs=4 * np.sqrt(0.2 * 0.8 / N))
    assert stats.kstest(lag / 60, "expon").pvalue > 1e-4


def test_loss_lateness_and_duplicates_are_independent() -> None:
    given_stream = stream(latency="1s", late={"share": ".3", "delay": "1h"}, duplicates=".3", loss=".3")
    found = heard(channel(given_stream, 1, []), sales())
    rows, first, count = np.unique(found["row"], return_index=True, return_counts=True)
    late = (found["key"][first] >> KEY_SHIFT) - START - rows * SECOND > SECOND
    table = np.array([[np.sum(late & (count == k)) for k in (1, 2)], [np.sum(~late & (count == k)) for k in (1, 2)]])
    assert stats.chi2_contingency(table).pvalue > 1e-4
    assert table.sum() / N == pytest.approx(0.7, abs=0.01)


def test_shrink_is_never_heard_of() -> None:
    rows = sales(10)
    rows["quantity"][3:] = 0
    assert heard(channel(stream(duplicates="1"), 1, []), rows)["row"].tolist() == [0, 0, 1, 1, 2, 2]


def test_all_may_be_lost_or_doubled() -> None:
    assert heard(channel(stream(loss="1"), 1, []), sales(500)).size == 0
    assert heard(channel(stream(duplicates="1"), 1, []), sales(500)).size == 1000


def test_an_outage_holds_back_and_catches_up_in_order() -> None:
    rows = sales(600, every=MINUTE, locations=2)  # ten hours; every other sale at each location
    start, end = START + 2 * HOUR, START + 6 * HOUR
    of = channel(stream(latency="5s"), 2, [Outage(1, start, end, HOUR)])
    found = heard(of, rows)
    happened, arrived = rows["key"][found["row"]] >> KEY_SHIFT, found["key"] >> KEY_SHIFT
    held = (rows["location"] == 1) & (happened >= start) & (happened < end)
    np.testing.assert_array_equal(arrived[~held], happened[~held] + 5 * SECOND)
    assert arrived[held].min() == end + MINUTE // 4 + 5 * SECOND  # the first happened a minute after the start: a quarter
    assert arrived[held].max() < end + HOUR + 5 * SECOND
    assert np.abs(np.diff(arrived[held]) - MINUTE // 2).max() <= 1  # four hours of events in one


def test_without_catch_up_all_comes_when_the_outage_is_over() -> None:
    rows = sales(60, every=MINUTE)
    end = START + HOUR // 2
    found = heard(channel(stream(), 1, [Outage(0, START, end, 0)]), rows)
    happened = rows["key"] >> KEY_SHIFT
    np.testing.assert_array_equal(found["key"] >> KEY_SHIFT, np.maximum(happened, end))


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 50), st.integers(1, 50), st.integers(0, 30)), max_size=6),
    st.integers(0, 3),
    st.integers(0, 400),
)
def test_when_an_event_is_sent(gaps: list[tuple[int, int, int, int]], location: int, time: int) -> None:
    """Outages of a location follow each other; those of others mean nothing to it. Nothing is sent during an outage."""
    outages, at = [], dict.fromkeys(range(4), 0)
    for place, wait, length, catch_up in gaps:
        begin = at[place] + wait
        at[place] = begin + length
        outages.append(Outage(place, begin, begin + length, catch_up))
    of = channel(stream(), 4, outages)
    sent = sent_at(of, location, time)
    mine = [o for o in outages if o.location == location]
    met = [o for o in mine if o.start <= time < o.end]
    assert not any(o.start <= sent < o.end for o in mine)
    if not met:
        assert sent == time
    else:
        (outage,) = met
        latest = outage.end + outage.catch_up
        again = [o for o in mine if outage.end <= o.start <= latest]
        assert outage.end <= sent
        assert sent <= latest or again
        assert sent_at(of, location, time - 1) <= sent or time == outage.start
