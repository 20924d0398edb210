"""A recorded feed of what the book heard, heard again with no world: carts, checkouts, picks, deliveries, in their order.

What a shipment is called in a feed is its serial number, which the book gives; a cart and its order go by their number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.clock import HEARD, KEY_SHIFT, NEVER, Phase
from twin.compiled import compiled
from twin.orders.asking import decide_question, needs_asking
from twin.orders.ending import cancel, expire_reservation, next_hard_end
from twin.orders.hearing import forget_if_done, hear_delivered, hear_not_collected, hear_ready, hear_shipped
from twin.orders.holds import begin_cart, expire_hold, hold_lines, next_hold_end
from twin.orders.picks import after_picks, hear_picked, hear_put_back, hear_rejected, hear_turned_away
from twin.orders.placing import answer, begin_order, route
from twin.orders.rows import take_line
from twin.orders.sending import close_shipment
from twin.orders.state import FULFIL, NONE, Book, Control, Told
from twin.orders.stock import cell_of
from twin.orders.tables import Tables, book_of, record_of
from twin.parts import inlined

_NOW, _HEARD_AT, _KEY, _ASK, _OUT = (
    int(c) for c in (Control.NOW, Control.HEARD, Control.KEY, Control.ASK, Control.OUT)
)
_SOFT_FIRST, _SOFT_END, _HARD_FIRST, _HARD_END = (
    int(c) for c in (Control.SOFT_FIRST, Control.SOFT_END, Control.HARD_FIRST, Control.HARD_END)
)
_ORDERS_LEFT, _SHIPMENTS_LEFT = int(Control.ORDERS_LEFT), int(Control.SHIPMENTS_LEFT)
_CART, _CHECKOUT, _CANCEL, _PICK, _AWAY, _SHIPPED, _READY, _DELIVERED, _NOT_COLLECTED, _BACK, _CLOSED = (int(t) for t in Told)
_EXPIRY, _BITS = int(Phase.RELEASE) << 1, (1 << KEY_SHIFT) - 1
SPARE = 4096  # rows of each kind that one message may need
REACHED, ASKS, FULL = 0, 1, 2


@inlined()
def _begin(book: Book, told: NDArray[np.void], at: int, end: int, come: int) -> int:
    """A cart with its lines, or an order that comes without one; ``come`` as in ``begin_cart``."""
    head = told[at]
    slot = begin_cart(book, head.number, head.zone, head.place, come)
    for i in range(at, end):
        take_line(book, slot, told[i].sku, told[i].units)
    return slot


@inlined()
def _hear_demand(w: Tables, told: NDArray[np.void], at: int, end: int, by_number: NDArray[np.int64]) -> None:
    book, record, head = book_of(w), record_of(w), told[at]
    if head.kind == _CART:
        slot = _begin(book, told, at, end, 1)
        by_number[head.number] = slot
        hold_lines(book, record, slot)
        return
    slot = by_number[head.number]
    if slot == NONE or book.orders[slot].number != head.number:
        slot = _begin(book, told, at, end, int(slot == NONE))
    placed = begin_order(book, record, slot, head.number, head.zone, head.place)
    by_number[head.number] = placed
    route(w, book, placed)


@inlined()
def _line_of(book: Book, shipment: int, sku: int) -> int:
    """A shipment has a SKU in one line only."""
    line: int = book.shipments[shipment].first
    while line != NONE and book.lines[line].sku != sku:
        line = book.lines[line].next_of_shipment
    return line


@inlined()
def _hear_lines(w: Tables, told: NDArray[np.void], at: int, end: int, shipment: int) -> None:
    """The lines of a shipment as its picker found them, or as it was turned away."""
    book, record = book_of(w), record_of(w)
    goes_on = told[end - 1].zone > 0
    for i in range(at, end):
        line = _line_of(book, shipment, told[i].sku)
        if line == NONE:
            continue
        if told[i].kind == _AWAY:
            hear_turned_away(w, book, record, line)
        elif told[i].other == told[i].units:
            hear_picked(w, book, record, book.shipments[shipment].location, line, told[i].units, told[i].time)
        else:
            hear_rejected(w, book, record, book.shipments[shipment].location, line, told[i].other, told[i].time)
    after_picks(w, shipment, goes_on)


@inlined()
def _hear_of_shipment(w: Tables, told: NDArray[np.void], at: int, shipment: int) -> None:
    book, head = book_of(w), told[at]
    slot = book.shipments[shipment].order
    if head.kind == _SHIPPED:
        hear_shipped(book, shipment)
    elif head.kind == _READY:
        hear_shipped(book, shipment)
        hear_ready(book, shipment, head.time)
    elif head.kind == _DELIVERED:
        hear_delivered(book, shipment, head.time)
        forget_if_done(w, book, slot)
    elif head.kind == _NOT_COLLECTED:
        hear_not_collected(book, shipment)
    else:
        close_shipment(book, shipment)
        forget_if_done(w, book, slot)


@inlined()
def _hear_next(
    w: Tables, book: Book, told: NDArray[np.void], at: int, by_number: NDArray[np.int64], by_serial: NDArray[np.int64]
) -> int:
    """Hear the message that begins at row ``at``; returns the row after it."""
    head, end = told[at], at + 1
    while told[end - 1].line > 0:
        end += 1
    if head.kind <= _CHECKOUT:
        _hear_demand(w, told, at, end, by_number)
    elif head.kind == _CANCEL:
        slot = by_number[head.number]
        if slot != NONE:
            cancel(w, slot, head.number)
    elif head.kind == _BACK:
        hear_put_back(w, head.place, cell_of(book, head.place, head.sku), head.units, head.time)
    elif by_serial[head.shipment] != NONE:
        shipment = by_serial[head.shipment]
        if head.kind in (_PICK, _AWAY):
            _hear_lines(w, told, at, end, shipment)
        else:
            _hear_of_shipment(w, told, at, shipment)
    return end


@inlined()
def _forward(book: Book, by_serial: NDArray[np.int64]) -> None:
    """What the book asks for: nobody does it, but the feed will speak of it by its serial."""
    for i in range(book.control[_OUT]):
        asked = book.asked[i]
        if asked.what == FULFIL:
            serial = book.shipments[asked.shipment].serial
            if serial < by_serial.size:
                by_serial[serial] = asked.shipment
    book.control[_OUT] = 0


@compiled()
def forward(w: Tables, by_serial: NDArray[np.int64]) -> None:
    """After the book heard from elsewhere, see ``_forward``."""
    _forward(book_of(w), by_serial)


@compiled()
def next_told(w: Tables, told: NDArray[np.void], at: int) -> int:
    """Key of the next thing that the book hears or does of itself."""
    book = book_of(w)
    expiry = min(next_hold_end(book), next_hard_end(book))
    if expiry != NEVER:
        expiry = (expiry << KEY_SHIFT) | _EXPIRY
    key: int = min(told[at].key, expiry)
    return key


@inlined()
def _least_left(book: Book) -> int:
    """Free rows of the kind that has fewest, timers among them."""
    control = book.control
    return min(
        control[_ORDERS_LEFT], control[_SHIPMENTS_LEFT],
        book.soft_timers.size - (control[_SOFT_END] - control[_SOFT_FIRST]),
        book.hard_timers.size - (control[_HARD_END] - control[_HARD_FIRST]),
    )  # fmt: skip


@compiled()
def hear_told(
    w: Tables, told: NDArray[np.void], at: int, by_number: NDArray[np.int64], by_serial: NDArray[np.int64], rows: int
) -> tuple[int, int]:
    """Hear the next message, or let the book's next timer run out; returns the row to go on from, and why it stopped.

    ``rows`` is the plan that a rule in Python answered with, where it had been asked.
    """
    book = book_of(w)
    if book.control[_ASK] != NONE:
        answer(w, rows)
        _forward(book, by_serial)
        return at, REACHED
    if _least_left(book) < SPARE:
        return at, FULL
    expiry = min(next_hold_end(book), next_hard_end(book))
    key = told[at].key
    if expiry != NEVER and ((expiry << KEY_SHIFT) | _EXPIRY) < key:
        book.control[_NOW], book.control[_HEARD_AT] = expiry, (expiry << KEY_SHIFT) | _EXPIRY | HEARD
        if next_hold_end(book) == expiry:
            expire_hold(w)
        else:
            expire_reservation(w)
    else:
        book.control[_NOW] = told[at].heard
        book.control[_HEARD_AT] = (told[at].heard << KEY_SHIFT) | (key & _BITS) | HEARD
        at = _hear_next(w, book, told, at, by_number, by_serial)
    if book.control[_ASK] != NONE:
        if needs_asking(book):
            return at, ASKS
        answer(w, decide_question(w))
    _forward(book, by_serial)
    return at, REACHED
