"""No draw depends on how many days are drawn at once, on another stream, or on anything but its own key."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.demand.drawing import START
from tests.twin.demand.web.making import Rows, carts_of, drawn, durations, law, plan_for
from twin.clock import DAY, HOUR, KEY_SHIFT
from twin.demand.rhythm import RETAIL_HOURS, Rhythm, weights
from twin.demand.web.carts import DELIVERED, WANTED, Carts
from twin.demand.web.streams import CartStream, Flash, RecordedCarts

DAYS = 9
WANTS = law(0.5, 0.3, 0.2)


def recorded(*times: int) -> RecordedCarts:
    """Carts of two lines each, one of which is collected."""
    count = len(times)
    wanted = np.array([(100, 1), (102, 3)] * count, WANTED)
    zone, pickup = np.zeros(count, np.int16), np.array([-2, DELIVERED, 4] * count, np.int16)[:count]
    return RecordedCarts(np.array(times, np.int64), 2 * np.arange(count + 1), zone, pickup, wanted)


def some() -> list[CartStream]:
    """A stream of every kind."""
    return [
        carts_of("a", 60.0, 5, 3, 1, 1, lines=WANTS, abandon=0.3, pickup=0.5, rhythm=Rhythm(weights("retail", RETAIL_HOURS)),
                 checkout=durations(dist="exponential", mean="2h")),
        carts_of("f", web=1, flash=Flash(START + 2 * DAY - HOUR, 2 * HOUR, 300), size=law(0.5, 0.5), cancel=0.2),
        carts_of("r", web=2, recorded=recorded(START + 5, START + 4 * DAY, START + 4 * DAY, START + 9 * DAY - 1), pickup=0.5),
        carts_of("b", 40.0, 1, 1, web=3, lines=law(0.9, 0.1)),
    ]  # fmt: skip


def of_stream(run: tuple[Rows, Rows], web: int) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """All of the carts of a stream but their numbers and where their lines begin; and their lines."""
    carts, lines = run
    mine = carts["stream"] == web
    names = ("key", "checkout", "cancel", "lines", "zone", "pickup", "luck")
    return carts[mine][list(names)].tolist(), lines[np.repeat(mine, carts["lines"])].tolist()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, DAYS), min_size=1))
def test_stretches_of_any_length_have_the_same_carts(lengths: list[int]) -> None:
    ends = np.minimum(np.cumsum([*lengths, DAYS]), DAYS)
    at_once = [n for n in np.diff(ends, prepend=0).tolist() if n]
    whole, parts = drawn(some(), DAYS), drawn(some(), DAYS, at_once=at_once)
    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_array_equal(one, other)


def test_other_streams_do_not_matter_but_for_the_numbers() -> None:
    streams = some()
    run = drawn(streams, DAYS)
    for i, alone in enumerate(streams):
        assert of_stream(drawn([alone], DAYS), i) == of_stream(run, i)
    changed = [streams[0], replace(streams[1], abandon=0.9), streams[2], replace(streams[3], per_day=80.0)]
    again = drawn(changed, DAYS)
    assert [of_stream(again, i) == of_stream(run, i) for i in range(4)] == [True, False, True, False]


def test_the_order_of_streams_decides_at_one_instant_only() -> None:
    at = START + 3 * HOUR
    ways = [carts_of("x", web=0, recorded=recorded(at, at)), carts_of("y", web=1, recorded=recorded(at, at - 1))]
    carts, _ = drawn([ways[0], replace(ways[1], recorded=recorded(at - 1, at))], DAYS)
    assert carts["stream"].tolist() == [1, 0, 0, 1] and carts["number"].tolist() == [1, 2, 3, 4]


def test_more_carts_a_day_begin_with_the_same_ones() -> None:
    few, more = (of_stream(drawn([carts_of("a", rate, 3, 2, 1, lines=WANTS)], DAYS), 0)[0] for rate in (40.0, 60.0))
    assert len(set(few) & set(more)) > 0.95 * len(few)


def test_a_parameter_changes_its_own_draws_only() -> None:
    (before, wanted), (after, wanted_after) = (
        of_stream(drawn([replace(some()[0], abandon=share, pickup=0.0)], DAYS), 0) for share in (0.3, 0.6)
    )
    assert wanted == wanted_after
    assert [row[0] for row in before] == [row[0] for row in after] and [row[6] for row in before] == [row[6] for row in after]


@pytest.mark.parametrize(("seed", "replication"), [(8, 1), (7, 2)])
def test_seeds_and_replications_differ(seed: int, replication: int) -> None:
    other = drawn(some(), DAYS, seed=seed, replication=replication)
    assert of_stream(other, 0) != of_stream(drawn(some(), DAYS), 0)


def test_stretches_come_one_after_the_other() -> None:
    carts = Carts(plan_for(some(), DAYS), 7, 1, START)
    carts.next_stretch(0, 4)
    for first, days in ((3, 1), (5, 1), (4, 6), (4, 0)):
        with pytest.raises(ValueError, match="must begin with day 4"):
            carts.next_stretch(first, days)
    with pytest.raises(ValueError, match="that of the plan"):
        Carts(plan_for(some(), DAYS), 7, 1, START + 1)


def test_nobody_wants_anything() -> None:
    carts, lines = drawn([], 2)
    assert carts.size == lines.size == 0
    carts, lines = drawn([carts_of("a", 0.001)], 2)
    assert carts.size == lines.size == 0


def test_a_flash_sale_has_exactly_its_orders_evenly() -> None:
    """In time order over its length, one SKU each, however the stretches cut it; what lies outside the run is left out."""
    at, length = START + DAY - HOUR, 2 * HOUR
    carts, lines = drawn([carts_of("f", flash=Flash(at, length, 5000))], 3, at_once=[1, 2])
    time = carts["key"] >> KEY_SHIFT
    assert carts.size == lines.size == 5000 and (lines["units"] == 1).all() and (lines["sku"] == 100).all()
    assert at <= time.min() and time.max() < at + length
    counts = np.bincount((time - at) * 20 // length, minlength=20)
    assert np.abs(counts - 250).max() < 5 * np.sqrt(250)
    part, _ = drawn([carts_of("f", flash=Flash(START - HOUR, length, 5000))], 1)
    assert 2300 < part.size < 2700


def test_recorded_carts_are_replayed_as_they_were() -> None:
    carts, lines = drawn([some()[2]], DAYS)
    assert ((carts["key"] >> KEY_SHIFT) - START).tolist() == [5, 4 * DAY, 4 * DAY, 9 * DAY - 1]
    assert carts["lines"].tolist() == [2] * 4 and lines.tolist() == [(100, 1), (102, 3)] * 4
    assert carts["pickup"][1:3].tolist() == [DELIVERED, 4] and set(carts["zone"].tolist()) == {0}
