"""What of an order will not come after all, and whose doing that is; each is counted once an order."""

from __future__ import annotations

import numpy as np

from policies.reservation.life import RELEASED
from twin.kpis.orders import ORDER
from twin.orders.rows import count, decided, note
from twin.orders.state import (
    CANCELLED_BY_CUSTOMER,
    CANCELLED_BY_RETAILER,
    NO_ROOM,
    NONE,
    PICKUP_CANCELLED,
    SHORTENED,
    Book,
    Control,
    Life,
)
from twin.parts import inlined

_PLACING = int(Control.PLACED)
_RETAILER, _STOCKOUT, _PICKUPS_CANCELLED = (
    ORDER[name] for name in ("cancelled_retailer", "cancelled_stockout", "pickups_cancelled")
)
_LOST, _LOST_VALUE, _LOST_MARGIN = (ORDER[name] for name in ("lost_units", "lost_value", "lost_margin"))
_SAID_CANCELLED = int(Life.CANCELLED)
FOR_STOCK, FOR_ROOM = 1, 2  # why the retailer cancels; of a customer it is 0


@inlined()
def give_up(book: Book, line: int) -> None:
    """A line that nobody promises: it ends without a reservation."""
    row = book.lines[line]
    order = book.orders[row.order]
    row.state, row.filled = RELEASED, 0
    order.open_lines -= 1
    order.flags |= SHORTENED
    lose(book, line)
    decided(book, order.number ^ 0xA5A5, (np.int64(row.sku) << 32) | row.units)
    if not book.control[_PLACING]:
        will_not_come(book, row.order)


@inlined()
def lose(book: Book, line: int) -> None:
    """A line that was ordered never comes, and its customer would have had it: lost demand."""
    row = book.lines[line]
    day, goods = book.orders[row.order].day, book.goods[row.sku]
    count(book, day, _LOST, row.units)
    count(book, day, _LOST_VALUE, row.units * goods.price)
    count(book, day, _LOST_MARGIN, row.units * goods.margin)


@inlined()
def will_not_come(book: Book, slot: int) -> None:
    """Part of an order that had been promised will not come: nobody has it, or nobody has room to pick it."""
    order = book.orders[slot]
    why = FOR_ROOM if order.flags & NO_ROOM else FOR_STOCK
    if retailer_cancels(book, slot):
        count(book, order.day, _STOCKOUT, why == FOR_STOCK)
        note(book, _SAID_CANCELLED, order.number, NONE, NONE, 0, why)


@inlined()
def retailer_cancels(book: Book, slot: int) -> bool:
    """The retailer cancels an order or a part of it; True where that is the first time, and its customer has not cancelled it."""
    order = book.orders[slot]
    order.flags |= SHORTENED
    if order.flags & (CANCELLED_BY_RETAILER | CANCELLED_BY_CUSTOMER):
        return False
    order.flags |= CANCELLED_BY_RETAILER
    count(book, order.day, _RETAILER, 1)
    pickup_cancelled(book, slot)
    return True


@inlined()
def pickup_cancelled(book: Book, slot: int) -> None:
    """An order to be collected, or a part of it, is cancelled by whomever: it counts once."""
    order = book.orders[slot]
    if order.pickup != NONE and not order.flags & PICKUP_CANCELLED:
        order.flags |= PICKUP_CANCELLED
        count(book, order.day, _PICKUPS_CANCELLED, 1)


@inlined()
def is_filled(book: Book, slot: int, sku: int) -> bool:
    """Whether a line, with all pieces that it was cut into, counts as filled from stock at placement."""
    line, filled = book.orders[slot].first, True
    while line != NONE:
        row = book.lines[line]
        filled = filled and (row.sku != sku or row.filled != 0)
        line = row.next
    return filled
