"""Outside the building: parcels on their way, customers who collect, and what comes back."""

from __future__ import annotations

import numpy as np

from policies.routing.shipping import step_of, surcharge
from twin.clock import HEARD, KEY_SHIFT, NEVER, Phase
from twin.fulfilment.ahead import service_draw, transit_law
from twin.fulfilment.jobs import drop, put_back, restock
from twin.fulfilment.pending import ask_for_entry, ask_for_slice, enter
from twin.fulfilment.state import ARRIVED, GONE, NEAREST_STORE, ORIGIN, UNHEARD, WITHDRAWN, Fulfilment, Hold, What
from twin.fulfilment.stations import day_of, fine_bin, measured
from twin.fulfilment.tables import fulfilment_of
from twin.fulfilment.trays import give_piece, give_pieces, take_piece
from twin.kpis.orders import NODE, NODE_MONEY, ORDER
from twin.orders.clocks import open_from
from twin.orders.hearing import forget_if_done, hear_delivered, hear_not_collected, hear_ready, hear_shipped
from twin.orders.rows import count, note, tell
from twin.orders.sending import close_shipment
from twin.orders.state import AWAITED_FOR_EVER, NONE, READY_LATE, Book, Control, Life, Told
from twin.orders.stock import cell_of
from twin.orders.tables import Tables, book_of
from twin.parts import inlined, part
from twin.random.drawn import keyed_root, keyed_u32
from twin.random.tables import quantile_draw

_TRANSIT, _RETURNS = int(Hold.TRANSIT_ROOT), int(Hold.RETURN_ROOT)
_RETURN_SHARE, _RETURN_DELAY, _INSPECT, _RETURN_TO, _SALEABLE = (
    int(Hold.RETURN_SHARE), int(Hold.RETURN_DELAY), int(Hold.INSPECT), int(Hold.RETURN_TO), int(Hold.SALEABLE),
)  # fmt: skip
_PICKUP_HOLD, _NO_SHOW, _RETURN_CONFIRMS = int(Hold.PICKUP_HOLD), int(Hold.NO_SHOW), int(Hold.RETURN_CONFIRMS)
_DELIVER, _COLLECT, _GIVE_UP, _RETURN, _INSPECTED = (
    int(w) for w in (What.DELIVER, What.COLLECT, What.GIVE_UP, What.RETURN, What.INSPECTED)
)
_PICK_HEARD, _RELEASE = (int(Phase.PICK) << 1) | HEARD, int(Phase.RELEASE) << 1
_BACK = int(Phase.RETURN) << 1
_COMES_BACK, _IS_AWAY, _IS_INSPECTED, _IS_SALEABLE, _IS_HEARD = range(5)  # draws of a unit
_STEP_GRAMS = 1000
_KEPT, _END = ORDER["kept"], int(Control.END)
_SHIPMENTS, _SHIPPED_UNITS, _DELIVERED, _COLLECTED, _RETURNED = (
    NODE[name] for name in ("shipments", "shipped_units", "delivered", "collected", "returned_units")
)
_TOLD_SHIPPED, _TOLD_READY, _TOLD_DELIVERED, _TOLD_NOT_COLLECTED, _TOLD_CLOSED = (
    int(t) for t in (Told.SHIPPED, Told.READY, Told.DELIVERED, Told.NOT_COLLECTED, Told.CLOSED)
)
_REVENUE, _COGS, _SHIPPING = NODE_MONEY["revenue"], NODE_MONEY["cost_of_goods"], NODE_MONEY["shipping"]
_SAID_SHIPPED, _SAID_DELIVERED, _SAID_READY, _SAID_COLLECTED, _SAID_NOT, _SAID_RETURNED = (
    int(k) for k in (Life.SHIPPED, Life.DELIVERED, Life.READY, Life.COLLECTED, Life.NOT_COLLECTED, Life.RETURNED)
)


@inlined()
def tell_of(book: Book, kind: int, shipment: int, time: int) -> None:
    """Keep what the book is told of a whole shipment."""
    parcel = book.shipments[shipment]
    tell(book, kind, parcel.number, parcel.serial, 0, parcel.location, 0, NONE, 0, 0, time)


@inlined()
def _sell_all(of: Fulfilment, job: int, time: int) -> None:
    """What leaves the building is sold: its money counts on the day and at the place it leaves."""
    work, day = of.jobs[job], day_of(of, time)
    piece = work.first
    while piece != NONE:
        row = of.pieces[piece]
        if row.taken == row.units:
            ware = of.wares[row.sku]
            of.money[day, work.location, _REVENUE] += row.units * ware.price
            of.money[day, work.location, _COGS] += row.units * ware.cost
        piece = row.next
    of.nodes[day, work.location, _SHIPPED_UNITS] += work.left


@inlined()
def _charge(of: Fulfilment, job: int, time: int) -> None:
    """What the carrier takes for a parcel: by its zone and billable weight."""
    work = of.jobs[job]
    desk = of.desks[work.location]
    day, cost = day_of(of, time), desk.handling
    if desk.rates != NONE:
        grams, volume, piece = 0, 0, work.first
        while piece != NONE:
            row = of.pieces[piece]
            if row.taken == row.units:
                grams += np.int64(row.units) * of.wares[row.sku].grams
                volume += np.int64(row.units) * of.wares[row.sku].volume_cm3
            piece = row.next
        step = step_of(max(grams, int(np.ceil(volume * 1000 / desk.divisor))), _STEP_GRAMS)
        cost += surcharge(of.rates, desk.rates + of.bands[work.zone, work.location], step) / 1e6
    of.money[day, work.location, _SHIPPING] += cost


@part()
def ship(w: Tables, job: int, time: int) -> None:
    """A parcel leaves; when it arrives follows from its carrier."""
    of = fulfilment_of(w)
    book = book_of(w)
    work = of.jobs[job]
    if work.flags & WITHDRAWN:
        drop(w, job, time)
        return
    arrives = time + _transit(of, job)
    ask_for_slice(of, arrives)
    of.nodes[day_of(of, time), work.location, _SHIPMENTS] += 1
    _sell_all(of, job, time)
    ask_for_entry(of, arrives)
    _charge(of, job, time)
    tell_of(book, _TOLD_SHIPPED, job, time)
    hear_shipped(book, job)
    note(book, _SAID_SHIPPED, work.number, work.location, NONE, work.left, 0)
    enter(w, (arrives << KEY_SHIFT) | _PICK_HEARD, _DELIVER, job, 0)


@inlined()
def _transit(of: Fulfilment, job: int) -> int:
    """How long a parcel is on its way."""
    law, taken = transit_law(of, job), np.int64(0)
    if law != NONE:
        taken = quantile_draw(of.laws[law], keyed_u32(of.control[_TRANSIT], service_draw(of, job)))
    return int(taken)


@part()
def deliver(w: Tables, job: int, time: int) -> None:
    """A parcel reaches its customer."""
    of = fulfilment_of(w)
    book = book_of(w)
    work = of.jobs[job]
    of.nodes[day_of(of, time), work.location, _DELIVERED] += 1
    note(book, _SAID_DELIVERED, work.number, work.location, NONE, work.left, 0)
    _have(w, of, book, job, time)


@inlined()
def _have(w: Tables, of: Fulfilment, book: Book, job: int, time: int) -> None:
    work = of.jobs[job]
    work.flags |= ARRIVED
    work.arrived = time
    _draw_returns(w, of, job, time)
    if not work.flags & UNHEARD:
        tell_arrived(w, job)


@part()
def tell_arrived(w: Tables, job: int) -> None:
    """The book hears that a customer has what was sent, once it has heard of its pick."""
    of = fulfilment_of(w)
    book = book_of(w)
    work = of.jobs[job]
    slot = work.order
    tell_of(book, _TOLD_DELIVERED, job, work.arrived)
    whole = hear_delivered(book, job, work.arrived)
    if whole and not work.collected and measured(of, work.placed):
        of.cycle[fine_bin(work.arrived - work.placed, of.cycle.size)] += 1
    forget_if_done(w, book, slot)
    give_pieces(of, work.first)
    work.first = NONE


@part()
def ready(w: Tables, job: int, time: int) -> None:
    """A shipment stands ready for its customer, who comes at the promised time, or once it is ready and the doors are open."""
    of = fulfilment_of(w)
    book = book_of(w)
    work = of.jobs[job]
    if work.flags & WITHDRAWN:
        drop(w, job, time)
        return
    due = book.orders[work.order].due
    tell_of(book, _TOLD_READY, job, time)
    hear_shipped(book, job)
    hear_ready(book, job, time)
    if measured(of, work.placed):
        of.collect[fine_bin(time - work.placed, of.collect.size)] += 1
    hold = of.control[_PICKUP_HOLD]
    gone = keyed_u32(of.control[_TRANSIT], service_draw(of, job)) < of.control[_NO_SHOW]
    stays = AWAITED_FOR_EVER if gone and hold == NEVER else 0
    note(book, _SAID_READY, work.number, work.location, NONE, work.left, stays | (READY_LATE if time > due else 0))
    if hold != NEVER:
        count(book, book.orders[work.order].day, _KEPT, time + hold < book.control[_END])
    if not gone:
        comes = open_from(book, work.location, max(time, due) if due != NEVER else time)
        enter(w, (comes << KEY_SHIFT) | _PICK_HEARD, _COLLECT, job, 0)
    elif hold != NEVER:
        enter(w, ((time + hold) << KEY_SHIFT) | _RELEASE, _GIVE_UP, job, 0)


@part()
def collect(w: Tables, job: int, time: int) -> None:
    """A customer collects."""
    of = fulfilment_of(w)
    book = book_of(w)
    work = of.jobs[job]
    day = day_of(of, time)
    of.nodes[day, work.location, _COLLECTED] += 1
    of.nodes[day, work.location, _SHIPMENTS] += 1
    _sell_all(of, job, time)
    note(book, _SAID_COLLECTED, work.number, work.location, NONE, work.left, 0)
    _have(w, of, book, job, time)


@part()
def give_up(w: Tables, job: int, time: int) -> None:
    """Nobody came: the goods go back onto their shelf."""
    of = fulfilment_of(w)
    book = book_of(w)
    work = of.jobs[job]
    note(book, _SAID_NOT, work.number, work.location, NONE, work.left, 0)
    put_back(w, job, time)
    work.flags |= GONE
    tell_of(book, _TOLD_NOT_COLLECTED, job, time)
    hear_not_collected(book, job)
    if not work.flags & UNHEARD:  # otherwise it ends when the book hears of its pick
        tell_of(book, _TOLD_CLOSED, job, time)
        give_pieces(of, work.first)
        work.first = NONE
        slot = work.order
        close_shipment(book, job)
        forget_if_done(w, book, slot)


@inlined()
def _draw_returns(w: Tables, of: Fulfilment, job: int, time: int) -> None:
    """Each unit comes back with the same chance, on its own; where to is known when it is sent."""
    if of.control[_RETURN_SHARE] == 0:
        return
    work = of.jobs[job]
    piece, n, root = work.first, 0, keyed_root(of.control[_RETURNS], service_draw(of, job))
    location = of.control[_RETURN_TO]
    if location == NEAREST_STORE:
        location = of.nearest[work.zone]
    if location in (ORIGIN, NONE):
        location = work.location
    while piece != NONE:
        row = of.pieces[piece]
        for _ in range(row.units if row.taken == row.units else 0):
            unit = keyed_root(root, n)
            if keyed_u32(unit, _COMES_BACK) < of.control[_RETURN_SHARE]:
                copy = take_piece(of, NONE)
                there = of.pieces[copy]
                there.sku, there.units, there.cell, there.taken, there.next = row.sku, 1, row.cell, work.location, NONE
                there.number, there.line = work.number, location
                delay = quantile_draw(of.laws[of.control[_RETURN_DELAY]], keyed_u32(unit, _IS_AWAY))
                enter(w, ((time + delay) << KEY_SHIFT) | _BACK, _RETURN, copy, unit)
            n += 1
        piece = row.next


@part()
def come_back(w: Tables, piece: int, draws: int, time: int) -> None:
    """A unit comes back: the money goes out again, and somebody looks at it. ``draws`` is the root of its draws."""
    of = fulfilment_of(w)
    book = book_of(w)
    row = of.pieces[piece]
    if cell_of(book, row.line, row.sku) == NONE:
        row.line = row.taken  # a place that does not range it sends it to where it came from
    location, day = np.int64(row.line), day_of(of, time)
    of.nodes[day, location, _RETURNED] += 1
    of.money[day, location, _REVENUE] -= of.wares[row.sku].price
    note(book, _SAID_RETURNED, row.number, location, row.sku, 1, 0)
    looked_at = quantile_draw(of.laws[of.control[_INSPECT]], keyed_u32(draws, _IS_INSPECTED))
    enter(w, ((time + looked_at) << KEY_SHIFT) | _BACK, _INSPECTED, piece, draws)


@part()
def inspected(w: Tables, piece: int, draws: int, time: int) -> None:
    """What can be sold again goes onto the shelf, and its cost is no longer that of goods sold."""
    of = fulfilment_of(w)
    book = book_of(w)
    row = of.pieces[piece]
    if keyed_u32(draws, _IS_SALEABLE) >= of.control[_SALEABLE]:
        give_piece(of, piece)
        return
    location = np.int64(row.line)
    row.cell = cell_of(book, location, row.sku)
    of.money[day_of(of, time), location, _COGS] -= of.wares[row.sku].cost
    restock(w, piece, location, time, quantile_draw(of.laws[of.control[_RETURN_CONFIRMS]], keyed_u32(draws, _IS_HEARD)))
