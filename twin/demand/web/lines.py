"""The lines of a cart: SKUs by popularity, none twice, and how many units of each.

A SKU that the cart has already gives way to one of the others, by a draw of its own: none is ever tried in vain, however much of
the demand one SKU has.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.compiled import inlined
from twin.demand.picking import guide_of, source_of
from twin.demand.streams import StreamTables
from twin.demand.words import Guide, choose
from twin.random.laws import ONE
from twin.random.philox import lower, philox_block, upper
from twin.random.purposes import Purpose
from twin.random.tables import discrete_draw

_LINE, _REPEAT = int(Purpose.WEB_LINE), int(Purpose.WEB_REPEAT)
_ONE = ONE
_LINE_BITS = 16


class Keys(NamedTuple):
    """What addresses the draws of a replication."""

    seed: int
    replication: int
    start_us: int
    first_day: int


@inlined()
def _among_others(guide: Guide, u: int, picked: NDArray[np.int64], known: int) -> np.int64:
    """The SKU, by popularity, among those that are not yet ``picked`` (``known`` of them, ascending); -1 where none is left."""
    left = np.int64(_ONE)
    for k in range(known):
        left -= _width(guide, picked[k])
    if left <= 0:
        return np.int64(-1)
    v = min(np.int64(u * (left / _ONE)), left - 1)
    for k in range(known):
        if v < _start(guide, picked[k]):
            break
        v += _width(guide, picked[k])
    what: np.int64 = choose(guide, v)
    return what


@inlined()
def _start(guide: Guide, what: np.int64) -> np.int64:
    """The first uniform number that stands for a choice."""
    before = np.int64(-1)
    if what > 0:
        before = np.int64(guide.last[what - 1])
    return before + 1


@inlined()
def _width(guide: Guide, what: np.int64) -> np.int64:
    """How many uniform numbers stand for a choice."""
    last = np.int64(guide.last[what])
    width: np.int64 = last + 1 - _start(guide, what)
    return width


@inlined()
def _keep(picked: NDArray[np.int64], known: int, what: np.int64) -> bool:
    """Put a choice among those picked, ascending; False where it is there already."""
    k = known
    while k > 0 and picked[k - 1] > what:
        k -= 1
    if k > 0 and picked[k - 1] == what:
        return False
    for j in range(known, k, -1):
        picked[j] = picked[j - 1]
    picked[k] = what
    return True


@inlined()
def draw_lines(
    rates: StreamTables, s: int, day: int, index: int, wanted: int, keys: Keys, picked: NDArray[np.int64],
    lines: NDArray[np.void], m: int,
) -> int:  # fmt: skip
    """The lines of a cart into ``lines`` from row ``m`` on; returns the row after the last. A line of no units is none."""
    source, guide, entity, known = source_of(rates, s), guide_of(rates, s), rates.entity[s], 0
    a, b, c, d = np.uint64(0), np.uint64(0), np.uint64(0), np.uint64(0)
    for line in range(wanted):
        counter = (index << _LINE_BITS) | line
        if line & 3 == 0:
            a, b, c, d = philox_block(counter, day, entity, keys.replication, keys.seed, _LINE)
        units = source.law_first
        if source.law_length > 1:
            units += discrete_draw(rates.thresholds, source.law_offset, source.law_length, lower(a))
        what = choose(guide, upper(a))
        a, b, c = b, c, d
        if units == 0:
            continue
        if not _keep(picked, known, what):
            other, _, _, _ = philox_block(counter, day, entity, keys.replication, keys.seed, _REPEAT)
            what = _among_others(guide, upper(other), picked, known)
            if what < 0 or not _keep(picked, known, what):
                break
        known += 1
        row = lines[np.uintp(m)]
        row.sku = what if source.dense else np.int64(rates.sku[np.uintp(source.first_choice + what)])
        row.units = units
        m += 1
    return m
