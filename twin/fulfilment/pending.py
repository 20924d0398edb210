"""What is due later: the present slice of time in order, chains of entries for the slices to come.

A delivery is days away and there may be a million of them; a heap of all would cost each entry twenty comparisons in cold memory.
So an entry is written to its slice, where nobody looks until that slice begins and is sorted once: then what comes next is known
far ahead. A heap holds only what was made since. Entries of one key come in the order in which they were entered.
"""

from __future__ import annotations

from twin.clock import KEY_SHIFT, NEVER
from twin.fulfilment.ahead import ask_for_step
from twin.fulfilment.state import CHUNK, KIND_BITS, Fulfilment, Hold
from twin.fulfilment.tables import fulfilment_of
from twin.intrinsics import prefetch
from twin.memory import Row
from twin.orders.state import NONE
from twin.orders.tables import Tables
from twin.parts import inlined, part
from twin.sorting import sort_rows

_HEAP, _SLICE, _LATER, _ENTERED, _FULLEST = (
    int(h) for h in (Hold.HEAP, Hold.SLICE, Hold.LATER, Hold.ENTERED, Hold.FULLEST)
)
_FREE, _LEFT, _PRESENT, _PRESENT_END = (
    int(h) for h in (Hold.FREE_CHUNKS, Hold.CHUNKS_LEFT, Hold.PRESENT, Hold.PRESENT_END)
)
SLICE_BITS = 23  # a slice has 2**23 µs, some 8 seconds
_SLICE_SHIFT = SLICE_BITS + KEY_SHIFT
SLICES = 1 << 16  # 6 days; what is later still goes round the ring


@inlined()
def enter(w: Tables, key: int, what: int, who: int, other: int) -> None:
    """Something will happen at ``key``."""
    of = fulfilment_of(w)
    turn = (of.control[_ENTERED] << KIND_BITS) | what
    of.control[_ENTERED] += 1
    if (key >> _SLICE_SHIFT) <= of.control[_SLICE]:
        _push(w, key, turn, who, other)
    else:
        _append(of, key, turn, who, other)


@inlined()
def ask_for_slice(of: Fulfilment, time: int) -> None:
    """Ask for the slice of an instant, µs, at which something will soon be entered."""
    prefetch(of.slices, (time >> SLICE_BITS) & (SLICES - 1))


@inlined()
def ask_for_entry(of: Fulfilment, time: int) -> None:
    """Ask for where that will be entered, once its slice is there."""
    there = of.slices[(time >> SLICE_BITS) & (SLICES - 1)]
    inside = there.many & (CHUNK - 1)
    chunk = there.chunk if inside else of.control[_FREE]
    prefetch(of.chunks, chunk * CHUNK + inside)


@inlined()
def _write(row: Row, key: int, turn: int, who: int, other: int) -> None:
    row.key, row.turn, row.who, row.other = key, turn, who, other


@inlined()
def _append(of: Fulfilment, key: int, turn: int, who: int, other: int) -> None:
    """Write an entry behind those of its slice."""
    there = of.slices[(key >> _SLICE_SHIFT) & (SLICES - 1)]
    inside = there.many & (CHUNK - 1)
    if inside == 0:
        chunk = of.control[_FREE]
        of.control[_FREE] = of.next_chunk[chunk]
        of.control[_LEFT] -= 1
        of.next_chunk[chunk] = there.chunk
        there.chunk = chunk
    _write(of.chunks[there.chunk * CHUNK + inside], key, turn, who, other)
    there.many += 1
    of.control[_LATER] += 1
    if there.many > of.control[_FULLEST]:
        of.control[_FULLEST] = there.many


@inlined()
def _before(key: int, turn: int, other: Row) -> bool:
    return key < other.key or (key == other.key and turn < other.turn)


@part()
def _push(w: Tables, key: int, turn: int, who: int, other: int) -> None:
    of = fulfilment_of(w)
    i = of.control[_HEAP]
    of.control[_HEAP] += 1
    while i > 0 and _before(key, turn, of.heap[(i - 1) >> 1]):
        _copy(of.heap[(i - 1) >> 1], of.heap[i])
        i = (i - 1) >> 1
    _write(of.heap[i], key, turn, who, other)


@inlined()
def next_due(w: Tables, of: Fulfilment) -> int:
    """Key of the first entry; turns to the next slice that has any where the present one has none left."""
    if of.control[_HEAP] == 0 and of.control[_PRESENT] == of.control[_PRESENT_END]:
        if of.control[_LATER] == 0:
            return NEVER
        _turn_slice(w)
    key: int = of.present[of.control[_PRESENT]].key  # a row that is never due closes them
    return min(key, of.heap[0].key) if of.control[_HEAP] else key


@part()
def _turn_slice(w: Tables) -> None:
    of = fulfilment_of(w)
    while of.control[_PRESENT] == of.control[_PRESENT_END]:
        of.control[_SLICE] += 1
        if of.slices[of.control[_SLICE] & (SLICES - 1)].chunk != NONE:
            _open_slice(of)
    ask_for_step(w, True)


@inlined()
def _open_slice(of: Fulfilment) -> None:
    """Put the entries of the slice that begins in order; those of a later round of the ring go back to it."""
    now = of.control[_SLICE]
    there = of.slices[now & (SLICES - 1)]
    chunk, inside, n = there.chunk, ((there.many - 1) & (CHUNK - 1)) + 1, 0
    of.control[_LATER] -= there.many
    there.chunk, there.many = NONE, 0
    while chunk != NONE:
        after = of.next_chunk[chunk]
        if after != NONE:
            for i in range(0, CHUNK, 2):  # two to a cache line
                prefetch(of.chunks, after * CHUNK + i)
        for i in range(chunk * CHUNK, chunk * CHUNK + inside):
            row = of.chunks[i]
            if (row.key >> _SLICE_SHIFT) <= now:
                _write(of.unsorted[n], row.key, row.turn, row.who, row.other)
                n += 1
            else:
                _append(of, row.key, row.turn, row.who, row.other)
        of.next_chunk[chunk] = of.control[_FREE]
        of.control[_FREE] = chunk
        of.control[_LEFT] += 1
        chunk, inside = after, CHUNK
    sort_rows(of.unsorted, n, now << _SLICE_SHIFT, 1 << _SLICE_SHIFT, of.ends, of.held, of.spare, of.present)
    of.present[n].key = NEVER
    of.control[_PRESENT], of.control[_PRESENT_END] = 0, n


@inlined()
def take_first(of: Fulfilment) -> Row:
    """Take the first entry out; its row is good until something else is entered."""
    first = of.present[of.control[_PRESENT]]
    if of.control[_HEAP] == 0 or _before(first.key, first.turn, of.heap[0]):
        of.control[_PRESENT] += 1
        return first
    return _pop(of)


@inlined()
def _pop(of: Fulfilment) -> Row:
    """Take the first entry off the heap; it is held until the next one is taken, or a slice begins."""
    of.control[_HEAP] -= 1
    size, i, first = of.control[_HEAP], 0, of.held[0]
    _copy(of.heap[0], first)
    last = of.heap[size]
    while 2 * i + 1 < size:
        child = 2 * i + 1
        if child + 1 < size and _before(of.heap[child + 1].key, of.heap[child + 1].turn, of.heap[child]):
            child += 1
        if _before(last.key, last.turn, of.heap[child]):
            break
        _copy(of.heap[child], of.heap[i])
        i = child
    _copy(last, of.heap[i])
    return first


@inlined()
def _copy(row: Row, to: Row) -> None:
    _write(to, row.key, row.turn, row.who, row.other)
