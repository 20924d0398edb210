"""The lane's own calendar: a heap of what it has pending, against the standard library's."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.compiled import drop_pending, push_pending
from twin.memory import table_of
from twin.random.tables import STEPS
from twin.world.calendar import take_done, with_room
from twin.world.state import Control, Shelves, new_shelves


def shelves() -> Shelves:
    one = np.zeros(1)
    return new_shelves(
        np.zeros(1, np.int32),
        tracks=1,
        days=1,
        buckets=1,
        by_cell=True,
        categories=1,
        backorders=True,
        start_us=0,
        category=one.astype(np.int16),
        price=one,
        cost=one,
        latency=np.zeros(3 * (STEPS + 1), np.int64),
        hours=np.zeros((1, 1, 2), np.int64),
    )


def first(of: Shelves) -> tuple[int, ...]:
    """The entry that is due first."""
    return entry(of.pending[0])


def entry(row: Any) -> tuple[int, ...]:
    names = ("key", "sequence", "event_time", "later_round", "location", "cell", "units")
    return tuple(int(row[name]) for name in names)


def pending(of: Shelves) -> int:
    return int(of.control[Control.PENDING])


@given(st.lists(st.one_of(st.integers(0, 20), st.none()), max_size=200))
def test_entries_come_out_by_key_then_sequence(steps: list[int | None]) -> None:
    """A number enters something due then; None takes out what is due first."""
    of, heap, done = shelves(), list[tuple[int, ...]](), list[tuple[int, ...]]()
    for n, step in enumerate(steps):
        if step is not None:
            push_pending(table_of(of), step, 100 - n, n % 2, n, 300 - n, n + 1, n + 2)
            heapq.heappush(heap, (step, n, 100 - n, n % 2, 300 - n, n + 1, n + 2))
        elif heap:
            done.append(heapq.heappop(heap))
            assert first(of) == done[-1]
            drop_pending(table_of(of))
        assert pending(of) == len(heap)
        if heap:
            assert first(of) == heap[0]
    while heap:
        done.append(heapq.heappop(heap))
        assert first(of) == done[-1]
        drop_pending(table_of(of))
    assert pending(of) == 0
    assert [entry(row) for row in take_done(of)] == done
    assert take_done(of).size == 0


def test_room_is_made_before_it_is_needed_and_nothing_is_lost() -> None:
    of = shelves()
    room = of.pending.size
    assert with_room(of, room) is of
    for n in range(room):
        push_pending(table_of(of), (7919 * n) % room, n, 0, n, 0, 0, 0)
    grown = with_room(of, 10)
    assert grown.pending.size >= room + 10
    for n in range(room, room + 10):
        push_pending(table_of(grown), (7919 * n) % room, n, 0, n, 0, 0, 0)
    due = []
    while pending(grown):
        due.append(first(grown)[:2])
        drop_pending(table_of(grown))
    assert due == sorted(due)
    assert len(due) == room + 10
