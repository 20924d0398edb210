"""Web orders in the shelf lane: what is due is handed to the function of its kind, between what happens at the tills.

Carts come in order of their keys; all that depends on the state waits in ``twin.fulfilment.pending``; the book's own timers are
queues. ``advance_orders`` runs tills and orders together up to a key. It returns early where the record signals, where a routing
rule in Python must be asked, and where its memory must grow.
"""

from __future__ import annotations

import numpy as np

from twin.clock import HEARD, KEY_SHIFT, NEVER, Phase
from twin.compiled import compiled
from twin.fulfilment.ahead import ask_ahead
from twin.fulfilment.customers import come, pay
from twin.fulfilment.jobs import accept, served, withdraw
from twin.fulfilment.parcels import collect, come_back, deliver, give_up, inspected, ready, ship, tell_arrived, tell_of
from twin.fulfilment.pending import next_due, take_first
from twin.fulfilment.state import ARRIVED, GONE, KIND_BITS, UNHEARD, Fulfilment, Hold, What
from twin.fulfilment.tables import fulfilment_of, operations_of, shelves_of
from twin.fulfilment.trays import give_piece, give_pieces
from twin.orders.asking import decide_question, needs_asking
from twin.orders.ending import cancel, expire_reservation, next_hard_end
from twin.orders.hearing import forget_if_done
from twin.orders.holds import expire_hold, next_hold_end
from twin.orders.picks import after_picks, hear_picked, hear_put_back, hear_rejected, hear_turned_away
from twin.orders.placing import answer
from twin.orders.rows import tell
from twin.orders.sending import close_shipment
from twin.orders.state import FULFIL, NONE, Book, Control, Told
from twin.orders.stock import place_of
from twin.orders.tables import Tables, book_of, record_of
from twin.parts import inlined, part
from twin.record.state import Meter, Record
from twin.world.lane import next_at_tills, run_track

_SIGNALS = int(Meter.SIGNALS)
_MESSAGES, _KEY, _FLOOR = int(Control.MESSAGES), int(Control.KEY), int(Control.FLOOR)
_PICK, _TURNED_AWAY, _CLOSED, _BACK, _CANCELS = (
    int(t) for t in (Told.PICK, Told.TURNED_AWAY, Told.CLOSED, Told.PUT_BACK, Told.CANCEL)
)
_NOW, _HEARD_AT, _ASK, _OUT = int(Control.NOW), int(Control.HEARD), int(Control.ASK), int(Control.OUT)
_ORDERS_LEFT, _SHIPMENTS_LEFT, _LOG = (int(c) for c in (Control.ORDERS_LEFT, Control.SHIPMENTS_LEFT, Control.LOG))
_SOFT_FIRST, _SOFT_END, _HARD_FIRST, _HARD_END = (
    int(c) for c in (Control.SOFT_FIRST, Control.SOFT_END, Control.HARD_FIRST, Control.HARD_END)
)
_STOP, _NEXT_CART = int(Hold.STOP), int(Hold.NEXT_CART)
_TRAYS_LEFT, _CHUNKS_LEFT = int(Hold.TRAYS_LEFT), int(Hold.CHUNKS_LEFT)
_HEAP, _FULLEST = int(Hold.HEAP), int(Hold.FULLEST)
_CHECKOUT, _CANCEL, _SERVED, _CONFIRMED, _SHIP, _DELIVER, _READY, _COLLECT, _GIVE_UP, _RETURN, _INSPECTED, _PUT_BACK, _AWAY = (
    int(w)
    for w in (
        What.CHECKOUT, What.CANCEL, What.SERVED, What.CONFIRMED, What.SHIP, What.DELIVER, What.READY, What.COLLECT,
        What.GIVE_UP, What.RETURN, What.INSPECTED, What.PUT_BACK, What.TURNED_AWAY,
    )
)  # fmt: skip
_KIND = (1 << KIND_BITS) - 1
_EXPIRY = int(Phase.RELEASE) << 1
_REVIEW = int(Phase.REVIEW) << 1
REACHED, ASKS, FULL = 0, 1, 2
"""Why ``advance_orders`` returned: it came as far as it could; a rule in Python is asked; memory must grow."""
SPARE = 4096  # rows of each kind that one thing that happens may need


@inlined()
def _drain(w: Tables, of: Fulfilment, book: Book, time: int) -> None:
    """What the book asks of the world."""
    i = 0
    while i < book.control[_OUT]:
        asked = book.asked[i]
        if asked.what == FULFIL:
            accept(w, asked.shipment, time)
        else:
            withdraw(of, asked.shipment)
        i += 1
    book.control[_OUT] = 0


@part()
def _hear_of_pick(w: Tables, job: int, event_time: int) -> None:
    of = fulfilment_of(w)
    book = book_of(w)
    record = record_of(w)
    work = of.jobs[job]
    work.flags &= ~UNHEARD
    piece = work.first
    while piece != NONE:
        row = of.pieces[piece]
        goes_on = 0 if work.flags & GONE else 1
        left = 1 if row.next != NONE else 0
        tell(
            book, _PICK, work.number, book.shipments[job].serial, left, work.location, goes_on, row.sku, row.units, row.taken,
            event_time,
        )  # fmt: skip
        if row.taken == row.units:
            hear_picked(w, book, record, work.location, row.line, row.units, event_time)
        else:
            hear_rejected(w, book, record, work.location, row.line, row.taken, event_time)
        piece = row.next
    if work.flags & GONE:
        give_pieces(of, work.first)
        work.first = NONE
    after_picks(w, job, not work.flags & GONE)
    if work.flags & ARRIVED:
        tell_arrived(w, job)


@part()
def _hear_turned_away(w: Tables, job: int) -> None:
    of = fulfilment_of(w)
    book = book_of(w)
    record = record_of(w)
    piece = of.jobs[job].first
    parcel = book.shipments[job]
    number, serial, location = parcel.number, parcel.serial, parcel.location
    while piece != NONE:
        row = of.pieces[piece]
        left = 1 if row.next != NONE else 0
        tell(book, _TURNED_AWAY, number, serial, left, location, 0, row.sku, row.units, 0, book.control[_NOW])
        hear_turned_away(w, book, record, of.pieces[piece].line)
        piece = of.pieces[piece].next
    give_pieces(of, of.jobs[job].first)
    of.jobs[job].first = NONE
    after_picks(w, job, False)


@inlined()
def _close(w: Tables, of: Fulfilment, book: Book, job: int) -> None:
    slot = book.shipments[job].order
    tell_of(book, _CLOSED, job, book.control[_NOW])
    give_pieces(of, of.jobs[job].first)
    of.jobs[job].first = NONE
    close_shipment(book, job)
    forget_if_done(w, book, slot)


@part(seldom=True)
def _happen_seldom(w: Tables, time: int, what: int, who: int, other: int) -> None:
    of, book = fulfilment_of(w), book_of(w)
    if what == _GIVE_UP:
        give_up(w, who, time)
    elif what == _RETURN:
        come_back(w, who, other, time)
    elif what == _INSPECTED:
        inspected(w, who, other, time)
    elif what == _PUT_BACK:
        back = of.pieces[who]
        place = place_of(book, back.cell)
        tell(book, _BACK, 0, 0, 0, place, 0, back.sku, back.units, 0, other)
        hear_put_back(w, place, back.cell, back.units, other)
        give_piece(of, who)
    elif what == _AWAY:
        _hear_turned_away(w, who)
    elif what == _READY:
        ready(w, who, time)
    elif what == _COLLECT:
        collect(w, who, time)
    elif what == _CANCEL:
        tell(book, _CANCELS, other, 0, 0, NONE, 0, NONE, 0, 0, time)
        cancel(w, who, other)
    else:
        _close(w, of, book, who)


@inlined()
def _happen(w: Tables, of: Fulfilment) -> None:
    """The first thing that is due."""
    ask_ahead(w, of)
    entry = take_first(of)
    key, what, who, other = entry.key, entry.turn & _KIND, np.int64(entry.who), entry.other
    time = key >> KEY_SHIFT
    if what == _SERVED:
        served(w, who, time)
    elif what == _CONFIRMED:
        _hear_of_pick(w, who, other)
    elif what == _SHIP:
        ship(w, who, time)
    elif what == _DELIVER:
        deliver(w, who, time)
    elif what == _CHECKOUT:
        pay(w, who)
    else:
        _happen_seldom(w, time, what, who, other)


@inlined()
def _rooms(of: Fulfilment, book: Book) -> int:
    """How many things may surely happen before memory must grow: each needs no more than ``SPARE`` rows of a kind."""
    control, mine = book.control, of.control
    return min(
        control[_ORDERS_LEFT], control[_SHIPMENTS_LEFT], mine[_TRAYS_LEFT], mine[_CHUNKS_LEFT],
        book.log.size - control[_LOG], book.messages.size - control[_MESSAGES],
        of.heap.size - mine[_HEAP], of.present.size - mine[_FULLEST],
        book.soft_timers.size - (control[_SOFT_END] - control[_SOFT_FIRST]),
        book.hard_timers.size - (control[_HARD_END] - control[_HARD_FIRST]),
    ) // SPARE  # fmt: skip


@inlined()
def _settle(w: Tables, of: Fulfilment, book: Book, record: Record, until: int) -> int:
    """After something happened: the world is told what the book asks of it; where the record signals, the lane must stop."""
    _drain(w, of, book, book.control[_NOW])
    if record.meters[_SIGNALS]:
        until = min(until, (book.control[_NOW] << KEY_SHIFT) | _REVIEW)
    return until


@compiled()
def advance_orders(w: Tables, until: int, at_once: bool, rows: int) -> int:
    """Run tills and orders up to the key ``until``; returns the key they stopped before, and why in ``Hold.STOP``.

    ``rows`` is the plan that a rule in Python answered with, in ``Book.plan``, where the lane had stopped to ask it.
    """
    shelves, record, operations, book, of = shelves_of(w), record_of(w), operations_of(w), book_of(w), fulfilment_of(w)
    track = shelves.tracks[np.uintp(0)]
    of.control[_STOP] = REACHED
    if book.control[_ASK] != NONE:
        answer(w, rows)
        until = _settle(w, of, book, record, until)
    rooms = np.int64(0)
    tills = next_at_tills(shelves, track, operations)  # nothing that happens to an order is due at a till
    while True:
        due, held, reserved = next_due(w, of), next_hold_end(book), next_hard_end(book)
        expiry = min(held, reserved)
        if expiry != NEVER:
            expiry = (expiry << KEY_SHIFT) | _EXPIRY
        key = min(of.carts[of.control[_NEXT_CART]].key, due, expiry)
        stop = reached = min(until, key + 1)
        if tills < stop:
            reached = run_track(shelves, record, track, operations, stop, at_once)
            tills = next_at_tills(shelves, track, operations)
        if reached < stop or key >= until:
            book.control[_FLOOR] = max(book.control[_FLOOR], min(reached, until))
            return min(reached, until)
        rooms = rooms - 1 if rooms > 1 else _rooms(of, book)
        if rooms <= 0:
            of.control[_STOP] = FULL
            return key
        time = key >> KEY_SHIFT
        book.control[_NOW], book.control[_HEARD_AT], book.control[_KEY] = time, key | HEARD, key
        if due == key:
            _happen(w, of)
        elif held == time and key == expiry:
            expire_hold(w)
        elif reserved == time and key == expiry:
            expire_reservation(w)
        else:
            come(w)
        if book.control[_ASK] != NONE:
            if needs_asking(book):
                of.control[_STOP] = ASKS
                return key
            answer(w, decide_question(w))
        until = _settle(w, of, book, record, until)


@compiled()
def drain_orders(w: Tables, time: int) -> None:
    """Hand to the world what the book asked for when it heard from the network lane."""
    _drain(w, fulfilment_of(w), book_of(w), time)
