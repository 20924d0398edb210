"""The shelf lane: everything that happens between two events of the network, in order, compiled.

``advance`` hands each operation that is due to the function of its kind: a sale to the truth, what the record hears to the
record. It stops before ``until``; where a watched cell falls to its reorder point it stops earlier, so that the policy decides at
that very instant.

Shelves and record meet in one place: a till tells what it sold. Nothing that the record hears can reach a shelf before the next
decision, so where no cell is watched the shelves run ahead to ``until`` and the record follows, which keeps both loops short.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.clock import KEY_SHIFT, NEVER, Phase
from twin.compiled import compiled, inlined
from twin.intrinsics import prefetch
from twin.memory import Row
from twin.record.apply import hear_backfill, hear_sale
from twin.record.state import Meter, Record, open_record
from twin.world.calendar import drop_first
from twin.world.shelf import page_of, sell, shrink, turn_day
from twin.world.state import SHRINK_QUANTITY, Control, Operations, Shelves, open_operations, open_shelves

_NEXT_SALE, _NEXT_ARRIVAL = int(Control.NEXT_SALE), int(Control.NEXT_ARRIVAL)
_FIRST, _PENDING, _OWED = int(Control.FIRST_SEQUENCE), int(Control.PENDING), int(Control.BACKORDERS)
_SIGNALS = int(Meter.SIGNALS)
_REVIEW = int(Phase.REVIEW) << 1
_PHASE_BITS = (1 << KEY_SHIFT) - 1
AHEAD = 24  # operations between asking for a cache line and using it
SOON = 8  # the same for a line that is found through another one


@inlined()
def happen(shelves: Shelves, sale: Row) -> int:
    """A POS line reaches the till, or a unit disappears; returns what was sold."""
    time = sale.key >> KEY_SHIFT
    turn_day(shelves, time)
    if sale.quantity == SHRINK_QUANTITY:
        shrink(shelves, sale.cell, sale.location, sale.sku, time)
        return 0
    sold: int = sell(shelves, sale.cell, sale.location, sale.sku, time, sale.quantity)
    return sold


@inlined()
def hear(record: Record, key: int, sale: Row, sequence: int, owing: int) -> None:
    """The record hears of a POS line; a till that neither sold nor owes has nothing to tell."""
    sold = np.int64(sale.told)
    owed = (sale.quantity - sold) * owing
    if sold or owed:
        hear_sale(record, key, sale.key >> KEY_SHIFT, sequence, sale.cell, sold, owed)


@inlined()
def next_pending(shelves: Shelves) -> int:
    """Key of the first entry of the calendar."""
    return shelves.pending[0].key if shelves.control[_PENDING] else NEVER


@inlined()
def ask_for(shelves: Shelves, later: Row, soon: Row) -> None:
    """Ask for the memory that a sale to come will touch: its shelf and SKU first, then its page of the ledger."""
    prefetch(shelves.on_hand, later.cell)
    prefetch(shelves.price, later.sku)
    prefetch(shelves.cost, later.sku)
    prefetch(shelves.pages, page_of(shelves, soon.cell, soon.location, soon.sku))


@inlined()
def run_shelves(shelves: Shelves, operations: Operations, until: int) -> None:
    """All sales with a key below ``until``."""
    sales, control = operations.sales, shelves.control
    i, last = control[_NEXT_SALE], sales.size - 2  # the closing row stands for nothing
    while sales[np.uintp(i)].key < until:
        ask_for(shelves, sales[np.uintp(min(i + AHEAD, last))], sales[np.uintp(min(i + SOON, last))])
        sale = sales[np.uintp(i)]
        sale.told = happen(shelves, sale)
        i += 1
    control[_NEXT_SALE] = i


@inlined()
def run_record(shelves: Shelves, record: Record, operations: Operations, until: int) -> int:
    """All that the record hears with a key below ``until``; returns where it stopped for a signal, or ``until``."""
    arrivals, sales, control, carried = (
        operations.arrivals,
        operations.sales,
        shelves.control,
        operations.carried,
    )
    j, last, owing, first = (
        control[_NEXT_ARRIVAL],
        arrivals.size - 2,
        control[_OWED],
        control[_FIRST] - carried.size,
    )
    pending = next_pending(shelves)
    while True:
        arrival = arrivals[np.uintp(j)]
        key = min(arrival.key, pending)
        if key >= until:
            break
        if arrival.key <= pending:
            prefetch(sales, np.int64(arrivals[np.uintp(min(j + 2 * AHEAD, last))].row))
            prefetch(record.cells, sales[np.uintp(arrivals[np.uintp(min(j + AHEAD, last))].row)].cell)
            row = np.int64(arrival.row)
            sequence = first + row if row >= carried.size else carried[row]
            hear(record, key, sales[np.uintp(row)], sequence, owing)
            j += 1
        else:
            due = shelves.pending[0]
            hear_backfill(record, key, due.event_time, due.sequence, due.cell, due.units)
            drop_first(shelves)
            pending = next_pending(shelves)
        if record.meters[_SIGNALS]:
            until = min(until, (key & ~_PHASE_BITS) | _REVIEW)
    control[_NEXT_ARRIVAL] = j
    return until


@compiled()
def advance(
    shelves_table: NDArray[np.int64],
    record_table: NDArray[np.int64],
    operations_table: NDArray[np.int64],
    until: int,
    watched: bool,
) -> int:
    """Run all operations with a key below ``until``; returns the key it stopped before.

    That is ``until``, or the review of the first instant at which the record holds a signal. ``watched`` says whether there are
    cells that may signal at all.
    """
    shelves, record = open_shelves(shelves_table), open_record(record_table)
    operations = open_operations(operations_table)
    control = shelves.control
    while True:
        heard = min(operations.arrivals[control[_NEXT_ARRIVAL]].key, next_pending(shelves))
        run_shelves(shelves, operations, min(until, heard) if watched else until)
        sale = operations.sales[control[_NEXT_SALE]].key
        if min(heard, sale) >= until:
            return until
        stop = min(until, sale)
        reached = run_record(shelves, record, operations, stop)
        if reached < stop or record.meters[_SIGNALS]:
            until = min(until, reached)
