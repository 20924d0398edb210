"""Drawing the carts of a stretch of days, in two passes over the same keyed numbers.

The number of carts of a stream on a day is one draw; cart n of that day has a Philox block of its own (when, how many lines, where
to, whether it is paid and cancelled), and its lines have others. The first pass finds out when each cart comes; the second, in the
order of their keys, all else. So no cart's draw depends on any other cart, stream, day or policy.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.clock import DAY, KEY_SHIFT, NEVER, Phase
from twin.compiled import compiled, inlined
from twin.demand.picking import time_of_day
from twin.demand.streams import StreamTables, open_streams
from twin.demand.web.lines import Keys, draw_lines
from twin.demand.web.rows import DELIVERED, MOST_LINES
from twin.demand.web.streams import DRAWN, DRAWN_PICKUP, Way
from twin.demand.web.tables import WebTables, open_web, zone_of
from twin.memory import Row
from twin.random.laws import ONE
from twin.random.philox import lower, philox_block, upper
from twin.random.purposes import Purpose
from twin.random.tables import discrete_draw, quantile_draw
from twin.sorting import sort_rows

_COUNT, _CART = int(Purpose.WEB_COUNT), int(Purpose.WEB_CART)
_POISSON, _FLASH = int(Way.POISSON), int(Way.FLASH)
_DAY, _SHIFT, _DEMAND, _NEVER = DAY, KEY_SHIFT, int(Phase.DEMAND) << 1, NEVER
_DELIVERED, _DRAWN, _DRAWN_PICKUP = DELIVERED, DRAWN, DRAWN_PICKUP
_ONE, _MOST_LINES = ONE, MOST_LINES

# A cart that is due, before anything else is known of it.
DUE = np.dtype([("key", np.int64), ("index", np.int32), ("location", np.int16), ("day", np.int16)], align=True)
"""``location`` is its stream (the name is the sorter's), ``day`` counts from the first of the stretch, and is what the draws of a
flash sale or a feed do without; ``index`` is its number within the stream and day."""


class _Words(NamedTuple):
    """Eight uniform numbers of 32 bits: all of a cart but its lines."""

    when: int
    lines: int
    zone: int
    pickup: int
    checkout: int
    abandon: int
    cancel: int
    luck: int


@inlined()
def _words(entity: int, day: int, index: int, keys: Keys) -> _Words:
    a, b, c, d = philox_block(index, day, entity, keys.replication, keys.seed, _CART)
    return _Words(upper(a), lower(a), upper(b), lower(b), upper(c), lower(c), upper(d), lower(d))


@inlined()
def _count(rates: StreamTables, s: int, day: int, keys: Keys) -> int:
    """Carts of a stream on a day, where they come by chance."""
    law = rates.count_law[s, rates.of_day[rates.rhythm[s], day]]
    word, _, _, _ = philox_block(0, day, rates.entity[s], keys.replication, keys.seed, _COUNT)
    carts: int = rates.law_first[law] + discrete_draw(
        rates.thresholds, rates.law_offset[law], rates.law_length[law], upper(word)
    )
    return carts


@compiled()
def count_carts(
    rates_table: NDArray[np.int64], web_table: NDArray[np.int64], seed: int, replication: int, start_us: int, first_day: int,
    counts: NDArray[np.int64],
) -> None:  # fmt: skip
    """How many carts of each stream whose carts come by chance there are on each day, into ``counts`` (streams, days)."""
    rates, of, keys = open_streams(rates_table), open_web(web_table), Keys(seed, replication, start_us, first_day)
    for s in range(counts.shape[0]):
        if of.way[s] == _POISSON:
            for d in range(counts.shape[1]):
                counts[s, d] = _count(rates, s, first_day + d, keys)


@inlined()
def _lines_of(of: WebTables, s: int, u: int) -> int:
    law = of.lines_law[s]
    lines: int = of.law_first[law]
    if of.law_length[law] > 1:
        lines += discrete_draw(of.thresholds, of.law_offset[law], of.law_length[law], u)
    return lines


@inlined()
def _put(row: Row, time: int, index: int, s: int, day: int) -> None:
    row.key = (time << _SHIFT) | _DEMAND
    row.index, row.location, row.day = index, s, day


@inlined()
def _due_by_chance(
    rates: StreamTables, of: WebTables, s: int, keys: Keys, counts: NDArray[np.int64], due: NDArray[np.void], n: int
) -> tuple[int, int]:
    """When the carts come that ``counts`` announces; returns the row after the last, and their lines."""
    entity, rhythm, lines = rates.entity[s], rates.rhythm[s], 0
    for d in range(counts.shape[1]):
        day = keys.first_day + d
        pattern = rates.edges_first[rhythm] + rates.of_day[rhythm, day]
        day_start = keys.start_us + day * _DAY
        for i in range(counts[s, d]):
            word, _, _, _ = philox_block(i, day, entity, keys.replication, keys.seed, _CART)
            _put(due[np.uintp(n)], day_start + time_of_day(rates, pattern, upper(word)), i, s, d)
            lines += _lines_of(of, s, lower(word))
            n += 1
    return n, lines


@inlined()
def _due_in_flash(
    rates: StreamTables, of: WebTables, s: int, keys: Keys, carts: int, first_us: int, end_us: int, due: NDArray[np.void], n: int
) -> int:
    """When the carts of a flash sale come, those of [first_us, end_us); returns the row after the last."""
    step = of.flash_length[s] / _ONE
    for i in range(carts):
        word, _, _, _ = philox_block(i, 0, rates.entity[s], keys.replication, keys.seed, _CART)
        time = of.flash_at[s] + np.int64(upper(word) * step)
        if first_us <= time < end_us:
            _put(due[np.uintp(n)], time, i, s, 0)
            n += 1
    return n


@inlined()
def _due_as_recorded(of: WebTables, s: int, first: int, carts: int, due: NDArray[np.void], n: int) -> tuple[int, int]:
    """When recorded carts from ``first`` on come; returns the row after the last, and their lines."""
    lines = 0
    for i in range(first, first + carts):
        _put(due[np.uintp(n)], of.time[i], i - of.part_first[s], s, 0)
        lines += of.lines[i]
        n += 1
    return n, lines


@compiled()
def find_due(
    rates_table: NDArray[np.int64], web_table: NDArray[np.int64], seed: int, replication: int, start_us: int, first_day: int,
    counts: NDArray[np.int64], recorded: NDArray[np.int64], due: NDArray[np.void],
) -> tuple[int, int]:  # fmt: skip
    """When the carts that ``counts`` announces come, into ``due``: stream by stream; returns how many, and at most how many lines.

    Parameters
    ----------
    counts : (streams, days) carts; those of a feed or flash sale in the first column, of a flash sale all it ever has
    recorded : (streams,) the first recorded cart of each
    """
    rates, of, keys = open_streams(rates_table), open_web(web_table), Keys(seed, replication, start_us, first_day)
    first_us, end_us = start_us + first_day * _DAY, start_us + (first_day + counts.shape[1]) * _DAY
    n, lines = 0, 0
    for s in range(counts.shape[0]):
        before = n
        if of.way[s] == _POISSON:
            n, more = _due_by_chance(rates, of, s, keys, counts, due, n)
        elif of.way[s] == _FLASH:
            n = _due_in_flash(rates, of, s, keys, counts[s, 0], first_us, end_us, due, n)
            more = n - before
        else:
            n, more = _due_as_recorded(of, s, recorded[s], counts[s, 0], due, n)
        lines += more
    return n, lines


@inlined()
def _place(of: WebTables, s: int, recorded: int, words: _Words, cart: Row) -> None:
    """Where a cart is from, and where its order is to be collected, if it is."""
    zone, pickup, below = np.int64(_DRAWN), np.int64(_DRAWN_PICKUP), of.pickup_below[s]
    if recorded >= 0:
        zone, pickup = np.int64(of.zone[recorded]), np.int64(of.pickup[recorded])
    if zone == _DRAWN:
        zone = zone_of(of, words.zone)
    if pickup == _DRAWN_PICKUP:
        first, end = of.pickup_first[zone], of.pickup_first[zone + 1]
        pickup = np.int64(_DELIVERED)
        if words.pickup < below and end > first:  # what is left of the draw is uniform, too: it chooses the store
            store = np.int64(words.pickup / below * (end - first))
            pickup = np.int64(of.pickup_stores[first + min(store, end - first - 1)])
    cart.zone, cart.pickup = zone, pickup


@inlined()
def _pay(of: WebTables, s: int, time: int, words: _Words, cart: Row) -> None:
    """Whether and when a cart is paid, and when its customer cancels the order."""
    cart.checkout, cart.cancel = _NEVER, _NEVER
    if words.abandon < of.abandon_below[s]:
        return
    checkout = time + quantile_draw(of.quantiles[of.checkout[s]], words.checkout)
    cart.checkout = checkout
    below = of.cancel_below[s]
    if words.cancel < below:
        rest = min(np.int64(words.cancel * (_ONE / below)), _ONE - 1)
        cart.cancel = checkout + quantile_draw(of.quantiles[of.delay[s]], rest)


@compiled()
def fill_carts(
    rates_table: NDArray[np.int64], web_table: NDArray[np.int64], seed: int, replication: int, start_us: int, first_day: int,
    days: int, due: NDArray[np.void], n: int, held: NDArray[np.void], spare: NDArray[np.void], ordered: NDArray[np.void],
    ends: NDArray[np.int32], number: int, carts: NDArray[np.void], lines: NDArray[np.void],
) -> tuple[int, int]:  # fmt: skip
    """The ``n`` carts that are ``due``, in order, and their lines; returns how many of both. ``number`` is that of the first.

    A cart that wants nothing is none. The row behind the last is never due.
    """
    rates, of, keys = open_streams(rates_table), open_web(web_table), Keys(seed, replication, start_us, first_day)
    picked = np.zeros(_MOST_LINES + 1, np.int64)
    sort_rows(due, n, (start_us + first_day * _DAY) << _SHIFT, (days * _DAY) << _SHIFT, ends, held, spare, ordered)
    kept, m = 0, 0
    for i in range(n):
        row, cart = ordered[np.uintp(i)], carts[np.uintp(kept)]
        s, index = np.int64(row.location), np.int64(row.index)
        day, recorded = np.int64(0), np.int64(-1)
        if of.way[s] == _POISSON:
            day = first_day + np.int64(row.day)
        elif of.way[s] != _FLASH:
            recorded = of.part_first[s] + index
        words, first = _words(rates.entity[s], day, index, keys), m
        if recorded >= 0:
            for line in range(of.lines[recorded]):
                lines[np.uintp(m)] = of.wanted[np.uintp(of.first[recorded] + line)]
                m += 1
        else:
            m = draw_lines(rates, s, day, index, _lines_of(of, s, words.lines), keys, picked, lines, m)
        if m == first:
            continue
        cart.key, cart.number, cart.stream, cart.luck = row.key, number + kept, of.web[s], words.luck
        cart.first, cart.lines = first, m - first
        _place(of, s, recorded, words, cart)
        _pay(of, s, row.key >> _SHIFT, words, cart)
        kept += 1
    _close(carts[np.uintp(kept)], m)
    return kept, m


@inlined()
def _close(cart: Row, lines: int) -> None:
    """Make a row that is never due."""
    cart.key, cart.number, cart.checkout, cart.cancel = _NEVER, 0, _NEVER, _NEVER
    cart.first, cart.lines, cart.zone, cart.pickup, cart.stream, cart.luck = lines, 0, 0, _DELIVERED, 0, 0
