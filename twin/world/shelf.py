"""What happens to a shelf: sales, shrink, deliveries, dispatches. The truth changes here and nowhere else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.compiled import compiled, inlined
from twin.memory import Row
from twin.random.tables import quantile_draw
from twin.world.calendar import push
from twin.world.state import Control, Shelves, open_shelves

_PAGE, _DAY_END, _BY_CELL, _BUCKETS = (
    int(Control.PAGE),
    int(Control.DAY_END),
    int(Control.BY_CELL),
    int(Control.BUCKETS),
)
_CATEGORIES, _OWED, _BACKFILLS = int(Control.CATEGORIES), int(Control.BACKORDERS), int(Control.BACKFILLS)
_DAY_US = 86_400_000_000


@inlined()
def turn_day(shelves: Shelves, time: int) -> None:
    """Open the ledger at the day of ``time``."""
    control = shelves.control
    if time >= control[_DAY_END]:
        passed = (time - control[_DAY_END]) // _DAY_US + 1
        control[_PAGE] += passed * control[_BUCKETS]
        control[_DAY_END] += passed * _DAY_US


@inlined()
def page_of(shelves: Shelves, cell: int, location: int, sku: int) -> np.uintp:
    """Index of today's page of the bucket of a cell. (A kernel that returned the page itself would return a copy.)"""
    bucket = np.int64(cell)
    if not shelves.control[_BY_CELL]:
        bucket = location * shelves.control[_CATEGORIES] + shelves.category[np.uintp(sku)]
    return np.uintp(shelves.control[_PAGE] + bucket)


@inlined()
def _shift(page: Row, before: int, after: int, left: int) -> None:
    """The integrals of units and of empty shelves after a change with ``left`` µs of the day to go.

    An integral over a day is kept as the sum of change x time left in the day; the level at the day's start is added when the
    ledger is closed. That needs no memory of the last change and one multiplication.
    """
    page.on_hand_us += (after - before) * left
    if before > 0 and after <= 0:
        page.out_us += left
        page.out_net += 1
    elif before <= 0 and after > 0:
        page.out_us -= left
        page.out_net -= 1


@inlined()
def _move(shelves: Shelves, page: Row, cell: int, sku: int, time: int, delta: int) -> None:
    """Change what is on the shelf for any reason but a sale."""
    before, left = np.int64(shelves.on_hand[cell]), shelves.control[_DAY_END] - time
    shelves.on_hand[cell] = before + delta
    _shift(page, before, before + delta, left)
    value = delta * shelves.cost[sku]
    page.value_us += value * left
    page.value_net += value


@inlined()
def _hand_over(shelves: Shelves, page: Row, cell: int, sku: int, time: int, units: int) -> None:
    """Units leave the shelf against money."""
    before, left = np.int64(shelves.on_hand[np.uintp(cell)]), shelves.control[_DAY_END] - time
    shelves.on_hand[np.uintp(cell)] = before - units
    _shift(page, before, before - units, left)
    goods = units * shelves.cost[np.uintp(sku)]
    page.revenue += units * shelves.price[np.uintp(sku)]
    page.cost_of_goods += goods
    page.value_us -= goods * left


@inlined()
def sell(shelves: Shelves, cell: int, location: int, sku: int, time: int, quantity: int) -> np.int64:
    """A customer at the till wants ``quantity`` units: returns how many the shelf had; the rest is lost or owed."""
    sold = min(np.int64(quantity), max(np.int64(shelves.on_hand[np.uintp(cell)]), np.int64(0)))
    page = shelves.pages[page_of(shelves, cell, location, sku)]
    page.lines += 1
    page.sold += sold
    if sold:
        _hand_over(shelves, page, cell, sku, time, sold)
    if sold != quantity:
        _fall_short(shelves, page, cell, sku, time, quantity - sold)
    return sold


@inlined()
def _fall_short(shelves: Shelves, page: Row, cell: int, sku: int, time: int, units: int) -> None:
    page.lines_short += 1
    if shelves.control[_OWED]:
        shelves.backorders[cell] += units
        page.backordered += units
        page.backorder_us += units * (shelves.control[_DAY_END] - time)
    else:
        page.lost += units
        page.lost_value += units * shelves.price[sku]
        page.lost_margin += units * (shelves.price[sku] - shelves.cost[sku])


@inlined()
def shrink(shelves: Shelves, cell: int, location: int, sku: int, time: int) -> None:
    """One unit, if there is one, is gone and nobody knows."""
    if shelves.on_hand[cell] > 0:
        page = shelves.pages[page_of(shelves, cell, location, sku)]
        page.shrunk += 1
        _move(shelves, page, cell, sku, time, -1)


@inlined()
def _backfill(
    shelves: Shelves, page: Row, cell: int, sku: int, time: int, heard_key: int, uniform: int
) -> None:
    """Hand what has come to those who wait, and let the record hear of it after its delay."""
    units = np.int64(min(shelves.backorders[cell], shelves.on_hand[cell]))
    shelves.backorders[cell] -= units
    page.backfilled += units
    page.backorder_us -= units * (shelves.control[_DAY_END] - time)
    _hand_over(shelves, page, cell, sku, time, units)
    heard = heard_key + (quantile_draw(shelves.latency, uniform) << 5)
    push(shelves, heard, time, shelves.control[_BACKFILLS], cell, units)
    shelves.control[_BACKFILLS] += 1


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
    turn_day(shelves, time)
    for i in range(cells.size):
        page = shelves.pages[page_of(shelves, cells[i], location, skus[i])]
        page.received += units[i]
        _move(shelves, page, cells[i], skus[i], time, units[i])
        if shelves.control[_OWED] and shelves.backorders[cells[i]] > 0 and shelves.on_hand[cells[i]] > 0:
            _backfill(shelves, page, cells[i], skus[i], time, heard_key, uniform)


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
    turn_day(shelves, time)
    total = np.int64(0)
    for i in range(cells.size):
        units = min(np.int64(wanted[i]), max(np.int64(shelves.on_hand[cells[i]]), np.int64(0)), np.int64(room - total))
        taken[i] = units
        if units > 0:
            page = shelves.pages[page_of(shelves, cells[i], location, skus[i])]
            page.dispatched += units
            _move(shelves, page, cells[i], skus[i], time, -units)
            total += units
    return total
