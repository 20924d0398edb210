"""What is due later: a heap for the present slice of time, chains of entries for the slices to come.

A delivery is days away and there may be a million of them; a heap of all would cost each entry twenty comparisons in cold memory.
So the heap holds the present slice only. Entries of one key come in the order in which they were entered.
"""

from __future__ import annotations

from twin.clock import KEY_SHIFT, NEVER
from twin.fulfilment.ahead import ask_for_entry
from twin.fulfilment.state import KIND_BITS, Fulfilment, Hold
from twin.fulfilment.tables import fulfilment_of
from twin.orders.state import NONE, Book
from twin.orders.tables import Tables, book_of
from twin.parts import inlined, part

_HEAP, _SLICE, _LATER = int(Hold.HEAP), int(Hold.SLICE), int(Hold.LATER)
_FREE, _LEFT, _ENTERED = int(Hold.FREE_DUE), int(Hold.DUE_LEFT), int(Hold.ENTERED)
SLICE_BITS = 28  # a slice has 2**28 µs, some 4 minutes
_SLICE_SHIFT = SLICE_BITS + KEY_SHIFT
SLICES = 1 << 15  # 100 days; what is later still goes round the ring


@part()
def enter(w: Tables, key: int, what: int, who: int, other: int) -> None:
    """Something will happen at ``key``."""
    of = fulfilment_of(w)
    row = of.control[_FREE]
    entry = of.due[row]
    of.control[_FREE] = entry.next
    of.control[_LEFT] -= 1
    entry.key, entry.who, entry.other = key, who, other
    entry.turn = (of.control[_ENTERED] << KIND_BITS) | what
    of.control[_ENTERED] += 1
    if (key >> _SLICE_SHIFT) <= of.control[_SLICE]:
        _push(of, key, row)
    else:
        place = (key >> _SLICE_SHIFT) & (SLICES - 1)
        entry.next = of.slices[place]
        of.slices[place] = row
        of.control[_LATER] += 1


@inlined()
def _before(of: Fulfilment, key: int, row: int, other: int) -> bool:
    """Whether an entry comes before the one at place ``other`` of the heap."""
    there = of.heap_keys[other]
    if key != there:
        return key < there
    return of.due[row].turn < of.due[of.heap_rows[other]].turn


@inlined()
def _push(of: Fulfilment, key: int, row: int) -> None:
    i = of.control[_HEAP]
    of.control[_HEAP] += 1
    while i > 0 and _before(of, key, row, (i - 1) >> 1):
        of.heap_keys[i], of.heap_rows[i] = of.heap_keys[(i - 1) >> 1], of.heap_rows[(i - 1) >> 1]
        i = (i - 1) >> 1
    of.heap_keys[i], of.heap_rows[i] = key, row


@part()
def next_due(w: Tables) -> int:
    """Key of the first entry; turns to the next slice that has any where the present one has none left."""
    of = fulfilment_of(w)
    while of.control[_HEAP] == 0:
        if of.control[_LATER] == 0:
            return NEVER
        of.control[_SLICE] += 1
        _open_slice(of, book_of(w))
    key: int = of.heap_keys[0]
    return key


@inlined()
def _open_slice(of: Fulfilment, book: Book) -> None:
    now = of.control[_SLICE]
    row, kept = of.slices[now & (SLICES - 1)], NONE
    while row != NONE:
        entry = of.due[row]
        after = entry.next
        ask_for_entry(of, book, entry)
        if (entry.key >> _SLICE_SHIFT) <= now:
            _push(of, entry.key, row)
            of.control[_LATER] -= 1
        else:  # of a later round of the ring
            entry.next = kept
            kept = row
        row = after
    of.slices[now & (SLICES - 1)] = kept


@part()
def take_first(w: Tables) -> int:
    """Take the first entry out; returns its row, which is free again with the next ``enter``."""
    of = fulfilment_of(w)
    first = of.heap_rows[0]
    of.control[_HEAP] -= 1
    size = of.control[_HEAP]
    key, row, i = of.heap_keys[size], of.heap_rows[size], 0
    while 2 * i + 1 < size:
        child = 2 * i + 1
        if child + 1 < size and _before(of, of.heap_keys[child + 1], of.heap_rows[child + 1], child):
            child += 1
        if _before(of, key, row, child):
            break
        of.heap_keys[i], of.heap_rows[i] = of.heap_keys[child], of.heap_rows[child]
        i = child
    of.heap_keys[i], of.heap_rows[i] = key, row
    entry = of.due[first]
    entry.next = of.control[_FREE]
    of.control[_FREE] = first
    of.control[_LEFT] += 1
    return first
