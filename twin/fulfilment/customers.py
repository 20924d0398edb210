"""Customers: they come with a cart, pay or leave, and may change their minds."""

from __future__ import annotations

import numpy as np

from twin.clock import KEY_SHIFT, NEVER, Phase
from twin.fulfilment.ahead import ask_for_next_carts
from twin.fulfilment.pending import enter
from twin.fulfilment.state import TRAY, Fulfilment, Hold, What
from twin.fulfilment.tables import fulfilment_of
from twin.fulfilment.trays import give_pieces, give_tray, take_piece, take_tray
from twin.memory import Row
from twin.orders.holds import begin_cart, begin_timer, hold_line
from twin.orders.placing import begin_order, route
from twin.orders.rows import take_line, tell
from twin.orders.state import NONE, Book, Control, Told
from twin.orders.tables import Tables, book_of, record_of
from twin.parts import inlined, part
from twin.record.state import Record

_NEXT_CART = int(Hold.NEXT_CART)
_CHECKOUT, _CANCEL = int(What.CHECKOUT), int(What.CANCEL)
_CARTED, _CHECKED_OUT = int(Told.CART), int(Told.CHECKOUT)
_NOW, _RECORDS = int(Control.NOW), int(Control.RECORDS)
_CONVERSION, _RELEASE = int(Phase.CONVERSION) << 1, int(Phase.RELEASE) << 1


@part()
def come(w: Tables) -> None:
    """The next cart: a hold is asked for, unless it is paid in the same instant."""
    of = fulfilment_of(w)
    book = book_of(w)
    record = record_of(w)
    cart = of.carts[of.control[_NEXT_CART]]
    of.control[_NEXT_CART] += 1
    ask_for_next_carts(of, record)
    time = cart.key >> KEY_SHIFT
    zone, pickup = np.int64(cart.zone), np.int64(cart.pickup)
    slot = begin_cart(book, cart.number, zone, pickup, 1)
    for i in range(cart.first + cart.lines - 1, cart.first - 1, -1):
        sku, units = np.int64(of.wanted[i].sku), np.int64(of.wanted[i].units)
        take_line(book, slot, sku, units)
        kind = _CHECKED_OUT if cart.checkout == time else _CARTED
        tell(book, kind, cart.number, 0, i - cart.first, pickup, zone, sku, units, 0, time)
    if cart.checkout == time:
        _place(w, slot, cart.number, zone, pickup, cart.cancel)
        return
    _hold(of, book, record, cart, slot)
    if cart.checkout != NEVER:
        _pay_later(w, of, cart, slot)


@inlined()
def _hold(of: Fulfilment, book: Book, record: Record, cart: Row, slot: int) -> None:
    """As ``hold_lines``, with the first choices that are known (``twin.orders.first``)."""
    row, held = book.orders[slot], 0
    line = row.first
    for i in range(cart.first, cart.first + cart.lines):
        first = of.firsts[i]
        held += hold_line(book, record, row, line, first.cell, first.location, first.place)
        line = book.lines[line].next
    begin_timer(book, slot, held)


@inlined()
def _pay_later(w: Tables, of: Fulfilment, cart: Row, slot: int) -> None:
    """A customer is at the checkout, with a list of what is wanted: the cart may be gone by then."""
    who = take_tray(of)
    session = of.sessions[who]
    session.number, session.cancel, session.slot, session.first = cart.number, cart.cancel, slot, NONE
    session.zone, session.pickup = cart.zone, cart.pickup
    piece = who * TRAY
    for i in range(cart.first + cart.lines - 1, cart.first - 1, -1):
        piece = take_piece(of, piece)
        row = of.pieces[piece]
        row.sku, row.units, row.next = of.wanted[i].sku, of.wanted[i].units, session.first
        session.first = piece
    enter(w, (cart.checkout << KEY_SHIFT) | _CONVERSION, _CHECKOUT, who, 0)


@part()
def pay(w: Tables, who: int) -> None:
    """A customer pays: the cart becomes an order, or where its hold has expired a new one is tried."""
    of = fulfilment_of(w)
    book = book_of(w)
    session = of.sessions[who]
    slot = session.slot
    if book.orders[slot].number != session.number:
        slot = NONE
    if book.control[_RECORDS]:
        _tell_order(of, book, session, book.control[_NOW])
    if slot == NONE:
        slot = begin_cart(book, session.number, session.zone, session.pickup, 0)
        _write_lines(of, book, slot, session.first)
    _place(w, slot, session.number, session.zone, session.pickup, session.cancel)
    if session.first // TRAY != who:  # there were more than go onto one tray
        give_pieces(of, session.first)
    give_tray(of, who)


@inlined()
def _tell_order(of: Fulfilment, book: Book, session: Row, time: int) -> None:
    """A checkout names what is wanted, the last line first."""
    for i in range(_length(of, session.first) - 1, -1, -1):
        piece = of.pieces[_nth(of, session.first, i)]
        tell(book, _CHECKED_OUT, session.number, 0, i, session.pickup, session.zone, piece.sku, piece.units, 0, time)


@inlined()
def _write_lines(of: Fulfilment, book: Book, slot: int, first: int) -> None:
    """Lines of a cart as they are wanted; the list is short, and the last one is written first."""
    for i in range(_length(of, first) - 1, -1, -1):
        piece = of.pieces[_nth(of, first, i)]
        take_line(book, slot, piece.sku, piece.units)


@inlined()
def _length(of: Fulfilment, first: int) -> int:
    many, at = 0, first
    while at != NONE:
        many += 1
        at = of.pieces[at].next
    return many


@inlined()
def _nth(of: Fulfilment, first: int, n: int) -> int:
    at = first
    for _ in range(n):
        at = of.pieces[at].next
    return at


@part()
def _place(w: Tables, slot: int, number: int, zone: int, pickup: int, cancel: int) -> None:
    book = book_of(w)
    record = record_of(w)
    placed = begin_order(book, record, slot, number, zone, pickup)
    route(w, book, placed)
    if cancel != NEVER:
        enter(w, (cancel << KEY_SHIFT) | _RELEASE, _CANCEL, placed, number)
