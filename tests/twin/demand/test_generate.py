"""Lines as they are drawn: how many, when, what, how many units; and that no draw depends on another."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.twin.compiled import clockwork_drawn
from tests.twin.demand.drawing import SINGLE, START, choice, counts_of, lines_of, most_lines, stream
from twin.clock import DAY, HOUR, KEY_SHIFT, Phase
from twin.demand.rhythm import RETAIL_HOURS, RETAIL_WEEKDAYS, Rhythm, weights
from twin.demand.streams import Clockwork
from twin.demand.tables import clockwork_tables
from twin.memory import table_of
from twin.random.laws import ONE, Whole, negative_binomial, poisson
from twin.random.philox import philox_blocks
from twin.random.purposes import Purpose
from twin.world.state import SALE

DAYS = 200


def fits(observed: np.ndarray, expected: np.ndarray) -> bool:
    """Pearson's test at one in ten thousand."""
    expected = expected * observed.sum() / expected.sum()
    assert expected.min() >= 5
    return bool(stats.chisquare(observed, expected).pvalue > 1e-4)


@pytest.mark.parametrize("mean", [0.3, 4.0, 90.0])
def test_counts_are_poisson(mean: float) -> None:
    counts = counts_of([stream(f"s{i}", mean) for i in range(60)], DAYS).reshape(-1)
    law = stats.poisson(mean)
    edges = np.arange(law.ppf(0.005), law.ppf(0.995))
    expected = np.diff(np.concatenate([[0], law.cdf(edges), [1]])) * counts.size
    assert fits(np.bincount(np.searchsorted(edges, counts), minlength=expected.size), expected)


@pytest.mark.parametrize(("mean", "over"), [(0.5, 2.0), (6.0, 4.0), (200.0, 25.0)])
def test_counts_are_overdispersed_as_told(mean: float, over: float) -> None:
    counts = counts_of([stream(f"s{i}", mean, overdispersion=over) for i in range(60)], DAYS).astype(float)
    n = counts.size
    assert counts.mean() == pytest.approx(mean, abs=4 * np.sqrt(mean * over / n))
    kurtosis = stats.nbinom(mean / (over - 1), 1 / over).stats("k")
    assert counts.var() / mean == pytest.approx(over, rel=4 * np.sqrt((kurtosis + 2) / n))


def test_days_streams_seeds_and_replications_are_independent() -> None:
    streams = [stream("a", 50.0), stream("b", 50.0)]
    one = counts_of(streams, 2000)
    pairs = [
        (one[0], one[1]),
        (one[0, :-1], one[0, 1:]),
        (one[0], counts_of(streams, 2000, seed=8)[0]),
        (one[0], counts_of(streams, 2000, replication=2)[0]),
    ]
    for x, y in pairs:
        assert abs(np.corrcoef(x, y)[0, 1]) < 4 / np.sqrt(2000)


def test_lines_follow_the_hours_and_the_weekdays() -> None:
    rhythm = Rhythm(weights("retail", RETAIL_HOURS), weights("retail", RETAIL_WEEKDAYS))
    rows = lines_of([stream("a", 2000.0, rhythm=rhythm)], 28)
    time = (rows["key"] >> KEY_SHIFT) - START
    assert fits(np.bincount(time % DAY // HOUR, minlength=24), np.array(RETAIL_HOURS))
    assert fits(np.bincount(time // DAY % 7, minlength=7), np.array(RETAIL_WEEKDAYS))
    within = time % (HOUR // 4) / (HOUR // 4)  # even within a quarter of an hour
    assert stats.kstest(within, "uniform").pvalue > 1e-4


def test_a_sale_outside_opening_hours_never_happens() -> None:
    rhythm = Rhythm(open_us=(9 * HOUR, 21 * HOUR), surges=((START + DAY, START + 2 * DAY, 8.0),))
    clock = (lines_of([stream("a", 500.0, rhythm=rhythm)], 3)["key"] >> KEY_SHIFT) % DAY
    assert clock.min() >= 9 * HOUR
    assert clock.max() < 21 * HOUR


def test_lines_choose_skus_by_their_shares() -> None:
    shares = 1.0 / (np.arange(300) + 3.0)
    rows = lines_of([stream("a", 5000.0, among=choice(*shares), first_cell=40)], 10)
    assert fits(np.bincount(rows["cell"] - 40, minlength=300), shares)
    np.testing.assert_array_equal(rows["sku"] - 100, rows["cell"] - 40)


@pytest.mark.parametrize("dense", [False, True])
def test_a_share_of_nothing_is_never_chosen(dense: bool) -> None:
    among = choice(0.0, 1.0, 0.0, 0.0, 2.0, 0.0)
    rows = lines_of([stream("a", 3000.0, among=replace(among, sku=among.local) if dense else among)], 2)
    assert set(rows["cell"].tolist()) == {1, 4}


def test_a_choice_among_all_skus_is_drawn_as_any_other() -> None:
    """Where places, SKUs and choices are numbered alike nothing is looked up: the lines are the same, beside whichever others."""
    shares = 1.0 / (np.arange(300) + 3.0)
    sparse = choice(*shares)
    dense = replace(sparse, sku=sparse.local)
    a, b = stream("a", 800.0, among=sparse, first_cell=40), stream("b", 9.0, among=dense, location=1, first_cell=340)
    one = lines_of([a, b], 3)
    other = lines_of([replace(a, choice=dense), replace(b, choice=sparse)], 3)
    for column in ("key", "cell", "quantity", "told"):
        np.testing.assert_array_equal(one[column], other[column])
    for rows, of_sparse in ((one, 0), (other, 1)):
        place = rows["cell"] - np.where(rows["location"] == 0, 40, 340)
        np.testing.assert_array_equal(rows["sku"], place + np.where(rows["location"] == of_sparse, 100, 0))


def test_units_of_a_line_follow_their_law() -> None:
    geometric = replace(negative_binomial(0.5, 0.75), first=1)
    rows = lines_of([stream("a", 4000.0, size=geometric)], 10)
    units = rows["quantity"].astype(int)
    expected = stats.geom(1 / 1.5).pmf(np.arange(1, 7))
    assert fits(np.bincount(np.minimum(units, 7))[1:], np.append(expected, 1 - expected.sum()))


def test_time_sku_units_and_luck_of_a_line_are_independent() -> None:
    rows = lines_of([stream("a", 5000.0, among=choice(*[1.0] * 50), size=poisson(30.0))], 4)
    columns = [rows["key"] >> KEY_SHIFT, rows["cell"], rows["quantity"], rows["told"]]
    matrix = np.corrcoef([column.astype(float) for column in columns])
    assert np.abs(matrix - np.eye(4)).max() < 4 / np.sqrt(rows.size)
    halves = rows["told"].astype(float)
    assert abs(np.corrcoef(halves[:-1], halves[1:])[0, 1]) < 4 / np.sqrt(rows.size)
    assert stats.kstest(halves / ONE, "uniform").pvalue > 1e-4


def test_a_line_for_no_units_is_no_line() -> None:
    rows = lines_of([stream("a", 1000.0, size=poisson(1.0))], 4)
    assert rows["quantity"].min() == 1
    assert rows.size == pytest.approx(4000 * (1 - np.exp(-1)), rel=0.05)


def test_shrink_asks_for_nothing_before_anything_else_happens() -> None:
    rows = lines_of([stream("a", 100.0, size=None)], 2)
    assert set(rows["quantity"].tolist()) == {0}
    assert set((rows["key"] & ((1 << KEY_SHIFT) - 1)).tolist()) == {Phase.CHANGE << 1}


def test_a_stream_draws_the_same_whoever_is_beside_it() -> None:
    mine = stream("mine", 40.0, among=choice(1, 2, 3), size=poisson(3.0), overdispersion=3.0)
    alone = lines_of([mine], 5)
    others = [stream(f"o{i}", 30.0, location=1, first_cell=10, rhythm=Rhythm(open_us=(0, HOUR))) for i in range(3)]
    among_others = lines_of([others[0], mine, *others[1:]], 5)
    np.testing.assert_array_equal(among_others[among_others["location"] == 0], alone)


@pytest.mark.parametrize("change", [{"per_day": 90.0}, {"overdispersion": 6.0}])
def test_more_lines_come_on_top_of_the_same_ones(change: dict[str, float]) -> None:
    """Line n of a day is the same however many there are."""
    before = stream("mine", 40.0, among=choice(1, 2, 3), size=poisson(3.0))
    a, b = (lines_of([s], 5) for s in (before, replace(before, **change)))  # type: ignore[arg-type]
    for day in range(5):
        one, other = (rows[(rows["key"] >> KEY_SHIFT) // DAY == START // DAY + day] for rows in (a, b))
        fewer, more = sorted((one.tolist(), other.tolist()), key=len)
        assert len(fewer) > 10
        assert set(fewer) <= set(more)


def test_another_rhythm_moves_lines_and_leaves_all_else() -> None:
    before = stream("mine", 40.0, among=choice(1, 2, 3), size=poisson(3.0))
    a, b = (lines_of([s], 5) for s in (before, replace(before, rhythm=Rhythm(open_us=(9 * HOUR, 21 * HOUR)))))
    for column in ("cell", "quantity", "told"):
        np.testing.assert_array_equal(a[column], b[column])
    assert np.all(np.diff(a["key"]) >= 0) and np.all(np.diff(b["key"]) >= 0)  # earlier stays earlier


@pytest.mark.parametrize("per_day", [0.2, 1.0, 3.0, 40_000.0])
def test_the_lines_of_a_stream_come_in_order_of_time_from_the_blocks_of_their_day(per_day: float) -> None:
    """However few or many there are, luck is that of NumPy's own Philox, line by line, in order of time."""
    one = stream("a", per_day, rhythm=Rhythm(open_us=(9 * HOUR, 21 * HOUR)))
    rows, first = lines_of([one], 3), 0
    for day, count in enumerate(counts_of([one], 3)[0].tolist()):
        mine = rows[first : first + count]
        first += count
        assert np.all(np.diff(mine["key"]) >= 0)
        words = philox_blocks(0, (count + 1) // 2, day, one.entity, 1, 7, Purpose.POS_LINE).reshape(-1, 2)[:count]
        order = np.argsort(words[:, 0], kind="stable")
        np.testing.assert_array_equal(mine["told"], words[order, 1] >> np.uint64(32))
    assert first == rows.size


@given(st.integers(1, 3 * DAY), st.lists(st.integers(0, 5 * DAY), min_size=0, max_size=4))
def test_clockwork_ticks_from_the_start_through_every_stretch(every: int, cuts: list[int]) -> None:
    every = max(every, DAY // 50)
    edges = [START + cut for cut in sorted({0, 5 * DAY, *cuts})]
    rows = np.zeros(5 * DAY // every + 2, SALE)
    n, tables = 0, clockwork_tables([Clockwork(1, 3, 2, 9, every, replace(SINGLE, first=4))])
    for first, end in pairwise(edges):
        n = clockwork_drawn(table_of(tables), 0, 7, 1, START, first, end, rows, n)
    expected = np.arange(START, START + 5 * DAY, every)
    np.testing.assert_array_equal(rows["key"][:n] >> KEY_SHIFT, expected)
    assert set(rows["quantity"][:n].tolist()) == {4}
    assert {row.tolist() for row in rows[["cell", "sku", "location"]][:n]} == {(3, 2, 1)}
    assert len(set(rows["told"][:n].tolist())) == n  # each has luck of its own


@given(st.lists(st.integers(DAY // 50, 3 * DAY), min_size=1, max_size=4), st.integers(0, 4), st.integers(1, 3))
def test_there_is_room_for_every_line_of_a_stretch(every: list[int], first_day: int, days: int) -> None:
    """What a location is said to have at most is never less than what is drawn, nor much more."""
    clockworks = [Clockwork(i % 2, i, i, 9 + i, each, SINGLE) for i, each in enumerate(every)]
    streams, counts = [stream("a", 5.0), stream("b", 5.0, location=1)], np.zeros((2, days), np.int32)
    most, table = most_lines(streams, clockworks, counts, first_day), table_of(tables := clockwork_tables(clockworks))
    np.testing.assert_array_equal(counts, counts_of(streams, first_day + days)[:, first_day:])
    rows, drawn = np.zeros(2000, SALE), counts.sum(axis=1)
    for c, location in enumerate(tables.location.tolist()):
        first_us, end_us = (START + day * DAY for day in (first_day, first_day + days))
        drawn[location] += clockwork_drawn(table, c, 7, 1, START, first_us, end_us, rows, 0)
    assert np.all(drawn <= most[:2])
    assert np.all(most - drawn <= 2 * len(every))


def test_clockwork_draws_its_units() -> None:
    law = Whole(2, np.array([ONE // 4, ONE], np.int64).tobytes())
    rows = np.zeros(10_001, SALE)
    tables = clockwork_tables([Clockwork(2, 8, 7, 8, DAY, SINGLE), Clockwork(1, 3, 2, 9, HOUR, law)])  # the other is of location 2
    n = clockwork_drawn(table_of(tables), 0, 7, 1, START, START, START + 10_000 * HOUR, rows, 0)
    assert n == 10_000
    assert np.mean(rows["quantity"][:n] == 2) == pytest.approx(0.25, abs=0.02)
