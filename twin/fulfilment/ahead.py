"""Asking for the memory of what is due next before it is needed (see ``twin.orders.ahead``)."""

from __future__ import annotations

from twin.fulfilment.state import KIND_BITS, PICKED, Fulfilment, Hold, What
from twin.intrinsics import prefetch
from twin.memory import Row
from twin.orders.ahead import ask_for_lines, ask_for_second
from twin.orders.state import NONE, Book, Control
from twin.parts import inlined
from twin.random.drawn import keyed_u32
from twin.random.tables import first_quantile
from twin.record.state import Record
from twin.world.shelf import ask_for_page
from twin.world.state import Shelves

_PRESENT, _PRESENT_END, _NEXT_CART = int(Hold.PRESENT), int(Hold.PRESENT_END), int(Hold.NEXT_CART)
_ROOT, _TRANSIT = int(Hold.SERVICE_ROOT), int(Hold.TRANSIT_ROOT)
_FREE_PIECES, _FREE_LINES = int(Hold.FREE_PIECES), int(Control.FREE_LINES)
_CHECKOUT, _SERVED, _CONFIRMED, _SHIP, _DELIVER, _GIVE_UP = (
    int(w) for w in (What.CHECKOUT, What.SERVED, What.CONFIRMED, What.SHIP, What.DELIVER, What.GIVE_UP)
)
_KIND = (1 << KIND_BITS) - 1
_DRAWS = 64  # of a shipment: two for each service
_FAR, _NEAR, _NEXT, _LAST, _SECOND = 24, 16, 10, 5, 2
"""Entries between asking and using: for their rows, for their orders and pieces, for lines and cells, for the rest of these,
and for what second lines look at."""
_FAR_CARTS, _NEAR_CARTS, _CARTS = 24, 16, 8  # carts between asking for their rows, lines, cells and using them


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
def _ask_for_order(of: Fulfilment, book: Book, entry: Row) -> None:
    """Ask for the order and the pieces of an entry whose own row is there."""
    what = entry.turn & _KIND
    if what == _CHECKOUT:
        session = of.sessions[entry.who]
        prefetch(book.orders, session.slot)
        if session.first != NONE:
            prefetch(of.pieces, session.first)
    elif _SERVED <= what <= _GIVE_UP:
        work = of.jobs[entry.who]
        if what == _SERVED:
            if work.flags & PICKED:
                return  # the rest of its way in the building is told by its own row
            prefetch(book.shipments, entry.who)
        prefetch(book.orders, work.order)
        if work.first != NONE:
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
    what = entry.turn & _KIND
    if what == _CHECKOUT:
        ask_for_lines(book, of.sessions[entry.who].slot)
    elif _SERVED <= what <= _GIVE_UP:
        if _is_counted(of, what, entry.who):
            piece = of.jobs[entry.who].first
            if piece != NONE:
                row = of.pieces[piece]
                _ask_for_piece(book, record, shelves, row, what)
                if row.next != NONE:
                    prefetch(of.pieces, row.next)
        elif what != _SERVED:
            ask_for_lines(book, of.jobs[entry.who].order)


@inlined()
def _ask_for_piece(book: Book, record: Record, shelves: Shelves, row: Row, what: int) -> None:
    if what == _SHIP:
        prefetch(shelves.items, row.sku)
        prefetch(book.goods, row.sku)
        return
    if what == _SERVED:  # the book may hear of the pick at once
        prefetch(shelves.items, row.sku)
        prefetch(shelves.on_hand, row.cell)
    prefetch(record.cells, row.cell)
    prefetch(book.lines, row.line)


@inlined()
def _ask_for_rest(of: Fulfilment, book: Book, record: Record, shelves: Shelves, entry: Row) -> None:
    """Ask for the cell of an entry's first line, which is there, and for its second line."""
    what = entry.turn & _KIND
    if what == _CHECKOUT:
        line = book.orders[of.sessions[entry.who].slot].first
        if line != NONE:
            _ask_for_line(book, record, line)
            if book.lines[line].next != NONE:
                prefetch(book.lines, book.lines[line].next)
    elif what == _SERVED and of.jobs[entry.who].flags & PICKED:
        _ask_for_service(of, entry.who)
    elif what == _DELIVER:
        ask_for_second(book, of.jobs[entry.who].order)
    elif _SERVED <= what <= _GIVE_UP and _is_counted(of, what, entry.who):
        piece = of.jobs[entry.who].first
        if piece != NONE:
            row = of.pieces[piece]
            if what == _SERVED:
                ask_for_page(shelves, of.jobs[entry.who].location, row.cell, row.sku)
            elif what == _SHIP:
                _ask_for_transit(of, entry.who)
            if row.next != NONE:
                _ask_for_piece(book, record, shelves, of.pieces[row.next], what)


@inlined()
def _ask_for_service(of: Fulfilment, job: int) -> None:
    """Ask for the quantiles of a job's next service."""
    work = of.jobs[job]
    following = of.stations[work.station].next
    if following != NONE:
        table = of.laws[of.stations[following].law]
        prefetch(table, first_quantile(keyed_u32(of.control[_ROOT], service_draw(of, job))))


@inlined()
def _ask_for_transit(of: Fulfilment, job: int) -> None:
    """Ask for the quantiles of a parcel's transit."""
    law = transit_law(of, job)
    if law != NONE:
        prefetch(of.laws[law], first_quantile(keyed_u32(of.control[_TRANSIT], service_draw(of, job))))


@inlined()
def _ask_for_line(book: Book, record: Record, line: int) -> None:
    """Ask for all that placing a line of a cart will look at."""
    row = book.lines[line]
    prefetch(book.goods, row.sku)
    if row.cell != NONE:
        prefetch(record.cells, row.cell)


@inlined()
def _ask_for_second(of: Fulfilment, book: Book, record: Record, entry: Row) -> None:
    """Ask for what the second line of a cart that is paid looks at."""
    if entry.turn & _KIND == _CHECKOUT:
        line = book.orders[of.sessions[entry.who].slot].first
        if line != NONE and book.lines[line].next != NONE:
            _ask_for_line(book, record, book.lines[line].next)


@inlined()
def ask_ahead(of: Fulfilment, book: Book, record: Record, shelves: Shelves) -> None:
    """Ask for what the next entries of the present slice will touch, whatever of it is known by now."""
    at, end = of.control[_PRESENT], of.control[_PRESENT_END]
    if at + _FAR < end:
        _ask_for_row(of, book, of.present[at + _FAR])
    if at + _NEAR < end:
        _ask_for_order(of, book, of.present[at + _NEAR])
    if at + _NEXT < end:
        _ask_for_goods(of, book, record, shelves, of.present[at + _NEXT])
    if at + _LAST < end:
        _ask_for_rest(of, book, record, shelves, of.present[at + _LAST])
    if at + _SECOND < end:
        _ask_for_second(of, book, record, of.present[at + _SECOND])


@inlined()
def ask_at_once(of: Fulfilment, book: Book) -> None:
    """Ask for what the first entries of a slice that begins will touch."""
    end = of.control[_PRESENT_END]
    for i in range(min(_FAR, end)):
        _ask_for_row(of, book, of.present[i])
    for i in range(min(_NEAR, end)):
        _ask_for_order(of, book, of.present[i])


@inlined()
def _cart_ahead(of: Fulfilment, many: int) -> Row:
    return of.carts[min(of.control[_NEXT_CART] + many, of.carts.size - 1)]


@inlined()
def ask_for_next_carts(of: Fulfilment, book: Book, record: Record) -> None:
    """Ask for the rows of carts to come, then for what is wanted in them, then for the cells at which that will be held if it can.

    They come in order, but so much is touched between two of them that the processor does not see it. The first free row of each
    kind was asked for when the one before it was taken; a cart of several lines takes the second one, too.
    """
    prefetch(book.lines, book.lines[book.control[_FREE_LINES]].next)
    prefetch(of.pieces, of.pieces[of.control[_FREE_PIECES]].next)
    prefetch(of.carts, min(of.control[_NEXT_CART] + _FAR_CARTS, of.carts.size - 1))
    near = _cart_ahead(of, _NEAR_CARTS).first
    prefetch(of.firsts, near)
    prefetch(of.wanted, near)
    later = _cart_ahead(of, _CARTS)
    for i in range(later.first, later.first + later.lines):
        cell = of.firsts[i].cell
        if cell != NONE:
            prefetch(record.cells, cell)
