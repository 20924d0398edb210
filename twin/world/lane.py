"""The shelf lane: everything that happens between two events of the network, in order, compiled.

``advance`` hands each operation that is due to the function of its kind: a sale to the truth, what the record hears to the
record. Each location's operations are a track of their own, for what happens on one's shelves cannot reach another's but through
the network: a track is run when somebody is about to look at it, a day at a time where nobody does, and its shelves stay in the
processor's cache meanwhile. Where a cell's rule must be asked at once, or backorders are met, all locations share one track, which
stops where a position falls to its order point, so that the policy decides at that very instant.

Shelves and record meet in one place: a till tells what it sold. Nothing that the record hears can reach a shelf before the next
decision, so where no rule is asked at once the shelves run ahead to ``until`` and the record follows, which keeps both loops short.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.clock import KEY_SHIFT, NEVER, Phase
from twin.compiled import compiled, inlined
from twin.intrinsics import highest_bit, prefetch
from twin.memory import Row
from twin.record.apply import hear_backfill, hear_sale
from twin.record.state import Meter, Record, open_record
from twin.world.calendar import drop_first
from twin.world.shelf import sell, shrink, turn_day
from twin.world.state import SHRINK_QUANTITY, Control, Operations, Shelves, open_operations, open_shelves

_PENDING, _OWED, _LAGS_FROM = int(Control.PENDING), int(Control.BACKORDERS), int(Control.LAGS_FROM)
_SIGNALS = int(Meter.SIGNALS)
_REVIEW = int(Phase.REVIEW) << 1
_PHASE_BITS = (1 << KEY_SHIFT) - 1
AHEAD = 24  # operations between asking for a cache line and using it


@inlined()
def happen(shelves: Shelves, track: Row, sale: Row) -> int:
    """A POS line reaches the till, or a unit disappears; returns what was sold."""
    turn_day(shelves, track, sale.key >> KEY_SHIFT)
    if sale.quantity == SHRINK_QUANTITY:
        shrink(shelves, track, sale)
        return 0
    sold: int = sell(shelves, track, sale)
    return sold


@inlined()
def hear(shelves: Shelves, record: Record, key: int, sale: Row, owing: int) -> None:
    """The record hears of a POS line; a till that neither sold nor owes has nothing to tell."""
    sold, event_time = np.int64(sale.told), sale.key >> KEY_SHIFT
    owed = (sale.quantity - sold) * owing
    if sold or owed:
        new = hear_sale(record, key, event_time, sale.sequence, sale.location, sale.cell, sold, owed)
        if new and sold and event_time >= shelves.control[_LAGS_FROM]:
            shelves.lags[lag_bin((key >> KEY_SHIFT) - event_time, shelves.lags.size)] += 1


@inlined()
def lag_bin(lag: int, bins: int) -> np.uintp:
    """Bin of a delay: exact below 8 µs, then eight to each doubling."""
    if lag < 8:
        return np.uintp(lag)
    octave = highest_bit(lag) - 2
    return np.uintp(min(octave * 8 + ((lag >> (octave - 1)) & 7), bins - 1))


@inlined()
def next_pending(shelves: Shelves) -> int:
    """Key of the first entry of the calendar."""
    return shelves.pending[0].key if shelves.control[_PENDING] else NEVER


@inlined()
def ask_for(shelves: Shelves, later: Row) -> None:
    """Ask for the memory that a sale to come will touch. (The day's pages of the ledger are in the cache as it is.)"""
    prefetch(shelves.on_hand, later.cell)
    prefetch(shelves.items, later.sku)


@inlined()
def run_shelves(shelves: Shelves, track: Row, operations: Operations, until: int) -> None:
    """All sales of a track with a key below ``until``."""
    sales, i, last = operations.sales, track.next_sale, track.sales_end
    while sales[np.uintp(i)].key < until:
        ask_for(shelves, sales[np.uintp(min(i + AHEAD, last))])
        sale = sales[np.uintp(i)]
        sale.told = happen(shelves, track, sale)
        i += 1
    track.next_sale = i


@inlined()
def run_record(shelves: Shelves, record: Record, track: Row, operations: Operations, until: int) -> int:
    """All that the record hears of a track with a key below ``until``; returns where it stopped for a signal, or ``until``."""
    arrivals, sales = operations.arrivals, operations.sales
    j, last, owing = track.next_arrival, track.arrivals_end, shelves.control[_OWED]
    pending = next_pending(shelves)
    while True:
        arrival = arrivals[np.uintp(j)]
        key = min(arrival.key, pending)
        if key >= until:
            break
        if arrival.key <= pending:
            cell = sales[np.uintp(arrivals[np.uintp(min(j + AHEAD, last))].row)].cell
            prefetch(record.cells, cell)
            prefetch(record.asks, cell)
            hear(shelves, record, key, sales[np.uintp(arrival.row)], owing)
            j += 1
        else:
            due = shelves.pending[0]
            hear_backfill(record, key, due.event_time, due.later_round, due.sequence, due.location, due.cell, due.units)
            drop_first(shelves)
            pending = next_pending(shelves)
        if record.meters[_SIGNALS]:
            until = min(until, (key & ~_PHASE_BITS) | _REVIEW)
    track.next_arrival = j
    return until


@inlined()
def next_at_tills(shelves: Shelves, track: Row, operations: Operations) -> int:
    """Key of the first thing that a track has to sell or to hear."""
    heard = min(operations.arrivals[np.uintp(track.next_arrival)].key, next_pending(shelves))
    key: int = min(heard, operations.sales[np.uintp(track.next_sale)].key)
    return key


@inlined()
def run_track(shelves: Shelves, record: Record, track: Row, operations: Operations, until: int, at_once: bool) -> int:
    """Both of them in turn; returns the key the track stopped before."""
    while True:
        heard = min(operations.arrivals[np.uintp(track.next_arrival)].key, next_pending(shelves))
        run_shelves(shelves, track, operations, min(until, heard) if at_once else until)
        sale = operations.sales[np.uintp(track.next_sale)].key
        if min(heard, sale) >= until:
            return until
        stop = min(until, sale)
        reached = run_record(shelves, record, track, operations, stop)
        if reached < stop or record.meters[_SIGNALS]:
            until = min(until, reached)


@compiled()
def advance(
    shelves_table: NDArray[np.int64],
    record_table: NDArray[np.int64],
    operations_table: NDArray[np.int64],
    first: int,
    end: int,
    until: int,
    at_once: bool,
) -> int:
    """Run all operations of tracks [first, end) with a key below ``until``; returns the key they stopped before.

    That is ``until``, or the review of the first instant at which the record holds a signal. ``at_once`` says whether there are
    cells that may signal at all; all operations must then be on one track.
    """
    shelves, record = open_shelves(shelves_table), open_record(record_table)
    operations = open_operations(operations_table)
    reached = until
    for t in range(first, end):
        reached = min(reached, run_track(shelves, record, shelves.tracks[np.uintp(t)], operations, until, at_once))
    return reached
