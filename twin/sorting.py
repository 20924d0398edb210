"""Putting operations in order without comparing them: by time into coarse buckets, then by finer time within each.

Sorting millions of rows by comparison costs more than everything that is then done with them. Keys are times, spread evenly
enough that a fine bucket holds a handful of rows. A coarse bucket fits the processor's cache, so that the second pass, which
jumps about, jumps within the cache. The order is stable: rows of one key and location stay as they were generated, by source and
sequence.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.compiled import compiled, inlined

_COARSE, _FINE = 4096, 1  # rows a bucket holds, about
_RUN, _CROWD = 16, 64  # rows that are inserted one by one; rows of a fine bucket from which on they are merged


@inlined()
def _after(rows: NDArray[np.void], i: int, other: NDArray[np.void], j: int) -> bool:
    """Whether row i of ``rows`` belongs behind row j of ``other``."""
    if rows[i].key != other[j].key:
        return bool(rows[i].key > other[j].key)
    return bool(rows[i].location > other[j].location)


@inlined()
def _insert(rows: NDArray[np.void], first: int, end: int, held: NDArray[np.void]) -> None:
    """Insertion sort of rows [first, end); ``held`` is room for one row."""
    for i in range(first + 1, end):
        if not _after(rows, i - 1, rows, i):
            continue
        held[0] = rows[i]
        j = i
        while j > first and _after(rows, j - 1, held, 0):
            rows[j] = rows[j - 1]
            j -= 1
        rows[j] = held[0]


@inlined()
def _merge(rows: NDArray[np.void], first: int, middle: int, end: int, out: NDArray[np.void]) -> None:
    """Merge sorted rows [first, middle) and [middle, end) into the same range of ``out``."""
    i, j = first, middle
    for k in range(first, end):
        if j >= end or (i < middle and not _after(rows, i, rows, j)):
            out[k] = rows[i]
            i += 1
        else:
            out[k] = rows[j]
            j += 1


@inlined()
def _sort_crowd(rows: NDArray[np.void], first: int, end: int, spare: NDArray[np.void], held: NDArray[np.void]) -> None:
    """Merge sort of rows [first, end), many of one instant: inserting them would take the square of their number."""
    sorted_already = True
    for i in range(first + 1, end):
        sorted_already = sorted_already and not _after(rows, i - 1, rows, i)
    if sorted_already:
        return
    for run in range(first, end, _RUN):
        _insert(rows, run, min(run + _RUN, end), held)
    width = _RUN
    while width < end - first:
        for run in range(first, end, 2 * width):
            _merge(rows, run, min(run + width, end), min(run + 2 * width, end), spare)
        rows[first:end] = spare[first:end]
        width *= 2


@inlined()
def _shift_for(span: int, buckets: int) -> int:
    """The shift that maps keys of a span to at most ``buckets`` buckets."""
    shift = 0
    while span >> shift >= buckets:
        shift += 1
    return shift


@inlined()
def _spread(
    rows: NDArray[np.void],
    first: int,
    end: int,
    low: int,
    shift: int,
    ends: NDArray[np.int64],
    out: NDArray[np.void],
) -> None:
    """Scatter rows [first, end) to the same range of ``out`` by bucket; ``ends`` then holds the end of each bucket."""
    ends[:] = 0
    for i in range(first, end):
        ends[((rows[i].key - low) >> shift) + 1] += 1
    ends[0] = first
    for b in range(1, ends.size):
        ends[b] += ends[b - 1]
    for i in range(first, end):
        b = (rows[i].key - low) >> shift
        out[ends[b]] = rows[i]
        ends[b] += 1


@inlined()
def _sort_bucket(
    rows: NDArray[np.void],
    first: int,
    end: int,
    low: int,
    span: int,
    ends: NDArray[np.int64],
    out: NDArray[np.void],
    held: NDArray[np.void],
) -> None:
    """Sort rows [first, end), whose keys lie in [low, low + span), into the same range of ``out``; ``rows`` is used up."""
    shift = _shift_for(span, min(ends.size - 2, max((end - first) // _FINE, 1) * 2))
    used = ends[: (span >> shift) + 2]
    _spread(rows, first, end, low, shift, used, out)
    start = first
    for b in range(used.size - 1):
        if used[b] - start > _CROWD:
            _sort_crowd(out, start, used[b], rows, held)
        else:
            _insert(out, start, used[b], held)
        start = used[b]


@compiled()
def coarse_shift(span: int, n: int) -> int:
    """The shift that spreads ``n`` rows with keys of a span over buckets that fit the processor's cache."""
    shift: int = _shift_for(span, max(n // _COARSE, 1))
    return shift


@compiled()
def spread_rows(
    rows: NDArray[np.void], n: int, low: int, shift: int, ends: NDArray[np.int64], out: NDArray[np.void]
) -> None:
    """Scatter the first ``n`` of ``rows`` into ``out`` by coarse bucket ``(key - low) >> shift``.

    ``ends``, one longer than there are buckets, then holds the end of each.
    """
    _spread(rows, 0, n, low, shift, ends, out)


@compiled()
def sort_buckets(
    rows: NDArray[np.void],
    ends: NDArray[np.int64],
    first: int,
    end: int,
    low: int,
    shift: int,
    out: NDArray[np.void],
) -> int:
    """Put the rows of coarse buckets [first, end) in order of (key, location) into ``out``; returns how many they are."""
    fine, held = np.empty(4 * _COARSE + 2, np.int64), rows[:1].copy()
    start: int = ends[first - 1] if first else 0
    offset = start
    for b in range(first, end):
        part, room = rows[start : ends[b]], out[start - offset : ends[b] - offset]
        _sort_bucket(part, 0, part.size, low + (b << shift), 1 << shift, fine, room, held)
        start = ends[b]
    return start - offset


@compiled()
def sort_rows(rows: NDArray[np.void], n: int, scratch: NDArray[np.void]) -> None:
    """Put the first ``n`` of ``rows`` in order of (key, location); ``scratch`` is room for as many."""
    if n < 2:
        return
    low = high = rows[0].key
    for i in range(1, n):
        low, high = min(low, rows[i].key), max(high, rows[i].key)
    shift = _shift_for(high - low, max(n // _COARSE, 1))
    coarse = np.empty(((high - low) >> shift) + 2, np.int64)
    fine, held = np.empty(4 * _COARSE + 2, np.int64), rows[:1].copy()
    _spread(rows, 0, n, low, shift, coarse, scratch)
    start = 0
    for b in range(coarse.size - 1):
        _sort_bucket(scratch, start, coarse[b], low + (b << shift), 1 << shift, fine, rows, held)
        start = coarse[b]
