"""A shipment's way through a building: accepted, picked from the truth, worked on, and handed to the carrier or to its customer."""

from __future__ import annotations

import numpy as np

from twin.clock import HEARD, KEY_SHIFT, Phase
from twin.fulfilment.ahead import ask_for_service, service_draw
from twin.fulfilment.calendar import leaves_at
from twin.fulfilment.pending import enter
from twin.fulfilment.state import GONE, PICKED, UNHEARD, WITHDRAWN, Fulfilment, Hold, What
from twin.fulfilment.stations import arrive, day_of, has_room, keep_waiting, leave, measured
from twin.fulfilment.tables import fulfilment_of, shelves_of
from twin.fulfilment.trays import take_piece
from twin.kpis.orders import NODE
from twin.orders.rows import note
from twin.orders.state import NONE, Life
from twin.orders.tables import Tables, book_of
from twin.parts import inlined, part
from twin.random.drawn import keyed_u32
from twin.random.tables import quantile_draw
from twin.world.shelf import put_one_back, take_one_line

_SERVICE, _CONFIRM_ROOT, _CONFIRMS = int(Hold.SERVICE_ROOT), int(Hold.CONFIRM_ROOT), int(Hold.CONFIRMS)
_CONFIRMED, _SHIP, _READY, _PUT_BACK, _AWAY, _CLOSED = (
    int(w) for w in (What.CONFIRMED, What.SHIP, What.READY, What.PUT_BACK, What.TURNED_AWAY, What.CLOSED)
)
_PICK_HEARD, _PICK, _RETURN_HEARD = (int(Phase.PICK) << 1) | HEARD, int(Phase.PICK) << 1, (int(Phase.RETURN) << 1) | HEARD
_ASSIGNED, _PICKS, _PICKED_UNITS, _REJECTS, _RESTOCKED = (
    NODE[name] for name in ("assigned", "picks", "picked_units", "rejects", "restocked_units")
)
_SAID_RESTOCKED = int(Life.RESTOCKED)


@part()
def accept(w: Tables, job: int, time: int) -> None:
    """A building is asked for a shipment; where its first station is full, it is turned away."""
    of = fulfilment_of(w)
    book = book_of(w)
    parcel, work = book.shipments[job], of.jobs[job]
    order = book.orders[parcel.order]
    work.number, work.accepted, work.placed, work.location = parcel.number, time, order.placed, parcel.location
    work.first, work.next, work.station, work.flags, work.stages = NONE, NONE, NONE, 0, 0
    work.zone, work.collected, work.order, work.left = order.zone, order.pickup != NONE, parcel.order, parcel.units
    entry = of.desks[work.location].entry
    if entry != NONE:
        ask_for_service(of, job, entry)
    line = parcel.first
    while line != NONE:
        row, piece = book.lines[line], take_piece(of, np.int64(work.first))
        copy = of.pieces[piece]
        copy.sku, copy.units, copy.cell, copy.taken, copy.line = row.sku, row.units, row.cell, 0, line
        copy.next = work.first
        work.first = piece
        line = row.next_of_shipment
    of.nodes[day_of(of, time), work.location, _ASSIGNED] += 1
    if entry == NONE:
        pick(w, job, time)
        if not work.flags & GONE:
            _finish(w, of, job, time)
    elif has_room(of, entry):
        arrive(w, job, entry, time)
    else:
        station = of.stations[entry]
        station.arrivals += measured(of, time)
        station.blocked += measured(of, time)
        work.flags |= GONE
        enter(w, (time << KEY_SHIFT) | _PICK_HEARD, _AWAY, job, 0)


@inlined()
def withdraw(of: Fulfilment, job: int) -> None:
    """A shipment is called back: it goes no further than where it is."""
    of.jobs[job].flags |= WITHDRAWN


@part()
def pick(w: Tables, job: int, time: int) -> None:
    """Take what is on the shelf, each line whole or not at all; the book hears of it after the delay of its stream."""
    of = fulfilment_of(w)
    shelves = shelves_of(w)
    work = of.jobs[job]
    day, piece, left = day_of(of, time), work.first, 0
    work.flags |= PICKED | UNHEARD
    while piece != NONE:
        row = of.pieces[piece]
        found = take_one_line(shelves, time, work.location, row.cell, row.sku, row.units)
        row.taken = found
        if found == row.units:
            left += row.units
            of.nodes[day, work.location, _PICKS] += 1
            of.nodes[day, work.location, _PICKED_UNITS] += row.units
        else:
            of.nodes[day, work.location, _REJECTS] += 1
        piece = row.next
    work.left = left
    if left == 0:
        work.flags |= GONE
    delay = quantile_draw(of.laws[of.control[_CONFIRMS]], keyed_u32(of.control[_CONFIRM_ROOT], service_draw(of, job)))
    enter(w, ((time + delay) << KEY_SHIFT) | _PICK_HEARD, _CONFIRMED, job, time)


@part(seldom=True)
def drop(w: Tables, job: int, time: int) -> None:
    """A job that was called back ends; what was picked of it goes back onto its shelf."""
    of = fulfilment_of(w)
    work = of.jobs[job]
    work.flags |= GONE
    if not work.flags & PICKED:
        enter(w, (time << KEY_SHIFT) | _PICK_HEARD, _AWAY, job, 0)
        return
    put_back(w, job, time)
    if not work.flags & UNHEARD:
        enter(w, (time << KEY_SHIFT) | _PICK_HEARD, _CLOSED, job, 0)


@part(seldom=True)
def put_back(w: Tables, job: int, time: int) -> None:
    """What was picked of a job goes back onto its shelf; the book hears of it later, line by line."""
    of = fulfilment_of(w)
    work = of.jobs[job]
    piece = work.first
    while piece != NONE:
        row = of.pieces[piece]
        if row.taken == row.units:
            copy = take_piece(of, NONE)
            there = of.pieces[copy]
            there.sku, there.units, there.cell, there.taken, there.next = row.sku, row.units, row.cell, 0, NONE
            there.number = work.number
            draw = keyed_u32(of.control[_CONFIRM_ROOT], service_draw(of, job) + 1)
            restock(w, copy, work.location, time, quantile_draw(of.laws[of.control[_CONFIRMS]], draw))
        piece = row.next


@part(seldom=True)
def restock(w: Tables, piece: int, location: int, time: int, delay: int) -> None:
    """Units come onto a shelf outside of any delivery; the book hears of it after ``delay``."""
    of = fulfilment_of(w)
    book = book_of(w)
    shelves = shelves_of(w)
    row = of.pieces[piece]
    put_one_back(shelves, time, location, row.cell, row.sku, row.units)
    of.nodes[day_of(of, time), location, _RESTOCKED] += row.units
    note(book, _SAID_RESTOCKED, row.number, location, row.sku, row.units, 0)
    enter(w, ((time + delay) << KEY_SHIFT) | _RETURN_HEARD, _PUT_BACK, piece, time)


@inlined()
def _finish(w: Tables, of: Fulfilment, job: int, time: int) -> None:
    """A parcel is ready: it goes with the next collection of its carrier, or waits for its customer."""
    work = of.jobs[job]
    if work.flags & WITHDRAWN:
        drop(w, job, time)
    elif work.collected:
        enter(w, (time << KEY_SHIFT) | _PICK, _READY, job, 0)
    else:
        enter(w, (leaves_at(of, work.location, work.accepted, time) << KEY_SHIFT) | _PICK, _SHIP, job, 0)


@part()
def served(w: Tables, job: int, time: int) -> None:
    """A service ends."""
    of = fulfilment_of(w)
    work = of.jobs[job]
    station = work.station
    row = of.stations[station]
    if work.flags & WITHDRAWN:
        drop(w, job, time)
        leave(w, station, time)
        return
    if row.entry and not work.flags & PICKED:
        pick(w, job, time)
        if work.flags & GONE:
            leave(w, station, time)
            return
    again = keyed_u32(of.control[_SERVICE], service_draw(of, job) - 1)
    if again < row.rework_share:
        row.rework += measured(of, time)
        _pass_on(w, of, job, station, row.again, time, True)
    else:
        _go_on(w, of, job, station, time)


@inlined()
def _go_on(w: Tables, of: Fulfilment, job: int, station: int, time: int) -> None:
    """A job goes on to the station after ``station``, or out of the building."""
    if of.stations[station].next == NONE:
        _finish(w, of, job, time)
        leave(w, station, time)
    else:
        _pass_on(w, of, job, station, of.stations[station].next, time, False)


@inlined()
def _pass_on(w: Tables, of: Fulfilment, job: int, station: int, following: int, time: int, back: bool) -> None:
    """A job goes to another station; what comes ``back`` to be done again always finds room."""
    if following == station:  # rework at the same bench: to the end of its queue
        leave(w, station, time)
        arrive(w, job, following, time)
    elif back or has_room(of, following):  # two full stations that wait for each other's room would wait forever
        arrive(w, job, following, time)
        leave(w, station, time)
    else:
        keep_waiting(of, job, following, time)


