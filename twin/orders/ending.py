"""What ends an order early: its customer cancels, or the time to ship it is up."""

from __future__ import annotations

from policies.reservation.life import BACKORDERED, CANCEL, CANCELLED, EXPIRE, RESERVED
from twin.kpis.orders import ORDER
from twin.orders.ahead import ask_for_reserved
from twin.orders.hearing import forget_if_done
from twin.orders.rows import ask_world, count, heard, note
from twin.orders.sending import close_shipment
from twin.orders.shortfall import lose, pickup_cancelled, retailer_cancels
from twin.orders.state import (
    CANCELLED_BY_CUSTOMER,
    NONE,
    SHORTENED,
    WITHDRAW,
    Book,
    Control,
    Life,
    Parcel,
    Stage,
)
from twin.orders.stock import step
from twin.orders.tables import Tables, book_of
from twin.orders.waiting import allocate
from twin.parts import inlined, part

_HARD_FIRST, _HARD_END, _END = (int(c) for c in (Control.HARD_FIRST, Control.HARD_END, Control.END))
_WAITING, _SENT, _SHIPPED = (int(c) for c in (Parcel.WAITING, Parcel.SENT, Parcel.SHIPPED))
_PLACED = int(Stage.PLACED)
_CUSTOMER, _PROMISED = (ORDER[name] for name in ("cancelled_customer", "promised"))
_SAID_CANCELLED, _SAID_EXPIRED = (int(c) for c in (Life.CANCELLED, Life.EXPIRED))


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
    time: int = book.hard_timers[book.control[_HARD_FIRST] & (book.hard_timers.size - 1)].time
    return time


@part()
def expire_reservation(w: Tables) -> None:
    """The oldest shipment's time is up: what of it has not shipped ends, and the building is told."""
    book = book_of(w)
    timer = book.hard_timers[book.control[_HARD_FIRST] & (book.hard_timers.size - 1)]
    ask_for_reserved(book)
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
            lose(book, line)
        line = book.lines[line].next_of_shipment
    if ended:
        retailer_cancels(book, slot)
        note(book, _SAID_EXPIRED, order.number, parcel.location, NONE, ended, 0)
        line = parcel.first
        while line != NONE:
            allocate(w, book.lines[line].cell)
            line = book.lines[line].next_of_shipment
        _call_back(book, shipment)
