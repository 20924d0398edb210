"""What the book hears of what has left a building: shipped, ready, delivered, collected or not."""

from __future__ import annotations

from policies.reservation.life import BACKORDERED, RESERVED
from policies.reservation.life import SHIPPED as PICKED
from twin.kpis.orders import ORDER
from twin.orders.rows import count, give_order, heard
from twin.orders.sending import close_shipment
from twin.orders.shortfall import pickup_cancelled
from twin.orders.state import (
    HAS_SHIPPED,
    LATE_SHIPMENT,
    NONE,
    NOT_COLLECTED,
    SHORTENED,
    SPLIT,
    TIMELY,
    UNROUTED,
    Book,
    Control,
    Parcel,
    Stage,
)
from twin.orders.tables import Tables
from twin.parts import inlined

_SENT, _SHIPPED = (int(c) for c in (Parcel.SENT, Parcel.SHIPPED))
_PLACED = int(Stage.PLACED)
_NO_SHOWS, _SHIPMENTS, _SPLIT, _SHIPPED_ORDERS, _DELIVERED = (
    ORDER[name] for name in ("no_shows", "shipments", "split", "shipped", "delivered")
)
_JUDGED, _IN_A_DAY, _ON_TIME, _PERFECT = (ORDER[name] for name in ("delivered_judged", "delivered_24h", "on_time", "perfect"))
_END = int(Control.END)
_DAY = 86_400_000_000


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
def no_longer_timely(book: Book, slot: int) -> None:
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
