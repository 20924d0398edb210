"""For how long the record has had nothing to promise, to the microsecond."""

from __future__ import annotations

import numpy as np
import pytest

from tests.twin.record.believing import Believer, Change, Counted
from tests.twin.record.free import nothing_free
from twin.clock import DAY, HOUR
from twin.record.outs import measured, out_us

START = 7 * HOUR  # of the first day
FIRST = np.array([0, 2, 4])


def believer(opening: int, days: int = 3) -> Believer:
    """Two locations of two cells each."""
    made = Believer(2, locations=2, opening=opening)
    made.record = measured(made.record, FIRST, START, days)
    return made


def hours(of: Believer) -> list[list[float]]:
    """Cell hours out, by location and day."""
    assert of.record.outs[:, :, 1].sum(axis=0).tolist() == nothing_free(of.record, FIRST)
    return (out_us(of.record).T / HOUR).tolist()  # type: ignore[no-any-return]


def test_from_the_last_sale_to_the_next_receipt() -> None:
    of = believer(3)
    of.hear(Change(0, 0, cell=2, delta=-2), at=START + 2 * HOUR)
    assert hours(of) == [[0, 0, 0], [0, 0, 0]]
    of.hear(Change(1, 0, cell=2, delta=-1), at=START + 6 * HOUR)  # when it is heard, not when it happened
    of.hear(Change(2, 0, cell=3, delta=-5), at=START + 23 * HOUR)
    of.hear(Change(0, 0, cell=2, delta=5), at=START + 30 * HOUR)
    assert hours(of) == [[0, 0, 0], [18 + 1, 6 + 24, 24]]


def test_cells_that_are_empty_at_the_start_are_out_from_then_on() -> None:
    of = believer(0)
    of.hear(Change(0, 0, cell=0, delta=5), at=START)
    of.hear(Change(1, 0, cell=1, delta=5), at=START + 25 * HOUR)
    assert hours(of) == [[24, 1, 0], [48, 48, 48]]


def test_what_is_heard_twice_or_falls_further_counts_once() -> None:
    of = believer(1)
    for _ in range(2):
        of.hear(Change(0, 0, cell=0, delta=-1), at=START + DAY)
    of.hear(Change(1, 0, cell=0, delta=-4), at=START + DAY + HOUR)
    assert hours(of)[0] == [0, 24, 24]


def test_what_is_committed_cannot_be_promised_and_leaves_only_once() -> None:
    of = believer(3)
    of.time = START + 12 * HOUR
    of.order(cell=0, source=2, units=3)
    of.time = START + 14 * HOUR
    of.dispatch(0, of.time, cell=2, units=3)
    of.time = START + 20 * HOUR
    of.receive(1, of.time, cell=2, units=4)
    assert hours(of) == [[0, 0, 0], [8, 0, 0]]


def test_a_truck_that_leaves_without_its_goods_sets_them_free() -> None:
    """A count saw the dispatch before the record heard of it: the level stays, what was committed is free."""
    of = believer(3)
    of.time = START
    of.order(cell=0, source=2, units=3)
    of.hear(Counted(0, START + 2 * HOUR, ((2, 1),)), at=START + 3 * HOUR)  # 1 of the 3 that are committed
    assert hours(of)[1] == [24, 24, 24]
    of.time = START + 4 * HOUR
    of.dispatch(0, START + HOUR, cell=2, units=3)
    assert of.levels[2] == 1
    assert hours(of)[1] == [4, 0, 0]


def test_a_count_finds_stock_and_finds_none() -> None:
    of = believer(1)
    of.hear(Counted(0, START, ((0, 0), (1, 9))), at=START + 6 * HOUR)
    of.hear(Counted(1, START + 8 * HOUR, ((0, 2), (1, 9))), at=START + 8 * HOUR)
    assert hours(of)[0] == [2, 0, 0]


@pytest.mark.parametrize("at", [START + 3 * DAY, START + 400 * DAY])
def test_after_the_last_day_nothing_is_measured(at: int) -> None:
    of = believer(1)
    of.hear(Change(0, 0, cell=0, delta=-1), at=at)
    assert out_us(of.record).sum() == 0


def test_a_record_that_was_not_asked_to_measure_does_not() -> None:
    of = Believer(2, opening=1)
    of.hear(Change(0, 0, cell=0, delta=-1))
    assert out_us(of.record).size == 0
