"""Every event once, however often it comes, as long as its id is remembered."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.twin.record.believing import Believer, Change
from twin.record.state import Meter, Source, power_of_two, widen


@given(st.lists(st.integers(0, 60), max_size=60), st.sampled_from([4, 8, 16]))
def test_a_window_of_ids(sequences: list[int], window: int) -> None:
    """Heard once if new; a duplicate is known as such within the window; beyond it nothing is applied, and it is said."""
    believer = Believer(1, window=window, folds=False)
    top, known, duplicates, beyond = -1, set[int](), 0, 0
    for sequence in sequences:
        believer.hear(Change(sequence, 1, 0, -1), 5)
        if sequence > top - window:
            duplicates += sequence in known
            known.add(sequence)
            top = max(top, sequence)
        else:
            beyond += 1
    assert believer.levels == [-len(known)]
    assert believer.meter(Meter.DUPLICATES) == duplicates
    assert believer.meter(Meter.BEYOND_WINDOW) == beyond


@given(st.lists(st.integers(0, 60), max_size=40), st.lists(st.integers(0, 90), max_size=40))
def test_widening_forgets_nothing_and_remembers_nothing_new(first: list[int], then: list[int]) -> None:
    """After widening, what lies within the old window is known as before; only new numbers profit."""
    plain, widened = (Believer(1, window=8, folds=False) for _ in range(2))
    for sequence in first:
        for believer in (plain, widened):
            believer.hear(Change(sequence, 1, 0, -1), 5)
    top = int(plain.sender(Source.SALES)["top"])
    widened.record = widen(widened.record, asked(widened, 128))
    assert widened.sender(Source.SALES)["size"] == 128
    for sequence in then:
        if sequence > top - 8:
            widened.hear(Change(sequence, 1, 0, -1), 6)
    applied = {s for s in then if s > top - 8} - {s for s in first if s > top - 8}
    assert widened.levels == [plain.levels[0] - len(applied - remembered(first, 8))]


def remembered(sequences: list[int], window: int) -> set[int]:
    """Numbers that were applied and are within the window of the highest."""
    top, known = -1, set[int]()
    for sequence in sequences:
        if sequence > top - window:
            known.add(sequence)
            top = max(top, sequence)
    return {s for s in known if s > top - window}


def test_a_narrower_window_than_there_is_changes_nothing() -> None:
    believer = Believer(1, window=64)
    assert widen(believer.record, asked(believer, 10)) is believer.record
    assert [power_of_two(n) for n in (1, 2, 3, 64, 65)] == [1, 2, 4, 64, 128]


def test_sources_number_their_events_each_for_itself() -> None:
    believer = Believer(1, opening=10)
    believer.hear(Change(3, 1, 0, -1))
    believer.hear(Change(3, 1, 0, 2))  # a receipt with the number of the sale
    assert believer.levels == [11]
    assert believer.meter(Meter.DUPLICATES) == 0
    assert believer.sender(Source.SALES)["heard_to"] == believer.sender(Source.WAREHOUSE)["heard_to"] == 1
    assert believer.record.senders["top"].tolist() == [3, -1, 3, -1]


def test_the_tills_of_a_location_number_their_sales_for_themselves() -> None:
    """Whoever reports of goods or counts does so for all locations."""
    believer = Believer(1, locations=3, opening=10)
    for cell in (0, 2, 1, 2):
        believer.hear(Change(3, 1 + cell, cell, -1), 9)
        believer.hear(Change(5, 1 + cell, cell, 2), 9)
    assert believer.levels == [11, 9, 9]  # the receipt is known by its number, wherever it says it was
    assert believer.meter(Meter.DUPLICATES) == 1 + 3
    assert [int(believer.sender(Source.SALES, place)["heard_to"]) for place in range(3)] == [1, 2, 3]
    assert believer.record.senders["top"].tolist() == [3, 3, 3, -1, 5, -1]


SOLD = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 40)), max_size=60)


@given(SOLD, st.lists(st.integers(0, 100), min_size=6, max_size=6))
def test_each_sender_is_widened_as_it_needs(sales: list[tuple[int, int]], windows: list[int]) -> None:
    """A window of one sender that grows moves those of others: what each knows stays its own."""
    believer = Believer(1, locations=3, window=8, folds=False)
    for cell, sequence in sales:
        believer.hear(Change(sequence, 1, cell, -1), 5)
    believer.record = widen(believer.record, np.array(windows))
    senders = believer.record.senders
    assert senders["size"].tolist() == [max(8, power_of_two(window)) for window in windows]
    assert senders["first"].tolist() == [0, *np.cumsum(senders["size"])[:-1].tolist()]
    assert believer.record.seen.size == senders["size"].sum()
    known = [remembered([number for place, number in sales if place == cell], 8) for cell in range(3)]
    before = believer.levels
    for cell in range(3):
        top = int(senders["top"][cell])
        for sequence in range(max(0, top - 7), 150):
            believer.hear(Change(sequence, 1, cell, -1), 6)
        assert believer.levels[cell] == before[cell] - (150 - max(0, top - 7)) + len(known[cell])


def asked(believer: Believer, window: int) -> NDArray[np.int64]:
    return np.full(believer.record.senders.size, window)


def test_how_far_a_source_has_come_never_goes_back() -> None:
    believer = Believer(1)
    for sequence, time in enumerate((5, 9, 7)):
        believer.hear(Change(sequence, time, 0, -1), 20)
    assert believer.sender(Source.SALES)["heard_to"] == 9


def test_the_digest_knows_order_content_and_repetition() -> None:
    def digest(*events: Change) -> int:
        believer = Believer(2)
        for event in events:
            believer.hear(event, 9)
        return int(believer.sender(Source.SALES)["digest"])

    a, b = Change(0, 1, 0, -1), Change(1, 2, 1, -1)
    others = [digest(b, a), digest(a), digest(a, b, b), digest(a, Change(1, 2, 1, -2)), digest(a, Change(1, 2, 0, -1))]
    assert digest(a, b) == digest(a, b)
    assert digest(a, b) not in others
    assert len(set(others)) == len(others)
    assert np.int64(digest(a, b)) != 0
