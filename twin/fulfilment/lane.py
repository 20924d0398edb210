"""Web orders in the shelf lane: what is due is handed to the function of its kind, between what happens at the tills.

Carts come in order of their keys; all that depends on the state waits in ``twin.fulfilment.pending``; the book's own timers are
queues. ``advance_orders`` runs tills and orders together up to a key. It returns early where the record signals, where a routing
rule in Python must be asked, and where its memory must grow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.clock import HEARD, KEY_SHIFT, NEVER, Phase
from twin.compiled import compiled, inlined
from twin.fulfilment.customers import come, pay
from twin.fulfilment.jobs import accept, give_pieces, give_piece, served, withdraw
from twin.fulfilment.parcels import collect, come_back, deliver, give_up, inspected, ready, ship, tell_arrived
from twin.fulfilment.pending import next_due, take_first
from twin.fulfilment.state import ARRIVED, GONE, UNHEARD, Fulfilment, Hold, What, open_fulfilment
from twin.orders.hearing import (
    after_picks,
    cancel,
    close_shipment,
    expire_reservation,
    forget_if_done,
    hear_picked,
    hear_put_back,
    hear_rejected,
    hear_turned_away,
    next_hard_end,
)
from twin.orders.holds import expire_hold, next_hold_end
from twin.orders.placing import answer, needs_asking, settle_question
from twin.orders.rows import note
from twin.orders.state import FULFIL, NONE, Book, Control, open_book
from twin.record.state import Meter, Record, open_record
from twin.world.lane import run_track
from twin.world.state import Shelves, open_operations, open_shelves

_SIGNALS = int(Meter.SIGNALS)
_NOW, _HEARD_AT, _ASK, _OUT = int(Control.NOW), int(Control.HEARD), int(Control.ASK), int(Control.OUT)
_ORDERS_LEFT, _LINES_LEFT, _SHIPMENTS_LEFT, _LOG = (
    int(c) for c in (Control.ORDERS_LEFT, Control.LINES_LEFT, Control.SHIPMENTS_LEFT, Control.LOG)
)
_SOFT_FIRST, _SOFT_END, _HARD_FIRST, _HARD_END = (
    int(c) for c in (Control.SOFT_FIRST, Control.SOFT_END, Control.HARD_FIRST, Control.HARD_END)
)
_STOP, _NEXT_CART, _FINDS = int(Hold.STOP), int(Hold.NEXT_CART), int(Hold.FINDS)
_SESSIONS_LEFT, _PIECES_LEFT, _DUE_LEFT = int(Hold.SESSIONS_LEFT), int(Hold.PIECES_LEFT), int(Hold.DUE_LEFT)
_CHECKOUT, _CANCEL, _SERVED, _CONFIRMED, _SHIP, _DELIVER, _READY, _COLLECT, _GIVE_UP, _RETURN, _INSPECTED, _PUT_BACK, _AWAY = (
    int(w)
    for w in (
        What.CHECKOUT, What.CANCEL, What.SERVED, What.CONFIRMED, What.SHIP, What.DELIVER, What.READY, What.COLLECT,
        What.GIVE_UP, What.RETURN, What.INSPECTED, What.PUT_BACK, What.TURNED_AWAY,
    )
)  # fmt: skip
_EXPIRY = int(Phase.RELEASE) << 1
_REVIEW = int(Phase.REVIEW) << 1
_COUNT = int(Phase.COUNT) << 1
_BITS = (1 << KEY_SHIFT) - 1
REACHED, ASKS, FULL, FOUND_EMPTY = 0, 1, 2, 3
"""Why ``advance_orders`` returned: it came as far as it could; a rule in Python is asked; memory must grow; a picker found nothing."""
SPARE = 4096  # rows of each kind that one thing that happens may need


@inlined()
def _drain(of: Fulfilment, book: Book, shelves: Shelves, time: int) -> None:
    """What the book asks of the world."""
    i = 0
    while i < book.control[_OUT]:
        asked = book.asked[i]
        if asked.what == FULFIL:
            accept(of, book, shelves, asked.shipment, time)
        else:
            withdraw(of, asked.shipment)
        i += 1
    book.control[_OUT] = 0


@inlined()
def _hear_of_pick(of: Fulfilment, book: Book, record: Record, job: int, event_time: int) -> None:
    work = of.jobs[job]
    work.flags &= ~UNHEARD
    piece = work.first
    while piece != NONE:
        row = of.pieces[piece]
        if row.taken == row.units:
            hear_picked(book, record, row.line, row.units, event_time)
        else:
            hear_rejected(book, record, row.line, row.taken, event_time)
        piece = row.next
    if work.flags & GONE:
        give_pieces(of, work.first)
        work.first = NONE
    after_picks(book, job, not work.flags & GONE)
    if work.flags & ARRIVED:
        tell_arrived(of, book, job)


@inlined()
def _hear_turned_away(of: Fulfilment, book: Book, record: Record, job: int) -> None:
    piece = of.jobs[job].first
    while piece != NONE:
        hear_turned_away(book, record, of.pieces[piece].line)
        piece = of.pieces[piece].next
    give_pieces(of, of.jobs[job].first)
    of.jobs[job].first = NONE
    after_picks(book, job, False)


@inlined()
def _close(of: Fulfilment, book: Book, job: int) -> None:
    slot = book.shipments[job].order
    give_pieces(of, of.jobs[job].first)
    of.jobs[job].first = NONE
    close_shipment(book, job)
    forget_if_done(book, slot)


@inlined()
def _happen(of: Fulfilment, book: Book, record: Record, shelves: Shelves) -> None:
    """The first thing that is due."""
    entry = of.due[take_first(of)]
    key, what, who, other = entry.key, entry.what, entry.who, entry.other
    time = key >> KEY_SHIFT
    if what == _SERVED:
        served(of, book, shelves, who, time)
    elif what == _CONFIRMED:
        _hear_of_pick(of, book, record, who, other)
    elif what == _SHIP:
        ship(of, book, shelves, who, time)
    elif what == _DELIVER:
        deliver(of, book, who, time)
    elif what == _CHECKOUT:
        pay(of, book, record, who)
    elif what == _READY:
        ready(of, book, shelves, who, time)
    elif what == _COLLECT:
        collect(of, book, shelves, who, time)
    elif what == _CANCEL:
        cancel(book, record, who, other)
    else:
        _happen_seldom(of, book, record, shelves, time, what, who, other)


@inlined()
def _happen_seldom(
    of: Fulfilment, book: Book, record: Record, shelves: Shelves, time: int, what: int, who: int, other: int
) -> None:
    if what == _GIVE_UP:
        give_up(of, book, shelves, who, time)
    elif what == _RETURN:
        come_back(of, book, shelves, who, other, time)
    elif what == _INSPECTED:
        inspected(of, book, shelves, who, other, time)
    elif what == _PUT_BACK:
        hear_put_back(book, record, of.pieces[who].cell, of.pieces[who].units, other)
        give_piece(of, who)
    elif what == _AWAY:
        _hear_turned_away(of, book, record, who)
    else:
        _close(of, book, who)


@inlined()
def next_order_key(of: Fulfilment, book: Book) -> int:
    """Key of the next thing that happens to orders."""
    expiry = min(next_hold_end(book), next_hard_end(book))
    if expiry != NEVER:
        expiry = (expiry << KEY_SHIFT) | _EXPIRY
    key: int = min(of.carts[of.control[_NEXT_CART]].key, next_due(of), expiry)
    return key


@inlined()
def _take_next(of: Fulfilment, book: Book, record: Record, shelves: Shelves, key: int) -> None:
    """The one thing that is due at ``key``: what is pending first, then the book's timers, then who comes anew."""
    time = key >> KEY_SHIFT
    book.control[_NOW], book.control[_HEARD_AT] = time, key | HEARD
    if next_due(of) == key:
        _happen(of, book, record, shelves)
    elif next_hold_end(book) == time and key & _BITS == _EXPIRY:
        expire_hold(book, record)
    elif next_hard_end(book) == time and key & _BITS == _EXPIRY:
        expire_reservation(book, record)
    else:
        come(of, book, record)


@inlined()
def _is_full(of: Fulfilment, book: Book) -> bool:
    """Whether what may happen next could need more rows than are left."""
    rooms = min(
        book.control[_ORDERS_LEFT], book.control[_LINES_LEFT], book.control[_SHIPMENTS_LEFT],
        of.control[_SESSIONS_LEFT], of.control[_PIECES_LEFT], of.control[_DUE_LEFT], book.log.size - book.control[_LOG],
    )  # fmt: skip
    timers = max(
        book.control[_SOFT_END] - book.control[_SOFT_FIRST] - book.soft_timers.size,
        book.control[_HARD_END] - book.control[_HARD_FIRST] - book.hard_timers.size,
    )
    return rooms < SPARE or timers > -SPARE  # type: ignore[no-any-return]


@compiled()
def advance_orders(
    shelves_table: NDArray[np.int64],
    record_table: NDArray[np.int64],
    operations_table: NDArray[np.int64],
    book_table: NDArray[np.int64],
    fulfilment_table: NDArray[np.int64],
    until: int,
    at_once: bool,
    rows: int,
) -> int:
    """Run tills and orders up to the key ``until``; returns the key they stopped before, and why in ``Hold.STOP``.

    ``rows`` is the plan that a rule in Python answered with, in ``Book.plan``, where the lane had stopped to ask it.
    """
    shelves, record = open_shelves(shelves_table), open_record(record_table)
    operations, book, of = open_operations(operations_table), open_book(book_table), open_fulfilment(fulfilment_table)
    track = shelves.tracks[np.uintp(0)]
    if book.control[_ASK] != NONE:
        answer(book, record, rows)
        _drain(of, book, shelves, book.control[_NOW])
    of.control[_STOP] = REACHED
    while True:
        if record.meters[_SIGNALS]:
            until = min(until, ((book.control[_NOW] << KEY_SHIFT) & ~_BITS) | _REVIEW)
        key = next_order_key(of, book)
        stop = min(until, key + 1)
        reached = run_track(shelves, record, track, operations, stop, at_once)
        if reached < stop or key >= until:
            return min(reached, until)
        if _is_full(of, book):
            of.control[_STOP] = FULL
            return key
        _take_next(of, book, record, shelves, key)
        if book.control[_ASK] != NONE:
            if needs_asking(book):
                of.control[_STOP] = ASKS
                return key
            settle_question(book, record)
        _drain(of, book, shelves, book.control[_NOW])
        if of.control[_FINDS]:
            of.control[_STOP] = FOUND_EMPTY
            return min(until, ((key >> KEY_SHIFT) << KEY_SHIFT) | _COUNT)


@compiled()
def drain_orders(
    shelves_table: NDArray[np.int64], book_table: NDArray[np.int64], fulfilment_table: NDArray[np.int64], time: int
) -> None:
    """Hand to the world what the book asked for when it heard from the network lane."""
    shelves, book, of = open_shelves(shelves_table), open_book(book_table), open_fulfilment(fulfilment_table)
    _drain(of, book, shelves, time)


__all__ = ["ASKS", "FOUND_EMPTY", "FULL", "REACHED", "advance_orders", "drain_orders", "next_order_key", "note"]
