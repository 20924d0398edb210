"""Asking for the memory of what is due next before it is needed (see ``twin.orders.ahead``)."""

from __future__ import annotations

import numpy as np

from policies.routing.columns import LOCATION
from twin.fulfilment.state import KIND_BITS, PICKED, TRAY, Fulfilment, Hold, What
from twin.fulfilment.tables import fulfilment_of, shelves_of
from twin.intrinsics import prefetch
from twin.memory import Row
from twin.orders.ahead import ASKED_LINES, STEP, ask_for_lines
from twin.orders.rows import ask_for_order
from twin.orders.state import NONE, Book
from twin.orders.stock import cell_of
from twin.orders.tables import Tables, book_of, record_of
from twin.parts import inlined, part
from twin.random.drawn import keyed_u32
from twin.random.tables import first_quantile
from twin.record.state import Record
from twin.world.shelf import ask_for_page
from twin.world.state import Shelves

_PRESENT, _PRESENT_END, _NEXT_CART = int(Hold.PRESENT), int(Hold.PRESENT_END), int(Hold.NEXT_CART)
_ROOT, _TRANSIT = int(Hold.SERVICE_ROOT), int(Hold.TRANSIT_ROOT)
_AHEAD = int(Hold.AHEAD)
_CHECKOUT, _SERVED, _CONFIRMED, _SHIP, _GIVE_UP = (
    int(w) for w in (What.CHECKOUT, What.SERVED, What.CONFIRMED, What.SHIP, What.GIVE_UP)
)
_KIND = (1 << KIND_BITS) - 1
_DRAWS = 64  # of a shipment: two for each service
_FAR, _NEAR, _NEXT, _LAST = 26, 18, 10, 2
"""Entries between asking and using: for their rows, for their orders and pieces, for lines and cells, for the rest of these."""
_FAR_CARTS, _NEAR_CARTS, _CARTS = 20, 12, 4  # carts between asking for their rows, lines, cells and using them


@inlined()
def _ask_for_row(of: Fulfilment, book: Book, entry: Row) -> None:
    """Ask for the row of whom an entry is about."""
    what = entry.turn & _KIND
    if what == _CHECKOUT:
        prefetch(of.sessions, entry.who)
    elif _SERVED <= what <= _GIVE_UP:
        prefetch(of.jobs, entry.who)
        if what != _SERVED:
            prefetch(book.shipments, entry.who)


@inlined()
def _what(of: Fulfilment, entry: Row) -> int:
    """What an entry whose own row is there brings about: a parcel mostly leaves as its last service ends, where its carrier has no
    times of collection."""
    what: int = entry.turn & _KIND
    if what == _SERVED:
        work = of.jobs[entry.who]
        leaves = not work.collected and of.desks[work.location].pickups == 0 and of.stations[work.station].next == NONE
        if work.flags & PICKED and leaves:
            return _SHIP
    return what


@inlined()
def _ask_for_order(of: Fulfilment, book: Book, entry: Row) -> None:
    """Ask for the order and the pieces of an entry whose own row is there."""
    what = _what(of, entry)
    if what == _CHECKOUT:
        ask_for_order(book, np.int64(of.sessions[entry.who].slot))
    elif _SERVED <= what <= _GIVE_UP:
        work = of.jobs[entry.who]
        if what == _SERVED and work.flags & PICKED:
            return  # the rest of its way in the building is told by its own row
        prefetch(book.shipments, entry.who)
        ask_for_order(book, np.int64(work.order))
        if work.first != NONE:
            prefetch(of.pieces, work.first - work.first % TRAY)
            prefetch(of.pieces, work.first)


@inlined()
def service_draw(of: Fulfilment, job: int) -> int:
    """Number of the draw of a job's next service."""
    work = of.jobs[job]
    n: int = ((work.number << 15) | work.location) * _DRAWS + 2 * work.stages
    return n


@inlined()
def transit_law(of: Fulfilment, job: int) -> int:
    """The law of a parcel's time on its way; NONE where it takes none."""
    work = of.jobs[job]
    desk = of.desks[work.location]
    law: int = of.distance_laws[work.zone, work.location] if desk.by_distance else desk.law
    return law


@inlined()
def _is_counted(of: Fulfilment, what: int, job: int) -> bool:
    """Whether goods of a job are about to be picked, heard of, or sold."""
    return what in (_CONFIRMED, _SHIP) or (what == _SERVED and not of.jobs[job].flags & PICKED)


@inlined()
def _ask_for_goods(of: Fulfilment, book: Book, record: Record, shelves: Shelves, entry: Row) -> None:
    """Ask for lines and cells of an entry whose order and pieces are there."""
    what = _what(of, entry)
    if what == _CHECKOUT:
        ask_for_lines(book, of.sessions[entry.who].slot)
    elif _SERVED <= what <= _GIVE_UP:
        if _is_counted(of, what, entry.who):
            piece = of.jobs[entry.who].first
            for _ in range(TRAY):
                if piece != NONE:
                    _ask_for_piece(of, book, record, shelves, of.pieces[piece], what)
                    piece = of.pieces[piece].next
        elif what != _SERVED:
            ask_for_lines(book, of.jobs[entry.who].order)


@inlined()
def _ask_for_piece(of: Fulfilment, book: Book, record: Record, shelves: Shelves, row: Row, what: int) -> None:
    if what == _SHIP:
        prefetch(of.wares, row.sku)
        return
    if what == _SERVED:  # the book may hear of the pick at once
        prefetch(shelves.items, row.sku)
        prefetch(shelves.on_hand, row.cell)
    prefetch(record.cells, row.cell)
    prefetch(book.lines, row.line)


@inlined()
def _ask_for_rest(of: Fulfilment, book: Book, record: Record, shelves: Shelves, entry: Row) -> None:
    """Ask for the rest that an entry will touch, where what leads to it is there."""
    what = _what(of, entry)
    if what == _CHECKOUT:
        _ask_for_cart(book, record, of.sessions[entry.who].slot)
    elif what == _SHIP:
        _ask_for_transit(of, entry.who)
    elif what == _SERVED and of.jobs[entry.who].flags & PICKED:
        _ask_for_next_service(of, entry.who)
    elif what == _SERVED:
        work = of.jobs[entry.who]
        piece = work.first
        for _ in range(TRAY):
            if piece != NONE:
                row = of.pieces[piece]
                ask_for_page(shelves, work.location, row.cell, row.sku)
                piece = row.next


@inlined()
def _ask_for_next_service(of: Fulfilment, job: int) -> None:
    """Ask for the quantiles of a job's service after the one that ends."""
    following = of.stations[of.jobs[job].station].next
    if following != NONE:
        ask_for_service(of, job, following)


@inlined()
def ask_for_service(of: Fulfilment, job: int, station: int) -> None:
    """Ask for the quantiles of a job's next service, which will be at ``station``."""
    table = of.laws[of.stations[station].law]
    prefetch(table, first_quantile(keyed_u32(of.control[_ROOT], service_draw(of, job))))


@inlined()
def _ask_for_transit(of: Fulfilment, job: int) -> None:
    """Ask for the quantiles of a parcel's transit."""
    law = transit_law(of, job)
    if law != NONE:
        prefetch(of.laws[law], first_quantile(keyed_u32(of.control[_TRANSIT], service_draw(of, job))))


@inlined()
def _ask_for_cart(book: Book, record: Record, slot: int) -> None:
    """Ask for all that placing a cart will look at: where its lines are held, and where all of them may be sent from."""
    cart = book.orders[slot]
    line, together, many = cart.first, 0, 0
    while line != NONE and many < ASKED_LINES:
        row = book.lines[line]
        prefetch(book.goods, row.sku)
        if row.cell != NONE:
            prefetch(record.cells, row.cell)
        together, many, line = max(together, int(row.place)), many + 1, row.next
    candidate = book.candidate_first[cart.zone] + together
    if many > 1 and cart.pickup == NONE and candidate < book.candidate_first[cart.zone + 1]:
        location = book.candidates[candidate, LOCATION]
        line = cart.first
        for _ in range(many):
            cell = cell_of(book, location, book.lines[line].sku)
            if cell != NONE:
                prefetch(record.cells, cell)
            line = book.lines[line].next


@inlined()
def _end_of(of: Fulfilment, ahead: int) -> int:
    """The entry up to which something is asked for so far ahead."""
    return min(of.control[_PRESENT] + ahead + STEP, of.control[_PRESENT_END])


@inlined()
def ask_ahead(w: Tables, of: Fulfilment) -> None:
    """Ask for what is known of what the entries that come soon will touch; once for every ``STEP`` entries of the slice."""
    if of.control[_PRESENT] >= of.control[_AHEAD]:
        ask_for_step(w, False)


@part()
def ask_for_step(w: Tables, begins: bool) -> None:
    """Ask for what ``STEP`` more entries will touch, each kind as far ahead as it is known; all up to them where a slice begins."""
    of, book, record, shelves = fulfilment_of(w), book_of(w), record_of(w), shelves_of(w)
    at, skips = of.control[_PRESENT], 0 if begins else 1
    of.control[_AHEAD] = at + STEP
    for i in range(at + skips * _FAR, _end_of(of, _FAR)):
        _ask_for_row(of, book, of.present[i])
    for i in range(at + skips * _NEAR, _end_of(of, _NEAR)):
        _ask_for_order(of, book, of.present[i])
    for i in range(at + skips * _NEXT, _end_of(of, _NEXT)):
        _ask_for_goods(of, book, record, shelves, of.present[i])
    for i in range(at + skips * _LAST, _end_of(of, _LAST)):
        _ask_for_rest(of, book, record, shelves, of.present[i])


@inlined()
def _line_of_cart(of: Fulfilment, cart: int) -> int:
    """The first row of ``wanted`` of a cart, of the last one where there are no more."""
    row: int = of.carts[min(cart, of.carts.size - 1)].first
    return row


@inlined()
def ask_for_next_carts(of: Fulfilment, record: Record) -> None:
    """Ask for what ``STEP`` more carts will touch: their rows, what is wanted in them, and the cells at which that will be held if
    it can.

    They come in order, but so much is touched between two of them that the processor does not see it.
    """
    cart = of.control[_NEXT_CART]
    if cart & (STEP - 1):
        return
    for i in range(cart + _FAR_CARTS, cart + _FAR_CARTS + STEP):
        prefetch(of.carts, i)
    for i in range(_line_of_cart(of, cart + _NEAR_CARTS), _line_of_cart(of, cart + _NEAR_CARTS + STEP)):
        prefetch(of.firsts, i)
        prefetch(of.wanted, i)
    for i in range(_line_of_cart(of, cart + _CARTS), _line_of_cart(of, cart + _CARTS + STEP)):
        cell = of.firsts[i].cell
        if cell != NONE:
            prefetch(record.cells, cell)
