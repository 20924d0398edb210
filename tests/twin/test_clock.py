"""The order of simultaneous events, as it is written in one place."""

from __future__ import annotations

from collections.abc import Generator

import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st

from twin.agenda import HeapAgenda, priority_for
from twin.clock import HAPPENS, HEARD, NEVER, PHASES, Phase, boundary, key, key_time
from twin.world.clock import NetworkClock

TIMES = st.integers(0, 4_000_000_000_000_000)  # µs, until the year 2096
MOMENTS = st.tuples(TIMES, st.sampled_from(Phase), st.sampled_from([HAPPENS, HEARD]))


@given(MOMENTS, MOMENTS)
def test_keys_sort_by_time_then_phase_then_world_before_record(one: tuple[int, Phase, int], other: tuple[int, Phase, int]) -> None:
    assert (key(*one) < key(*other)) == (one < other)
    assert key_time(key(*one)) == one[0]
    assert key(*one) < NEVER


@given(MOMENTS, st.tuples(TIMES, st.sampled_from(Phase)), st.integers(0, 3))
def test_the_lane_runs_up_to_a_boundary(operation: tuple[int, Phase, int], event: tuple[int, Phase], rounds: int) -> None:
    """It does what lies before the event; all it has at an instant belongs to the first round."""
    time, phase = event
    runs = key(*operation) < boundary(time, rounds * PHASES + phase)
    assert runs == (operation[:2] < event if rounds == 0 else operation[0] <= time)


def test_phases_are_in_the_order_of_the_architecture() -> None:
    names = "change receipt conversion release return demand pick count review measure"
    assert [phase.name.lower() for phase in sorted(Phase)] == names.split()


def test_what_comes_without_delay_waits_for_the_next_round_where_its_phase_has_begun() -> None:
    review = int(Phase.REVIEW)
    assert priority_for(5, review, 5, Phase.MEASURE) == Phase.MEASURE
    assert priority_for(5, review, 5, Phase.REVIEW) == PHASES + Phase.REVIEW
    assert priority_for(5, review, 5, Phase.RECEIPT) == PHASES + Phase.RECEIPT
    assert priority_for(5, PHASES + review, 5, Phase.PICK) == 2 * PHASES + Phase.PICK
    assert priority_for(5, review, 6, Phase.RECEIPT) == Phase.RECEIPT


def test_nothing_is_done_in_the_past() -> None:
    with pytest.raises(ValueError, match=r"time\(=4\) must not lie before the present instant 5"):
        priority_for(5, 0, 4, Phase.REVIEW)


ASKED = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(Phase), st.lists(st.sampled_from(Phase), max_size=2)), max_size=12)


def diary(clock: NetworkClock | HeapAgenda, asked: list[tuple[int, Phase, list[Phase]]]) -> list[tuple[int, int, int, int]]:
    """What a clock does, and when: each entry asks for others at the same instant once it is done."""
    done: list[tuple[int, int, int, int]] = []

    def ask(number: int, time: int, phase: Phase, then: list[Phase]) -> None:
        def do() -> None:
            done.append((clock.time, clock.priority, number, len(then)))
            if then:
                ask(number, clock.time, then[0], then[1:])

        clock.at(time, phase, do)

    for number, (time, phase, then) in enumerate(asked):
        ask(number, time, phase, then)
    while clock.next_key() != NEVER:
        clock.step()
    return done


@given(ASKED)
def test_both_clocks_keep_the_same_order(asked: list[tuple[int, Phase, list[Phase]]]) -> None:
    done = diary(NetworkClock(0), asked)
    assert done == diary(HeapAgenda(0), asked)
    assert [entry[:2] for entry in done] == sorted(entry[:2] for entry in done)
    assert len(done) == sum(1 + len(then) for _, _, then in asked)


@given(st.lists(st.tuples(TIMES, st.sampled_from(Phase)), min_size=1))
def test_both_clocks_tell_the_lane_the_same_boundary(entries: list[tuple[int, Phase]]) -> None:
    network, heap = NetworkClock(0), HeapAgenda(0)
    for clock in (network, heap):
        for time, phase in entries:
            clock.at(time, phase, lambda: None)
    assert network.next_key() == heap.next_key() == boundary(*min(entries))


def test_processes_and_entries_share_the_order_of_phases() -> None:
    clock, done = NetworkClock(5), []

    def process(phase: Phase) -> Generator[simpy.Event, None, None]:
        for time in (7, 7, 9):
            yield clock.until(time, phase)
            done.append((clock.time, clock.now, clock.priority))

    clock.process(process(Phase.RECEIPT))
    for phase in (Phase.REVIEW, Phase.CHANGE):
        clock.at(7, phase, lambda: done.append((clock.time, clock.now, clock.priority)))
    clock.run()
    first, second = PHASES * 0, PHASES * 1
    order = [first + Phase.CHANGE, first + Phase.RECEIPT, first + Phase.REVIEW, second + Phase.RECEIPT]
    assert done == [*((7, 7, priority) for priority in order), (9, 9, Phase.RECEIPT)]
