"""Whatever the order of arrival, the record comes to what the events say in their own order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import event as note
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.record.believing import Believer, Change, Counted, Event, oracle, source_of
from twin.record.state import Meter, Source

CELLS, OPENING = 3, 100


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Sales, receipts and counts; the counts at different times, for of two at one instant either may be the last."""
    times = st.integers(1, 40)
    deltas = draw(st.lists(st.tuples(times, st.integers(0, CELLS - 1), st.integers(-4, 4).filter(bool)), max_size=25))
    counts = draw(
        st.lists(
            st.tuples(times, st.dictionaries(st.integers(0, CELLS - 1), st.integers(0, 50), min_size=1)),
            max_size=6,
            unique_by=lambda count: count[0],
        )
    )
    events: list[Event] = [Counted(i, time, tuple(sorted(levels.items()))) for i, (time, levels) in enumerate(counts)]
    numbers = {True: 0, False: 0}
    for time, cell, delta in deltas:
        events.append(Change(numbers[delta < 0], time, cell, delta, later=delta > 0 and draw(st.booleans())))
        numbers[delta < 0] += 1
    return events


@st.composite
def arrivals(draw: st.DrawFn) -> list[Event]:
    """A history in any order, with any of it coming again."""
    events = draw(histories())
    again = draw(st.lists(st.sampled_from(events), max_size=8)) if events else []
    return draw(st.permutations([*events, *again]))


@given(arrivals(), st.lists(st.integers(0, 30), min_size=40, max_size=40))
def test_any_order_and_any_repetition_come_to_the_same(events: list[Event], waits: list[int]) -> None:
    believer = Believer(CELLS, opening=OPENING)
    for event, wait in zip(events, waits, strict=False):
        later = isinstance(event, Change) and event.later  # not heard before all of the first round was
        believer.hear(event, max(believer.time, event.event_time) + wait + later)
        assert believer.adds_up()
    assert believer.levels == oracle(events[: len(waits)], CELLS, OPENING)
    distinct = {(source_of(e), e.sequence) for e in events[: len(waits)]}
    assert believer.meter(Meter.DUPLICATES) == len(events[: len(waits)]) - len(distinct)
    assert believer.meter(Meter.UNFOLDABLE) == 0
    note(f"stale: {min(2, believer.meter(Meter.STALE_COUNTS))}")


def test_a_count_of_last_night_that_comes_at_noon_counts_for_last_night() -> None:
    believer = Believer(1, opening=10)
    believer.hear(Change(0, 5, 0, -2), 6)  # before the count
    believer.hear(Change(1, 30, 0, -3), 31)  # after it
    believer.hear(Counted(0, 20, ((0, 7),)), 50)
    assert believer.levels == [7 - 3]
    believer.hear(Change(2, 18, 0, -1), 55)  # late news of what the count saw
    believer.hear(Change(3, 40, 0, -1), 56)  # late news of what came after it
    assert believer.levels == [7 - 3 - 1]
    assert believer.meter(Meter.ABSORBED) == 1


def test_what_happens_at_the_instant_of_a_count_was_seen_by_it() -> None:
    for order in (0, 1):
        events: list[Event] = [Change(0, 20, 0, -2), Counted(0, 20, ((0, 7),))]
        believer = Believer(1, opening=10)
        for event in events if order else reversed(events):
            believer.hear(event, 30)
        assert believer.levels == [7]


@pytest.mark.parametrize("wait", [0, 9])
def test_what_leaves_in_a_later_round_of_a_counts_instant_was_not_seen_by_it(wait: int) -> None:
    """However long the count is on its way; what left is heard of in that very instant, before or after it."""
    for counted_first in (True, False):
        believer = Believer(1, opening=10)
        if counted_first:
            believer.hear(Counted(0, 20, ((0, 7),)), 20)
        believer.time = 20
        believer.dispatch(0, 20, 0, 3, later=True)
        if not counted_first:
            believer.hear(Counted(0, 20, ((0, 7),)), 20 + wait)
        assert believer.levels == [4]
        assert believer.meter(Meter.ABSORBED) == 0


def test_an_older_count_changes_nothing() -> None:
    believer = Believer(2, opening=10)
    believer.hear(Counted(1, 20, ((0, 7),)), 21)
    believer.hear(Counted(0, 15, ((0, 99), (1, 4))), 22)
    assert believer.levels == [7, 4]
    assert believer.meter(Meter.STALE_COUNTS) == 1


def test_a_count_of_what_is_forgotten_is_refused_and_reported() -> None:
    believer = Believer(2, opening=100, recent=8)
    for i in range(9):
        believer.hear(Change(i, 10 + i, i % 2, -1), 10 + i)
    before = believer.levels
    believer.hear(Counted(0, 5, ((0, 50), (1, 50))), 30)  # of nine changes since then, eight are remembered
    assert believer.levels == before
    assert believer.meter(Meter.UNFOLDABLE) == 2
    assert believer.adds_up()
    believer.hear(Counted(1, 11, ((0, 50), (1, 50))), 31)  # all since then are
    assert believer.levels == [50 - 4, 50 - 3]
    assert believer.meter(Meter.UNFOLDABLE) == 2


@given(st.integers(1, 24), st.integers(0, 30))
def test_a_count_folds_exactly_when_all_since_then_is_remembered(changes: int, event_time: int) -> None:
    believer = Believer(1, opening=100, recent=8)
    for i in range(changes):
        believer.hear(Change(i, 1 + i, 0, -1))
    believer.hear(Counted(0, event_time, ((0, 50),)), 40)
    since = max(0, changes - event_time)
    whole = changes <= 8  # nothing was ever forgotten
    assert (believer.meter(Meter.UNFOLDABLE) == 0) == (whole or since < 8)
    assert believer.levels == [50 - since if whole or since < 8 else 100 - changes]


def test_what_one_location_does_is_not_forgotten_for_what_others_do() -> None:
    """Each has a ring of its own: the changes of a busy one do not push out those of a quiet one."""
    believer = Believer(2, locations=2, opening=100, recent=8, window=4096)
    believer.hear(Change(0, 10, 0, -1), 10)
    for i in range(1000):
        believer.hear(Change(i, 11 + i, 2 + i % 2, -1), 11 + i)
    believer.hear(Counted(0, 5, ((0, 50), (1, 60))), 2000)
    assert believer.levels[:2] == [49, 60]
    assert believer.meter(Meter.UNFOLDABLE) == 0
    believer.hear(Counted(1, 15, ((2, 50), (3, 60))), 2001)
    assert believer.meter(Meter.UNFOLDABLE) == 2
    assert believer.levels[2:] == [-400, -400]


@given(st.data())
def test_locations_fold_their_counts_as_if_alone(data: st.DataObject) -> None:
    """Two histories told in turns to one record come to what each comes to by itself."""
    alone = [Believer(CELLS, opening=OPENING) for _ in range(2)]
    both = Believer(CELLS, locations=2, opening=OPENING)
    numbers = dict[tuple[int, Source], int]()
    for time in range(1, data.draw(st.integers(1, 40))):
        place = data.draw(st.integers(0, 1))
        kind = data.draw(st.sampled_from([Source.SALES, Source.WAREHOUSE, Source.COUNTS]))
        # Tills number their own sales; the warehouse and those who count number together, whoever they report of.
        sender = place if kind == Source.SALES else -1, kind
        number = numbers[sender] = numbers.get(sender, -1) + 1
        back, cell, units = (data.draw(st.integers(*bounds)) for bounds in ((0, 8), (0, CELLS - 1), (1, 9)))
        for believer, first in ((alone[place], 0), (both, place * CELLS)):
            if kind == Source.COUNTS:
                believer.hear(Counted(number, time - back, ((first + cell, units),)), time)
            else:
                believer.hear(Change(number, time - back, first + cell, -units if kind == Source.SALES else units), time)
    assert both.levels == alone[0].levels + alone[1].levels
    for meter in (Meter.DUPLICATES, Meter.ABSORBED, Meter.STALE_COUNTS, Meter.UNFOLDABLE):
        assert both.meter(meter) == alone[0].meter(meter) + alone[1].meter(meter)


def test_many_counts_find_room() -> None:
    believer = Believer(1)
    for i in range(3000):
        believer.hear(Counted(i, i, ((0, i),)), i)
    believer.hear(Change(0, 2998, 0, -5), 3000)
    assert believer.levels == [2999]
    assert believer.meter(Meter.LAST_COUNT) == 3000


def test_without_counts_nothing_is_kept_for_folding() -> None:
    believer = Believer(1, opening=10, folds=False)
    believer.hear(Change(0, 5, 0, -2))
    assert believer.levels == [8]
    assert believer.record.recent.size == 1
    assert believer.sender(Source.SALES)["recent_end"] == 0


def test_a_count_reads_many_cells_at_once() -> None:
    cells = 500
    believer = Believer(cells, recent=1 << 12)
    rng = np.random.default_rng(3)
    events: list[Event] = [Change(i, 10 + i, int(rng.integers(cells)), -1) for i in range(2000)]
    events.append(Counted(0, 1000, tuple((cell, 40) for cell in range(0, cells, 2))))
    for event in events:
        believer.hear(event, 3000)
    assert believer.levels == oracle(events, cells, 0)
