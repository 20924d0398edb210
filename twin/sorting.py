"""Putting operations in order without comparing them all: by time into as many buckets as there are rows, then each into place.

Sorting millions of rows by comparison costs more than everything that is then done with them, for no processor can guess how the
comparisons turn out. Rows that do not fit the processor's cache are first spread over coarse buckets that do, so that the second
pass, which jumps about, jumps within the cache. The order is stable: rows of one key and location stay as they were generated.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numba.extending import overload
from numpy.typing import NDArray

from twin.compiled import compiled, inlined
from twin.memory import Row

_FINE = 1 << 14  # rows that are put in order in one go
_COARSE = 4096  # rows of a coarse bucket, about
_RUN, _CROWD = 16, 48  # rows that are inserted one by one; rows of a bucket from which on they are merged


def _tie(row: Row) -> int:
    """What puts rows of one key in order: a location, or the turn in which they were entered. For kernels only."""
    raise NotImplementedError


@overload(_tie)
def _tie_of(row: Row) -> Callable[[Row], int]:
    def turn(row: Row) -> int:
        return row.turn  # type: ignore[no-any-return]

    def location(row: Row) -> int:
        return row.location  # type: ignore[no-any-return]

    return turn if "turn" in row.fields else location


@inlined()
def _after(rows: NDArray[np.void], i: int, other: NDArray[np.void], j: int) -> bool:
    """Whether row i of ``rows`` belongs behind row j of ``other``."""
    if rows[i].key != other[j].key:
        return bool(rows[i].key > other[j].key)
    return bool(_tie(rows[i]) > _tie(other[j]))


@inlined()
def copy(rows: NDArray[np.void], first: int, end: int, out: NDArray[np.void], to: int) -> None:
    """Copy rows [first, end) to ``out`` from ``to`` on. An assignment of slices would bring its messages into every kernel."""
    for i in range(end - first):
        out[np.uintp(to + i)] = rows[np.uintp(first + i)]


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


@inlined(forceinline=False)
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
        copy(spare, first, end, rows, first)
        width *= 2


@inlined()
def _spread(
    rows: NDArray[np.void], first: int, end: int, low: int, shift: int, ends: NDArray[np.int32], out: NDArray[np.void]
) -> int:
    """Scatter rows [first, end) to the same range of ``out`` by bucket ``(key - low) >> shift``, stable.

    ``ends``, one longer than there are buckets, then holds the end of each; returns the rows of the fullest.
    """
    ends[:] = 0
    for i in range(first, end):
        ends[np.uintp(((rows[np.uintp(i)].key - low) >> shift) + 1)] += 1
    fullest = 0
    ends[0] = first
    for b in range(1, ends.size):
        fullest = max(fullest, int(ends[b]))
        ends[b] += ends[b - 1]
    for i in range(first, end):
        bucket = np.uintp((rows[np.uintp(i)].key - low) >> shift)
        out[np.uintp(ends[bucket])] = rows[np.uintp(i)]
        ends[bucket] += 1
    return fullest


@inlined()
def _buckets(span: int, rows: int) -> tuple[int, int]:
    """The shift that spreads keys of a span over about as many buckets as ``rows``, and how many buckets that makes."""
    shift = 0
    while (span - 1) >> shift >= max(2 * rows, 1):
        shift += 1
    return shift, ((span - 1) >> shift) + 1


@inlined(forceinline=False)
def _fine(
    rows: NDArray[np.void], first: int, end: int, low: int, span: int, ends: NDArray[np.int32], held: NDArray[np.void],
    out: NDArray[np.void],
) -> None:  # fmt: skip
    """Put rows [first, end), whose keys lie in [low, low + span), in order into the same range of ``out``."""
    shift, buckets = _buckets(span, end - first)
    fullest = _spread(rows, first, end, low, shift, ends[: buckets + 1], out)
    if fullest <= _CROWD:
        _insert(out, first, end, held)
        return
    start = first
    for b in range(buckets):
        if ends[b] - start > _CROWD:
            _sort_crowd(out, start, ends[b], rows, held)
        else:
            _insert(out, start, ends[b], held)
        start = ends[b]


@inlined()
def sort_rows(
    rows: NDArray[np.void], n: int, low: int, span: int, ends: NDArray[np.int32], held: NDArray[np.void],
    spare: NDArray[np.void], out: NDArray[np.void],
) -> None:  # fmt: skip
    """Put the first ``n`` of ``rows`` in order of (key, location or turn) into ``out``; they are left in disorder.

    Parameters
    ----------
    low, span : all keys lie in [low, low + span)
    ends : room for ``BUCKET_ENDS`` integers
    held : room for a row
    spare : room for ``n`` rows where they are more than ``FINE``
    """
    if n <= _FINE:
        _fine(rows, 0, n, low, span, ends, held, out)
        return
    shift, buckets = _buckets(span, n // _COARSE)
    coarse = np.empty(buckets + 1, np.int32)
    _spread(rows, 0, n, low, shift, coarse, spare)
    first = np.int64(0)
    for b in range(buckets):
        part = low + (b << shift)
        if coarse[b] - first <= _FINE:
            _fine(spare, first, coarse[b], part, 1 << shift, ends, held, out)
        else:  # very uneven: some moments have more rows than the cache holds
            copy(spare, first, coarse[b], out, first)
            _sort_crowd(out, first, coarse[b], rows, held)
        first = coarse[b]


FINE = _FINE
BUCKET_ENDS = 2 * _FINE + 1


@compiled(forceinline=True)
def set_aside(rows: NDArray[np.void], n: int, until: int, aside: NDArray[np.void]) -> int:
    """Move those of the first ``n`` rows whose key is ``until`` or later to ``aside``; returns how many stay, in their order."""
    kept = 0
    for i in range(n):
        if rows[np.uintp(i)].key < until:
            if kept < i:
                rows[np.uintp(kept)] = rows[np.uintp(i)]
            kept += 1
        else:
            aside[np.uintp(i - kept)] = rows[np.uintp(i)]
    return kept
