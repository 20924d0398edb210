"""Shipments of an order: lines are reserved in them or wait for stock, and what waits for nothing more goes to its building."""

from __future__ import annotations

import numpy as np

from policies.reservation.life import BACKORDERED, RESERVED
from policies.routing.columns import FROM, LINE, SHIPPED
from twin.clock import NEVER
from twin.orders.asking import candidate_at, turn_local_day
from twin.orders.rows import ask_world, decided, give_shipment, note, take_line, take_shipment
from twin.orders.state import (
    FULFIL,
    NONE,
    Book,
    Control,
    Life,
    Parcel,
)
from twin.orders.stock import begin, cell_of, wait_in_queue
from twin.orders.tables import Tables
from twin.parts import inlined
from twin.record.state import Record

_NOW, _ASK, _PLACING, _HARD_END, _HARD_TTL = (
    int(c) for c in (Control.NOW, Control.ASK, Control.PLACED, Control.HARD_END, Control.HARD_TTL)
)
_WAITING, _SENT = (int(c) for c in (Parcel.WAITING, Parcel.SENT))
_SAID_ROUTED, _SAID_OWED, _SAID_SENT = (int(c) for c in (Life.ROUTED, Life.BACKORDERED, Life.SENT))


@inlined()
def carry_out(w: Tables, book: Book, record: Record, row: int, granted: bool) -> None:
    """Reserve or backorder what a row of the plan says."""
    slot, location = book.control[_ASK], candidate_at(book, book.plan[row, FROM])
    line = _cut(book, book.question_rows[book.plan[row, LINE]], book.plan[row, SHIPPED])
    sku = book.lines[line].sku
    shipment = _shipment_from(book, slot, location, sku)
    _reserve(w, book, record, line, cell_of(book, location, sku), RESERVED if granted else BACKORDERED, shipment)
    if not granted:
        note(book, _SAID_OWED, book.orders[slot].number, location, sku, book.lines[line].units, 0)


@inlined()
def _shipment_from(book: Book, slot: int, location: int, sku: int) -> int:
    """What a location sends of an order and has not been handed to it yet; no shipment has a SKU in two lines."""
    line = book.orders[slot].first
    while line != NONE:
        row = book.lines[line]
        if row.state in (RESERVED, BACKORDERED):
            parcel = book.shipments[row.shipment]
            if parcel.location == location and parcel.stage == _WAITING and not _has_sku(book, row.shipment, sku):
                shipment: int = row.shipment
                return shipment
        line = row.next
    return _begin_shipment(book, slot, location)


@inlined()
def _has_sku(book: Book, shipment: int, sku: int) -> bool:
    line = book.shipments[shipment].first
    while line != NONE and book.lines[line].sku != sku:
        line = book.lines[line].next_of_shipment
    return line != NONE


@inlined()
def _cut(book: Book, line: int, units: int) -> int:
    """The line, or so many units of it as a line of their own."""
    row = book.lines[line]
    if units == row.units:
        return line
    row.units -= units
    book.orders[row.order].open_lines += 1
    piece = take_line(book, row.order, row.sku, units)
    other = book.lines[piece]
    other.failed, other.failed_before = row.failed, row.failed_before
    other.failed_earlier, other.failed_first = row.failed_earlier, row.failed_first
    return piece


@inlined()
def _begin_shipment(book: Book, slot: int, location: int) -> int:
    order, node = book.orders[slot], book.nodes[location]
    shipment = take_shipment(book, slot, location)
    book.shipments[shipment].stage = _WAITING
    order.parcels += 1
    order.shipments += 1
    turn_local_day(book, node, book.control[_NOW])
    node.orders += 1
    node.shipped += order.pickup == NONE
    decided(book, order.number ^ (np.int64(location) << 48), order.shipments)
    note(book, _SAID_ROUTED, order.number, location, NONE, 0, order.shipments)
    return shipment


@inlined()
def _reserve(w: Tables, book: Book, record: Record, line: int, cell: int, state: int, shipment: int) -> None:
    """A line's reservation begins, as part of a shipment."""
    row, parcel = book.lines[line], book.shipments[shipment]
    begin(w, line, state, cell)
    row.shipment, row.next_of_shipment = shipment, parcel.first
    parcel.first = line
    parcel.units += row.units
    book.nodes[parcel.location].units += row.units
    if state == BACKORDERED:
        parcel.missing += 1
        wait_in_queue(book, line)
    row.filled = book.control[_PLACING] and state == RESERVED


@inlined()
def send_if_ready(book: Book, shipment: int) -> None:
    """Hand a shipment that waits for nothing more to its building; from now on it must leave in time."""
    parcel = book.shipments[shipment]
    if parcel.missing == 0 and parcel.stage == _WAITING:
        parcel.stage = _SENT
        ask_world(book, FULFIL, shipment)
        timers = book.hard_timers
        timer = timers[book.control[_HARD_END] & (timers.size - 1)]
        timer.time, timer.who = book.control[_NOW] + book.control[_HARD_TTL], shipment
        timer.stamp = parcel.serial
        book.control[_HARD_END] += 1
        timers[book.control[_HARD_END] & (timers.size - 1)].time = NEVER  # closes the ring
        note(book, _SAID_SENT, parcel.number, parcel.location, NONE, parcel.units, 0)


@inlined()
def close_shipment(book: Book, shipment: int) -> None:
    """A shipment came to nothing or has arrived."""
    slot = book.shipments[shipment].order
    book.orders[slot].parcels -= 1
    give_shipment(book, shipment)
