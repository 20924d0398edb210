"""The random words of a stream's day, in order of time.

A line is two words: when and what, luck and how many. The upper half of the first is when, and a later time never has a smaller
one: so the words are put in order before any line is made of them, evenly spread as they are, and a stream's lines come out in
order by themselves. The choice of a SKU waits for memory and for nothing else, so it is made where many lines wait at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.compiled import inlined
from twin.random.philox import lower, philox_block
from twin.random.purposes import Purpose

_LINE = int(Purpose.POS_LINE)
_STEPS = 3  # from where a guide points to, nearly always enough
_MOST_BITS = 15  # of the buckets: they stay in the cache
_LOW = np.uint64(0xFFFFFFFF)


class Desk(NamedTuple):
    """Room for the words of a stream's day: two for each line, and two more."""

    words: NDArray[np.uint64]  # as drawn
    ordered: NDArray[np.uint64]
    ends: NDArray[np.int32]  # room for ``twin.sorting.BUCKET_ENDS`` integers


class Guide(NamedTuple):
    """A choice among SKUs: where to begin looking for each step of a uniform number, and the last number of each SKU."""

    guide: NDArray[np.int32]
    shift: int
    last: NDArray[np.uint32]


@inlined()
def choose(of: Guide, u: int) -> np.int64:
    """Index, among those of its choice, of the SKU a uniform number stands for."""
    i = np.int64(of.guide[np.uintp(u >> of.shift)])
    for _ in range(_STEPS):  # without a branch, which no processor could guess
        i += u > of.last[np.uintp(i)]
    while u > of.last[np.uintp(i)]:
        i += 1
    return i


@inlined()
def _draw(desk: Desk, lines: int, day: int, entity: int, replication: int, seed: int, shift: np.uint64) -> None:
    """The words of all lines as they are drawn, and how many fall into each bucket."""
    words, ends = desk.words, desk.ends
    for i in range(0, lines, 2):
        a, b, c, e = philox_block(i >> 1, day, entity, replication, seed, _LINE)
        at = np.uintp(2 * i)
        words[at], words[at + np.uintp(1)], words[at + np.uintp(2)], words[at + np.uintp(3)] = a, b, c, e
        ends[np.uintp(a >> shift) + np.uintp(1)] += 1
        ends[np.uintp(c >> shift) + np.uintp(1)] += i + 1 < lines


@inlined()
def _insert(words: NDArray[np.uint64], lines: int) -> None:
    """Insertion sort by the first word of each line."""
    for i in range(1, lines):
        a = words[np.uintp(2 * i)]
        if words[np.uintp(2 * i - 2)] <= a:
            continue
        b, j = words[np.uintp(2 * i + 1)], i
        while j > 0 and words[np.uintp(2 * j - 2)] > a:
            words[np.uintp(2 * j)], words[np.uintp(2 * j + 1)] = words[np.uintp(2 * j - 2)], words[np.uintp(2 * j - 1)]
            j -= 1
        words[np.uintp(2 * j)], words[np.uintp(2 * j + 1)] = a, b


@inlined()
def draw_words(desk: Desk, of: Guide, lines: int, day: int, entity: int, replication: int, seed: int) -> None:
    """Fill ``desk.ordered`` with the words of a day's lines; what is chosen stands in place of the number that chose it."""
    bits = 1
    while bits < _MOST_BITS and 1 << bits < lines:
        bits += 1
    shift, buckets = np.uint64(64 - bits), 1 << bits
    ends = desk.ends
    ends[: buckets + 1] = 0
    _draw(desk, lines, day, entity, replication, seed, shift)
    for b in range(1, buckets):
        ends[np.uintp(b)] += ends[np.uintp(b - 1)]
    for i in range(lines):
        a = desk.words[np.uintp(2 * i)]
        bucket = np.uintp(a >> shift)
        to = np.uintp(2 * ends[bucket])
        ends[bucket] += 1
        desk.ordered[to] = (a & ~_LOW) | np.uint64(choose(of, lower(a)))
        desk.ordered[to + np.uintp(1)] = desk.words[np.uintp(2 * i + 1)]
    _insert(desk.ordered, lines)
