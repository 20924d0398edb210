"""What the book hears after an order was sent to a building: picks, shipments, deliveries, cancellations, and stock that comes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.reservation.life import ALLOCATE, BACKORDERED, CANCEL, CANCELLED, EXPIRE, RELEASE, RELEASED, RESERVED, SHIP
from policies.reservation.life import SHIPPED as PICKED
from twin.clock import KEY_SHIFT, NEVER
from twin.compiled import compiled
from twin.kpis.orders import ORDER
from twin.memory import Row
from twin.orders.placing import is_filled, pickup_cancelled, retailer_cancels, route_again, send_if_ready, will_not_come
from twin.orders.rows import ask_world, count, give_order, give_shipment, heard, note
from twin.orders.state import (
    CANCELLED_BY_CUSTOMER,
    HAS_SHIPPED,
    LATE_SHIPMENT,
    NO_ROOM,
    NONE,
    NOT_COLLECTED,
    SHORTENED,
    SPLIT,
    TIMELY,
    UNROUTED,
    WHOLE,
    WITHDRAW,
    Book,
    Control,
    Life,
    Parcel,
    Stage,
)
from twin.orders.stock import free_units, place_of, safety_of, step
from twin.orders.tables import Tables, book_of, record_of
from twin.parts import inlined, part
from twin.record.apply import apply_delta
from twin.record.state import Record

_NOW, _HEARD = int(Control.NOW), int(Control.HEARD)
_HARD_FIRST, _HARD_END = int(Control.HARD_FIRST), int(Control.HARD_END)
_WAITING, _SENT, _SHIPPED, _PLACED = int(Parcel.WAITING), int(Parcel.SENT), int(Parcel.SHIPPED), int(Stage.PLACED)
_CUSTOMER, _OVERSOLD, _NO_SHOWS, _PROMISED = (
    ORDER[name] for name in ("cancelled_customer", "oversold_units", "no_shows", "promised")
)
_SHIPMENTS, _SPLIT, _SHIPPED_ORDERS = ORDER["shipments"], ORDER["split"], ORDER["shipped"]
_LINES_FILLED, _UNITS_FILLED, _FILLED = ORDER["lines_filled"], ORDER["units_filled"], ORDER["orders_filled"]
_DELIVERED, _JUDGED, _IN_A_DAY, _ON_TIME, _PERFECT = (
    ORDER[name] for name in ("delivered", "delivered_judged", "delivered_24h", "on_time", "perfect")
)
_SAID_PICKED, _SAID_REJECTED, _SAID_CANCELLED, _SAID_EXPIRED, _SAID_ALLOCATED, _SAID_AWAY = (
    int(k) for k in (Life.PICKED, Life.REJECTED, Life.CANCELLED, Life.EXPIRED, Life.ALLOCATED, Life.TURNED_AWAY)
)
_END, _BACKORDERS, _COOLDOWN = int(Control.END), int(Control.BACKORDERS), int(Control.COOLDOWN)
_DAY = 86_400_000_000
MOST_ATTEMPTS = 8  # times the lines of an order are routed again before they are given up


@inlined()
def hear_picked(w: Tables, book: Book, record: Record, line: int, units: int, event_time: int) -> None:
    """A line left the shelf of its location."""
    row = book.lines[line]
    heard(book, row.cell, units)
    reserved = units if step(w, line, SHIP) else 0
    # the reservation's end raised the position by what the shelf's loss takes from it
    _stock_changes(w, row.cell, -units, event_time)
    if reserved:
        book.orders[row.order].open_lines -= 1
    note(book, _SAID_PICKED, book.orders[row.order].number, _location_of(book, row), row.sku, units, 0)
    allocate(w, np.int64(row.cell))  # where a count had seen the pick before, what was reserved was taken off twice until now


@inlined()
def _location_of(book: Book, row: Row) -> int:
    location: int = NONE
    if row.shipment != NONE:
        location = book.shipments[row.shipment].location
    return location


@part()
def _stock_changes(w: Tables, cell: int, delta: int, event_time: int) -> None:
    """The record's level of a cell changes; its place in the order of locations is that of the cell's location."""
    book = book_of(w)
    record = record_of(w)
    location = place_of(book, cell)
    apply_delta(record, location, cell, delta, 0, book.control[_HEARD] >> KEY_SHIFT, event_time)


@inlined()
def hear_rejected(w: Tables, book: Book, record: Record, line: int, found: int, event_time: int) -> None:
    """A picker found fewer units than the line has: the record is corrected by the reason, the line seeks another location.

    Nothing there: the cell's available units become 0. Too few: the shortfall is taken off.
    """
    row = book.lines[line]
    heard(book, ~np.int64(row.cell), found)
    order, location, cell = book.orders[row.order], _location_of(book, row), row.cell
    reserved = row.state == RESERVED
    missing = row.units - found
    if reserved:
        step(w, line, RELEASE)
    free = free_units(record, cell)
    gone = free if found == 0 else min(free, missing)
    if gone > 0:
        _stock_changes(w, cell, -gone, event_time)
    if book.control[_COOLDOWN]:
        book.rejected[cell] = event_time
    note(book, _SAID_REJECTED, order.number, location, row.sku, found, missing)
    if reserved:
        count(book, order.day, _OVERSOLD, missing)
        order.flags &= ~NO_ROOM
        _seek_another(book, line, location)
    allocate(w, cell)  # what was found may do for another


@inlined()
def hear_turned_away(w: Tables, book: Book, record: Record, line: int) -> None:
    """The building has no room for a line: it seeks another location, and the record stays."""
    row = book.lines[line]
    heard(book, row.cell ^ 0x77, row.units)
    location = _location_of(book, row)
    if step(w, line, RELEASE):  # not where the order was called back
        order = book.orders[row.order]
        note(book, _SAID_AWAY, order.number, location, row.sku, row.units, 0)
        order.flags |= NO_ROOM
        _seek_another(book, line, location)
        allocate(w, np.int64(row.cell))


@inlined()
def _seek_another(book: Book, line: int, location: int) -> None:
    row = book.lines[line]
    order = book.orders[row.order]
    row.state = UNROUTED
    row.failed_first, row.failed_earlier, row.failed_before = row.failed_earlier, row.failed_before, row.failed
    row.failed = location
    _unlink(book, line)
    _no_longer_filled(book, line)
    _no_longer_timely(book, row.order)
    if order.attempts >= MOST_ATTEMPTS:
        row.state = RELEASED
        order.open_lines -= 1
        will_not_come(book, row.order)


@inlined()
def _unlink(book: Book, line: int) -> None:
    """Take a line out of its shipment."""
    row = book.lines[line]
    if row.shipment == NONE:
        return
    parcel = book.shipments[row.shipment]
    if parcel.first == line:
        parcel.first = row.next_of_shipment
    else:
        other = parcel.first
        while book.lines[other].next_of_shipment != line:
            other = book.lines[other].next_of_shipment
        book.lines[other].next_of_shipment = row.next_of_shipment
    row.shipment, row.next_of_shipment = NONE, NONE


@inlined()
def _no_longer_filled(book: Book, line: int) -> None:
    row = book.lines[line]
    order = book.orders[row.order]
    if row.filled:
        count(book, order.day, _LINES_FILLED, -1 if is_filled(book, row.order, row.sku) else 0)
        row.filled = 0
        count(book, order.day, _UNITS_FILLED, -np.int64(row.units))
    if order.flags & WHOLE:
        order.flags &= ~WHOLE
        count(book, order.day, _FILLED, -1)


@part()
def after_picks(w: Tables, shipment: int, sends: bool) -> None:
    """All lines of a shipment were looked for; where some failed, routing is asked again. ``sends``: something of it goes on."""
    book = book_of(w)
    slot = book.shipments[shipment].order
    if not sends:
        close_shipment(book, shipment)
    line, seek = book.orders[slot].first, False
    while line != NONE:
        seek = seek or book.lines[line].state == UNROUTED
        line = book.lines[line].next
    if seek:
        route_again(w, book, slot)
    else:
        forget_if_done(w, book, slot)


@inlined()
def close_shipment(book: Book, shipment: int) -> None:
    """A shipment came to nothing or has arrived."""
    slot = book.shipments[shipment].order
    book.orders[slot].parcels -= 1
    give_shipment(book, shipment)


@inlined()
def forget_if_done(w: Tables, book: Book, slot: int) -> None:
    """Forget an order of which nothing is to come."""
    order = book.orders[slot]
    if order.stage == _PLACED and order.open_lines == 0 and order.parcels == 0:
        give_order(w, slot)


@inlined()
def hear_shipped(book: Book, shipment: int) -> None:
    """A parcel left, or stands ready to be collected."""
    parcel = book.shipments[shipment]
    parcel.stage = _SHIPPED
    heard(book, parcel.number, 0x51)
    order = book.orders[parcel.order]
    count(book, order.day, _SHIPMENTS, 1)
    if not order.flags & HAS_SHIPPED:
        order.flags |= HAS_SHIPPED
        count(book, order.day, _SHIPPED_ORDERS, 1)
    elif not order.flags & SPLIT:
        order.flags |= SPLIT
        count(book, order.day, _SPLIT, 1)


@inlined()
def hear_ready(book: Book, shipment: int, time: int) -> None:
    """A shipment to be collected is ready: when the last one is, a pickup's promise is judged."""
    slot = book.shipments[shipment].order
    if time > book.orders[slot].due:
        book.orders[slot].flags |= LATE_SHIPMENT
    if _all_ready(book, slot):
        _judge(book, slot)


@inlined()
def _all_ready(book: Book, slot: int) -> bool:
    """Whether every line of an order left, or stands ready; the pick of one that does may not have been heard of yet."""
    order = book.orders[slot]
    line, waits = order.first, False
    while line != NONE:
        row = book.lines[line]
        waits = waits or row.state in (UNROUTED, BACKORDERED)
        if row.state in (RESERVED, PICKED):
            parcel = book.shipments[row.shipment]  # a row of one that is over may be another order's
            waits = waits or (parcel.number == order.number and parcel.stage == _SENT)
        line = row.next
    return not waits


@inlined()
def _judge(book: Book, slot: int) -> None:
    """An order has come, or stands ready: it is on time if all of it is there by its first promise."""
    order = book.orders[slot]
    if order.due < book.control[_END] and not order.flags & (LATE_SHIPMENT | SHORTENED | TIMELY):
        order.flags |= TIMELY
        count(book, order.day, _ON_TIME, 1)


@inlined()
def _no_longer_timely(book: Book, slot: int) -> None:
    """A line that stood ready in a parcel was not in it."""
    order = book.orders[slot]
    if order.flags & TIMELY:
        order.flags &= ~TIMELY
        count(book, order.day, _ON_TIME, -1)


@inlined()
def hear_delivered(book: Book, shipment: int, now: int) -> bool:
    """A parcel reached its customer at ``now``; True where the order has come whole by that."""
    slot = book.shipments[shipment].order
    order = book.orders[slot]
    heard(book, order.number, 0xDE)
    if order.pickup == NONE and now > order.due:
        order.flags |= LATE_SHIPMENT
    close_shipment(book, shipment)
    last = order.open_lines == 0 and order.parcels == 0
    whole = last and not order.flags & SHORTENED
    if whole:
        count(book, order.day, _DELIVERED, 1)
        judged = order.placed + _DAY <= book.control[_END]  # later ones come within a day or after the end
        count(book, order.day, _JUDGED, judged)
        count(book, order.day, _IN_A_DAY, judged and now - order.placed <= _DAY)
        if order.pickup == NONE:
            _judge(book, slot)
        count(book, order.day, _PERFECT, (order.flags & TIMELY) != 0)
    return whole


@inlined()
def hear_not_collected(book: Book, shipment: int) -> None:
    """Nobody came for a shipment that stood ready: the order is cancelled."""
    slot = book.shipments[shipment].order
    order = book.orders[slot]
    heard(book, order.number, 0xC0)
    if not order.flags & NOT_COLLECTED:
        count(book, order.day, _NO_SHOWS, 1)
    order.flags |= SHORTENED | NOT_COLLECTED
    pickup_cancelled(book, slot)


@inlined()
def _owed_at_tills(book: Book, record: Record, cell: int) -> np.int64:
    """Units of a cell that customers of the tills wait for, as the record has them: a delivery is theirs as well."""
    owed, line = np.int64(record.cells[np.uintp(cell)].backordered), np.int64(book.waiting[cell])
    while line != NONE and owed > 0:
        owed -= book.lines[line].units
        line = np.int64(book.lines[line].after)
    return max(np.int64(0), owed)


@part()
def allocate(w: Tables, cell: int) -> None:
    """Stock of a cell may have come: those who wait for it get theirs, first come, first served."""
    book = book_of(w)
    record = record_of(w)
    if not book.control[_BACKORDERS]:
        return
    line, of_others = np.int64(book.waiting[cell]), safety_of(book, cell)
    if line == NONE or free_units(record, cell) - of_others < book.lines[line].units:
        return
    of_others += _owed_at_tills(book, record, cell)
    while line != NONE and free_units(record, cell) - of_others >= book.lines[line].units:
        step(w, line, ALLOCATE)
        row = book.lines[line]
        note(book, _SAID_ALLOCATED, book.orders[row.order].number, _location_of(book, row), row.sku, row.units, 0)
        book.shipments[row.shipment].missing -= 1
        send_if_ready(book, row.shipment)
        line = np.int64(book.waiting[cell])


@inlined()
def _call_back(book: Book, shipment: int) -> None:
    """A shipment without a line that is to ship: the building is told, or where it was never sent it is forgotten."""
    parcel = book.shipments[shipment]
    line = parcel.first
    while line != NONE:
        row = book.lines[line]
        if row.state in (RESERVED, BACKORDERED):
            return
        line = row.next_of_shipment
    if parcel.stage == _SENT:
        ask_world(book, WITHDRAW, shipment)
    elif parcel.stage == _WAITING:
        line = parcel.first
        while line != NONE:
            book.lines[line].shipment = NONE
            line = book.lines[line].next_of_shipment
        close_shipment(book, shipment)


@inlined()
def _end_open_lines(w: Tables, book: Book, slot: int) -> int:
    """A customer's cancellation ends what is reserved or owed of an order; shipments that lost all their lines are called back."""
    order = book.orders[slot]
    line, ended = order.first, 0
    while line != NONE:
        row = book.lines[line]
        shipment = row.shipment
        owed = row.state == BACKORDERED
        has_left = row.state == RESERVED and book.shipments[shipment].stage == _SHIPPED
        if not has_left and step(w, line, CANCEL):
            ended += 1
            order.open_lines -= 1
            if owed:
                book.shipments[shipment].missing -= 1
        line = row.next
    line = order.first
    while line != NONE:
        row = book.lines[line]
        after, shipment, cell = row.next, row.shipment, row.cell
        if row.state == CANCELLED:  # the shipment of one that ended before may be another order's by now
            if shipment != NONE:
                _call_back(book, shipment)
            allocate(w, cell)
        line = after
    return ended


@part()
def cancel(w: Tables, slot: int, number: int) -> bool:
    """A customer cancels: what has not left its building ends; False where nothing is left to cancel."""
    book = book_of(w)
    order = book.orders[slot]
    heard(book, number, 0xCA)
    if order.number != number or order.stage != _PLACED:
        return False
    ended = _end_open_lines(w, book, slot)
    if ended:
        order.flags |= SHORTENED | CANCELLED_BY_CUSTOMER
        count(book, order.day, _CUSTOMER, 1)
        count(book, order.day, _PROMISED, -1 if order.due < book.control[_END] else 0)
        pickup_cancelled(book, slot)
        note(book, _SAID_CANCELLED, number, NONE, NONE, ended, 0)
    forget_if_done(w, book, slot)
    return ended > 0


@inlined()
def next_hard_end(book: Book) -> int:
    """When the oldest reservation ends unless it has shipped by then, µs."""
    if book.control[_HARD_FIRST] == book.control[_HARD_END]:
        return NEVER
    time: int = book.hard_timers[book.control[_HARD_FIRST] & (book.hard_timers.size - 1)].time
    return time


@part()
def expire_reservation(w: Tables) -> None:
    """The oldest shipment's time is up: what of it has not shipped ends, and the building is told."""
    book = book_of(w)
    timer = book.hard_timers[book.control[_HARD_FIRST] & (book.hard_timers.size - 1)]
    book.control[_HARD_FIRST] += 1
    shipment = timer.who
    parcel = book.shipments[shipment]
    if parcel.serial != timer.stamp or parcel.stage != _SENT:
        return
    slot = parcel.order
    order = book.orders[slot]
    line, ended = parcel.first, 0
    while line != NONE:
        if book.lines[line].state == RESERVED and step(w, line, EXPIRE):
            ended += 1
            order.open_lines -= 1
        line = book.lines[line].next_of_shipment
    if ended:
        retailer_cancels(book, slot)
        note(book, _SAID_EXPIRED, order.number, parcel.location, NONE, ended, 0)
        line = parcel.first
        while line != NONE:
            allocate(w, book.lines[line].cell)
            line = book.lines[line].next_of_shipment
        _call_back(book, shipment)


@compiled()
def allocate_cells(w: Tables, cells: NDArray[np.int32], heard_key: int) -> None:
    """The record's levels of ``cells`` have changed: see to those who wait for them."""
    book = book_of(w)
    book.control[_NOW], book.control[_HEARD] = heard_key >> KEY_SHIFT, heard_key
    for i in range(cells.size):
        allocate(w, np.int64(cells[i]))


@part()
def hear_put_back(w: Tables, cell: int, units: int, event_time: int) -> None:
    """Units came back onto a shelf: returned, not collected, or cancelled after their pick."""
    book = book_of(w)
    heard(book, cell ^ 0x3333, units)
    _stock_changes(w, cell, units, event_time)
    allocate(w, cell)
