"""What happens to a shelf: sales, shrink, deliveries, dispatches. The truth changes here and nowhere else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.clock import KEY_SHIFT, LATER_ROUND
from twin.compiled import compiled, inlined
from twin.intrinsics import prefetch, prefetch_last
from twin.memory import Row
from twin.random.tables import quantile_draw
from twin.world.calendar import push
from twin.world.state import Control, Shelves, open_shelves

_BY_CELL, _BUCKETS = int(Control.BY_CELL), int(Control.BUCKETS)
_CATEGORIES, _OWED, _BACKFILLS = int(Control.CATEGORIES), int(Control.BACKORDERS), int(Control.BACKFILLS)
_DAY_US = 86_400_000_000
_AHEAD = 16  # lines between asking for memory and using it


@inlined()
def track_of(shelves: Shelves, location: int) -> np.uintp:
    """The track that a location's operations are on."""
    return np.uintp(location if shelves.tracks.size > 1 else 0)


@inlined()
def turn_day(shelves: Shelves, track: Row, time: int) -> None:
    """Open a track's ledger at the day of ``time``."""
    if time >= track.day_end:
        passed = (time - track.day_end) // _DAY_US + 1
        track.page += passed * shelves.control[_BUCKETS]
        track.day_end += passed * _DAY_US


@inlined()
def page_of(shelves: Shelves, track: Row, cell: int, location: int, sku: int) -> np.uintp:
    """Index of today's page of the bucket of a cell. (A kernel that returned the page itself would return a copy.)"""
    bucket = np.int64(cell)
    if not shelves.control[_BY_CELL]:
        bucket = location * shelves.control[_CATEGORIES] + shelves.items[np.uintp(sku)].category
    return np.uintp(track.page + bucket)


@inlined()
def _shift(shelves: Shelves, track: Row, page: Row, location: int, before: int, after: int, left: int) -> None:
    """The integrals of units and of empty shelves after a change with ``left`` µs of the day to go.

    An integral over a day is kept as the sum of change x time left in the day; the level at the day's start is added when the
    ledger is closed. That needs no memory of the last change and one multiplication.
    """
    page.on_hand_us += (after - before) * left
    if (before > 0) != (after > 0):
        _cross(shelves, track, page, location, np.int64(1 if before > 0 else -1), left)


@inlined()
def _cross(shelves: Shelves, track: Row, page: Row, location: int, cells: int, left: int) -> None:
    """A shelf becomes empty (``cells`` is 1) or is empty no more (-1). In a large model all but the first two lines would cost
    the lane a tenth of its speed, and buckets of many cells could not be weighted with what is expected of each."""
    page.out_us += cells * left
    page.out_net += cells
    if shelves.control[_BY_CELL]:
        day, place = np.uintp(track.page // shelves.control[_BUCKETS]), np.uintp(location)
        page.out_open_us += cells * _open_after(shelves.hours[day, place, 0], shelves.hours[day, place, 1], _DAY_US - left)


@inlined()
def _open_after(opens: int, open_for: int, time: int) -> int:
    """µs of a day's opening hours that lie after ``time`` of that day; hours that pass its end go on at its beginning."""
    ends = opens + open_for
    before_midnight: int = max(min(ends, _DAY_US) - max(time, opens), 0)
    after_midnight: int = max(ends - _DAY_US - time, 0)
    return before_midnight + after_midnight


@inlined()
def _move(shelves: Shelves, track: Row, page: Row, location: int, cell: int, sku: int, left: int, delta: int) -> None:
    """Change what is on the shelf for any reason but a sale, with ``left`` µs of the day to go."""
    before = np.int64(shelves.on_hand[cell])
    shelves.on_hand[cell] = before + delta
    _shift(shelves, track, page, location, before, before + delta, left)
    value = delta * shelves.items[np.uintp(sku)].cost
    page.value_us += value * left
    page.value_net += value


@inlined()
def _hand_over(shelves: Shelves, track: Row, page: Row, location: int, cell: int, sku: int, left: int, units: int) -> None:
    """Units leave the shelf against money."""
    before, item = np.int64(shelves.on_hand[np.uintp(cell)]), shelves.items[np.uintp(sku)]
    shelves.on_hand[np.uintp(cell)] = before - units
    _shift(shelves, track, page, location, before, before - units, left)
    goods = units * item.cost
    page.revenue += units * item.price
    page.cost_of_goods += goods
    page.value_us -= goods * left


@inlined()
def sell(shelves: Shelves, track: Row, sale: Row) -> np.int64:
    """A customer at the till wants some units: returns how many the shelf had; the rest is lost or owed."""
    cell, sku, quantity, left = sale.cell, sale.sku, np.int64(sale.quantity), track.day_end - (sale.key >> KEY_SHIFT)
    sold = min(quantity, max(np.int64(shelves.on_hand[np.uintp(cell)]), np.int64(0)))
    page = shelves.pages[page_of(shelves, track, cell, sale.location, sku)]
    page.lines += 1
    page.sold += sold
    if sold:
        _hand_over(shelves, track, page, sale.location, cell, sku, left, sold)
    if sold != quantity:
        _fall_short(shelves, page, cell, sku, left, quantity - sold)
    return sold


@inlined()
def _fall_short(shelves: Shelves, page: Row, cell: int, sku: int, left: int, units: int) -> None:
    page.lines_short += 1
    if shelves.control[_OWED]:
        shelves.backorders[cell] += units
        page.backordered += units
        page.backorder_us += units * left
    else:
        page.lost += units
        item = shelves.items[np.uintp(sku)]
        page.lost_value += units * item.price
        page.lost_margin += units * (item.price - item.cost)


@inlined()
def shrink(shelves: Shelves, track: Row, sale: Row) -> None:
    """One unit, if there is one, is gone and nobody knows."""
    if shelves.on_hand[sale.cell] > 0:
        page = shelves.pages[page_of(shelves, track, sale.cell, sale.location, sale.sku)]
        page.shrunk += 1
        _move(shelves, track, page, sale.location, sale.cell, sale.sku, track.day_end - (sale.key >> KEY_SHIFT), -1)


@inlined()
def ask_for_page(shelves: Shelves, location: int, cell: int, sku: int) -> None:
    """Ask for the page of the ledger that a pick will be entered in, where its item is there."""
    page = page_of(shelves, shelves.tracks[track_of(shelves, location)], cell, location, sku)
    prefetch(shelves.pages, page)
    prefetch_last(shelves.pages, page)


@inlined()
def take_one_line(shelves: Shelves, time: int, location: int, cell: int, sku: int, units: int) -> np.int64:
    """A picker wants a line of a web order: returns what the shelf had of it, and takes it where that is all."""
    found = min(np.int64(units), max(np.int64(shelves.on_hand[np.uintp(cell)]), np.int64(0)))
    if found == units:
        track = shelves.tracks[track_of(shelves, location)]
        turn_day(shelves, track, time)
        page = shelves.pages[page_of(shelves, track, cell, location, sku)]
        page.picked += units
        _move(shelves, track, page, location, cell, sku, track.day_end - time, -np.int64(units))
    return found


@inlined()
def put_one_back(shelves: Shelves, time: int, location: int, cell: int, sku: int, units: int) -> None:
    """Units that a customer had, or was to have, go back onto the shelf."""
    track = shelves.tracks[track_of(shelves, location)]
    turn_day(shelves, track, time)
    page = shelves.pages[page_of(shelves, track, cell, location, sku)]
    page.restocked += units
    _move(shelves, track, page, location, cell, sku, track.day_end - time, np.int64(units))


@inlined()
def _backfill(
    shelves: Shelves, track: Row, page: Row, location: int, cell: int, sku: int, left: int, time: int, heard_key: int, uniform: int
) -> None:
    """Hand what has come to those who wait, and let the record hear of it after its delay."""
    units = np.int64(min(shelves.backorders[cell], shelves.on_hand[cell]))
    shelves.backorders[cell] -= units
    page.backfilled += units
    page.backorder_us -= units * left
    _hand_over(shelves, track, page, location, cell, sku, left, units)
    heard = heard_key + (quantile_draw(shelves.latency, uniform) << KEY_SHIFT)
    push(shelves, heard, time, (heard_key & LATER_ROUND) == LATER_ROUND, shelves.control[_BACKFILLS], location, cell, units)
    shelves.control[_BACKFILLS] += 1


@inlined()
def _ask_for(shelves: Shelves, cell: int, sku: int) -> None:
    prefetch(shelves.on_hand, cell)
    prefetch(shelves.items, sku)


@compiled()
def put_away(
    table: NDArray[np.int64],
    time: int,
    heard_key: int,
    location: int,
    cells: NDArray[np.int32],
    skus: NDArray[np.int32],
    units: NDArray[np.int32],
    uniform: int,
) -> None:
    """A delivery reaches the shelves of ``location``; open backorders are met first.

    ``heard_key`` is the key at which the record would hear of it without delay; ``uniform`` in [0, 2**32) draws the delay of
    the backfills it allows. ``table`` is that of the shelves.
    """
    shelves = open_shelves(table)
    track = shelves.tracks[track_of(shelves, location)]
    turn_day(shelves, track, time)
    left, last = track.day_end - time, cells.size - 1
    for i in range(cells.size):
        _ask_for(shelves, cells[min(i + _AHEAD, last)], skus[min(i + _AHEAD, last)])
        page = shelves.pages[page_of(shelves, track, cells[i], location, skus[i])]
        page.received += units[i]
        _move(shelves, track, page, location, cells[i], skus[i], left, units[i])
        if shelves.control[_OWED] and shelves.backorders[cells[i]] > 0 and shelves.on_hand[cells[i]] > 0:
            _backfill(shelves, track, page, location, cells[i], skus[i], left, time, heard_key, uniform)


@compiled()
def take_out(
    table: NDArray[np.int64],
    time: int,
    location: int,
    cells: NDArray[np.int32],
    skus: NDArray[np.int32],
    wanted: NDArray[np.int32],
    taken: NDArray[np.int32],
    room: int,
) -> np.int64:
    """Take up to ``wanted`` units of each line off the shelves of ``location``, first line first, at most ``room`` in all.

    Writes what was taken into ``taken`` and returns its sum. ``table`` is that of the shelves.
    """
    shelves = open_shelves(table)
    track = shelves.tracks[track_of(shelves, location)]
    turn_day(shelves, track, time)
    total, last = np.int64(0), cells.size - 1
    for i in range(cells.size):
        _ask_for(shelves, cells[min(i + _AHEAD, last)], skus[min(i + _AHEAD, last)])
        units = min(np.int64(wanted[i]), max(np.int64(shelves.on_hand[cells[i]]), np.int64(0)), np.int64(room - total))
        taken[i] = units
        if units > 0:
            page = shelves.pages[page_of(shelves, track, cells[i], location, skus[i])]
            page.dispatched += units
            _move(shelves, track, page, location, cells[i], skus[i], track.day_end - time, -units)
            total += units
    return total
