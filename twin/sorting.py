"""Putting operations in order without comparing them: by time into coarse buckets, then digit by digit within each.

Sorting millions of rows by comparison costs more than everything that is then done with them, for no processor can guess how the
comparisons turn out. A coarse bucket fits the processor's cache, so that the passes by digit, which jump about, jump within the
cache. The order is stable: rows of one key and location stay as they were generated, by source and sequence.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.clock import KEY_SHIFT
from twin.compiled import compiled, inlined

_COARSE = 4096  # rows a bucket holds, about
_DIGIT = 11  # most bits of a digit
_SHIFT = KEY_SHIFT
_RUN, _CROWD = 16, 64  # rows that are inserted one by one; rows of an instant from which on they are merged


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
def _radix(
    rows: NDArray[np.void],
    first: int,
    end: int,
    low: int,
    span: int,
    ends: NDArray[np.int64],
    out: NDArray[np.void],
    held: NDArray[np.void],
) -> None:
    """Sort rows [first, end), whose keys lie in [low, low + span), into the same range of ``out``; ``rows`` is left in disorder.

    One, three or five stable passes by digits of the time, so that the last one ends in ``out``.
    """
    whole = (low >> _SHIFT) << _SHIFT  # digits are of the time alone
    bits = 1
    while (low + span - 1 - whole) >> (_SHIFT + bits):
        bits += 1
    passes = 1 if bits <= _DIGIT else (3 if bits <= 3 * _DIGIT else 5)
    width = (bits + passes - 1) // passes
    used, mask = ends[: (1 << width) + 1], (1 << width) - 1
    for i in range(passes):
        if i % 2 == 0:
            _pass(rows, first, end, whole, _SHIFT + i * width, mask, used, out)
        else:
            _pass(out, first, end, whole, _SHIFT + i * width, mask, used, rows)
    _settle_instants(out, first, end, rows, held)


@inlined()
def _settle_instants(rows: NDArray[np.void], first: int, end: int, spare: NDArray[np.void], held: NDArray[np.void]) -> None:
    """Order the rows of each instant, which lie together, by phase and location."""
    start = first
    while start < end:
        stop = start + 1
        while stop < end and rows[np.uintp(stop)].key >> _SHIFT == rows[np.uintp(start)].key >> _SHIFT:
            stop += 1
        if stop - start > _CROWD:
            _sort_crowd(rows, start, stop, spare, held)
        elif stop - start > 1:
            _insert(rows, start, stop, held)
        start = stop


@inlined()
def _pass(
    rows: NDArray[np.void],
    first: int,
    end: int,
    low: int,
    shift: int,
    mask: int,
    ends: NDArray[np.int64],
    out: NDArray[np.void],
) -> None:
    """Scatter rows [first, end) to the same range of ``out`` by one digit, stable."""
    ends[:] = 0
    for i in range(first, end):
        ends[np.uintp((((rows[np.uintp(i)].key - low) >> shift) & mask) + 1)] += 1
    ends[0] = first
    for b in range(1, ends.size):
        ends[b] += ends[b - 1]
    for i in range(first, end):
        at = np.uintp(((rows[np.uintp(i)].key - low) >> shift) & mask)
        out[np.uintp(ends[at])] = rows[np.uintp(i)]
        ends[at] += 1


@compiled()
def coarse_shift(span: int, n: int) -> int:
    """The shift that spreads ``n`` rows with keys of a span over buckets that fit the processor's cache."""
    shift: int = _shift_for(span, max(n // _COARSE, 1))
    return shift


@compiled()
def spread_rows(rows: NDArray[np.void], n: int, low: int, shift: int, ends: NDArray[np.int64], out: NDArray[np.void]) -> None:
    """Scatter the first ``n`` of ``rows`` into ``out`` by coarse bucket ``(key - low) >> shift``.

    ``ends``, one longer than there are buckets, then holds the end of each.
    """
    _spread(rows, 0, n, low, shift, ends, out)


@compiled()
def sort_buckets(
    rows: NDArray[np.void], ends: NDArray[np.int64], first: int, end: int, low: int, shift: int, out: NDArray[np.void]
) -> int:
    """Put the rows of coarse buckets [first, end) in order of (key, location) into ``out``; returns how many they are.

    The rows of those buckets are left in disorder.
    """
    digits, held = np.empty((1 << _DIGIT) + 1, np.int64), rows[:1].copy()
    start = ends[first - 1] if first else 0
    offset = start
    for b in range(first, end):
        part, room = rows[start : ends[b]], out[start - offset : ends[b] - offset]
        _radix(part, 0, part.size, low + (b << shift), 1 << shift, digits, room, held)
        start = ends[b]
    return start - offset


@compiled()
def set_aside(rows: NDArray[np.void], n: int, until: int, aside: NDArray[np.void]) -> int:
    """Move those of the first ``n`` rows whose key is ``until`` or later to ``aside``; returns how many stay, in their order."""
    kept = 0
    for i in range(n):
        if rows[i].key < until:
            rows[kept] = rows[i]
            kept += 1
        else:
            aside[i - kept] = rows[i]
    return kept


@compiled()
def sort_rows(rows: NDArray[np.void], n: int, scratch: NDArray[np.void]) -> None:
    """Put the first ``n`` of ``rows`` in order of (key, location); ``scratch`` is room for as many."""
    if n < 2:
        return
    low = high = rows[0].key
    for i in range(n):
        low, high = min(low, rows[i].key), max(high, rows[i].key)
        scratch[i] = rows[i]
    low = (low >> _SHIFT) << _SHIFT  # the digits are those of the time
    _radix(scratch, 0, n, low, high - low + 1, np.empty((1 << _DIGIT) + 1, np.int64), rows, rows[:1].copy())
