"""How the record learns: every event once, deltas at once, counts folded in behind what came before them.

These functions are compiled into the shelf lane and are the very ones that shadow and live call on what a broker delivers.
Deltas commute, counts do not: a count fixes the level at its event time, what was applied with a later event time is added
on top, and what arrives later with an earlier event time changes nothing, for the count has already seen it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.compiled import compiled, inlined
from twin.intrinsics import prefetch
from twin.memory import Row
from twin.record.outs import free_changes, free_of
from twin.record.state import AT_ONCE, DUE, Meter, Record, Source, open_record, sender_of

_DUPLICATES, _BEYOND = int(Meter.DUPLICATES), int(Meter.BEYOND_WINDOW)
_ABSORBED, _SIGNALS, _MARKED = int(Meter.ABSORBED), int(Meter.SIGNALS), int(Meter.MARKED)
AHEAD = 16  # lines between asking for a cell's row and using it
_SALES, _BACKFILLS, _WAREHOUSE = int(Source.SALES), int(Source.BACKFILLS), int(Source.WAREHOUSE)
_ODD = np.int64(-7046029254386353131)  # 2**64 / golden ratio
_ODDER = np.int64(-4417276706812531889)  # the first multiplier of xxHash64 (Collet), another odd number with mixed bits
_sender_of = inlined()(sender_of)


@inlined()
def sender(record: Record, source: int, location: int) -> np.uintp:
    """Row of a source in ``Record.senders``."""
    return np.uintp(_sender_of(source, location, record.senders.size))


@inlined()
def digest(of: Row, key: int, what: int) -> None:
    """Fold one delivered event into the running digest of its sender; order matters.

    Each event is mixed by itself first, so that the chain from one to the next, which no processor can shorten, is one product.
    """
    mixed = (key * _ODD) ^ (what * _ODDER)
    state = (of.digest ^ mixed ^ (mixed >> 29)) * _ODD
    of.digest = state ^ (state >> 32)


@inlined()
def first_time(record: Record, of: Row, sequence: int, event_time: int) -> bool:
    """Whether this event was not heard before; remembers it, and how far its sender has come."""
    mask, top = of.size - 1, of.top
    slot = np.uintp(of.first + (sequence & mask))
    if sequence > top:
        for passed in range(max(top + 1, sequence - mask), sequence):
            record.seen[np.uintp(of.first + (passed & mask))] = 0
        of.top = sequence
    elif sequence < top - mask:
        record.meters[_BEYOND] += 1
        return False
    elif record.seen[slot]:
        record.meters[_DUPLICATES] += 1
        return False
    record.seen[slot] = 1
    of.heard_to = max(of.heard_to, event_time)
    return True


@inlined()
def check_point(record: Record, cell: int) -> None:
    """Note that the rule of a cell whose position is at or below its point has something to look at; signal it where it is
    asked at once."""
    row = record.cells[np.uintp(cell)]
    if row.position <= row.point:
        asks = record.asks[np.uintp(cell)]
        if not asks & DUE:
            record.asks[np.uintp(cell)] = asks | DUE
            record.meters[_MARKED] += 1
            if asks & AT_ONCE:
                record.signals[record.meters[_SIGNALS]] = cell
                record.meters[_SIGNALS] += 1


@inlined()
def doubt(record: Record, cell: int) -> None:
    """Signal that somebody should count a cell: once, however often it is in doubt before the signal is answered."""
    for i in range(record.meters[_SIGNALS]):
        if record.signals[i] == ~cell:
            return
    record.signals[record.meters[_SIGNALS]] = ~cell
    record.meters[_SIGNALS] += 1


@inlined()
def apply_delta(record: Record, location: int, cell: int, delta: int, other: int, record_time: int, event_time: int) -> None:
    """Change a cell's level by ``delta`` as of ``event_time``, and its position by ``delta + other``."""
    row = record.cells[np.uintp(cell)]
    size = record.recent.shape[1]
    if size > 1 and delta != 0:
        if event_time <= record.count_times[row.counted]:
            record.meters[_ABSORBED] += 1
            delta = 0  # the count has seen it already, but not what is owed or on its way
        else:
            till = record.senders[np.uintp(location)]
            entry = record.recent[location, till.recent_end & (size - 1)]
            entry.record_time, entry.event_time, entry.cell, entry.delta = record_time, event_time, cell, delta
            till.recent_end += 1
    free_changes(record, location, free_of(row), delta, record_time)
    row.on_hand += delta
    row.position += delta + other
    check_point(record, cell)


@inlined()
def hear_sale(
    record: Record, key: int, event_time: int, sequence: int, location: int, cell: int, sold: int, owed: int
) -> bool:
    """A POS line: ``sold`` units left the shelf, ``owed`` were promised for later. Returns whether it was new."""
    of = record.senders[np.uintp(location)]
    digest(of, key ^ (sequence << 1), (np.int64(cell) << 32) | (np.int64(owed) << 16) | sold)
    if not first_time(record, of, sequence, event_time):
        return False
    if owed:
        record.cells[cell].backordered += owed
    apply_delta(record, location, cell, -sold, -owed, key >> 5, event_time)
    return True


@inlined()
def hear_backfill(
    record: Record, key: int, event_time: int, later_round: int, sequence: int, location: int, cell: int, units: int
) -> None:
    """Backorders met from the shelf: the level falls, what is owed falls with it, the position stays."""
    of = record.senders[sender(record, _BACKFILLS, location)]
    digest(of, key ^ (sequence << 1), (np.int64(cell) << 32) | units)
    if first_time(record, of, sequence, event_time):
        record.cells[cell].backordered -= units
        apply_delta(record, location, cell, -units, units, key >> 5, event_time + later_round)


@inlined()
def _from_warehouse(
    record: Record, key: int, event_time: int, sequence: int, location: int, cells: NDArray[np.int32], units: NDArray[np.int32]
) -> bool:
    """Whether a message of the warehouse is new."""
    of = record.senders[sender(record, _WAREHOUSE, location)]
    for i in range(cells.size):
        digest(of, key ^ (sequence << 1), (np.int64(cells[i]) << 32) | units[i])
    return first_time(record, of, sequence, event_time)  # type: ignore[no-any-return]


@compiled()
def hear_receipt(
    table: NDArray[np.int64],
    key: int,
    event_time: int,
    sequence: int,
    location: int,
    cells: NDArray[np.int32],
    units: NDArray[np.int32],
    later_round: bool,
    ordered: NDArray[np.int32],
) -> bool:
    """A delivery put away: ``units`` of ``ordered`` came. Returns whether it was new.

    ``later_round``: it happened after the first round of its instant, and so after any count of that instant.
    """
    record = open_record(table)
    if not _from_warehouse(record, key, event_time, sequence, location, cells, units):
        return False
    for i in range(cells.size):
        prefetch(record.cells, cells[min(i + AHEAD, cells.size - 1)])
        apply_delta(record, location, cells[i], units[i], -ordered[i], key >> 5, event_time + later_round)
    return True


@compiled()
def hear_dispatch(
    table: NDArray[np.int64],
    key: int,
    event_time: int,
    sequence: int,
    location: int,
    cells: NDArray[np.int32],
    units: NDArray[np.int32],
    later_round: bool,
) -> bool:
    """A truck loaded for another location: what was committed has left. Returns whether it was new; see ``hear_receipt``."""
    record = open_record(table)
    if not _from_warehouse(record, key, event_time, sequence, location, cells, units):
        return False
    for i in range(cells.size):
        prefetch(record.cells, cells[min(i + AHEAD, cells.size - 1)])
        row = record.cells[cells[i]]
        free_changes(record, location, free_of(row), np.int64(units[i]), key >> 5)
        row.committed -= units[i]
        apply_delta(record, location, cells[i], -units[i], units[i], key >> 5, event_time + later_round)
    return True


@compiled()
def place_lines(
    table: NDArray[np.int64], time: int, origin: int, cells: NDArray[np.int32], sources: NDArray[np.int32],
    units: NDArray[np.int32],
) -> np.int64:  # fmt: skip
    """The lines of an order of ours, known at once, at ``time`` (µs): inbound here and, where the sources are cells of ours,
    committed there; returns the units of all.

    A cell that is reviewed loses its mark where it rises above its point; one that is asked at once, when it is answered.
    ``sources``, cells of the location ``origin``, holds -1 for every line where that is a supplier.
    """
    record, last, total = open_record(table), cells.size - 1, np.int64(0)
    for i in range(cells.size):
        prefetch(record.cells, cells[min(i + AHEAD, last)])
        cell = np.uintp(cells[i])
        total += units[i]
        row = record.cells[cell]
        row.position += units[i]
        if row.position > row.point and record.asks[cell] == DUE:
            clear(record, cell)
    if sources[0] < 0:
        return total
    for i in range(cells.size):
        prefetch(record.cells, sources[min(i + AHEAD, last)])
        source = record.cells[np.uintp(sources[i])]
        free_changes(record, origin, free_of(source), -np.int64(units[i]), time)
        source.committed += units[i]
        source.position -= units[i]
        check_point(record, sources[i])
    return total


@compiled()
def unmark(table: NDArray[np.int64], cells: NDArray[np.int32]) -> None:
    """Take the marks off ``cells``, whose rules are about to be asked."""
    record = open_record(table)
    for i in range(cells.size):
        clear(record, cells[i])


@inlined()
def clear(record: Record, cell: int) -> None:
    """Take the mark off a cell, if it has one."""
    asks = record.asks[np.uintp(cell)]
    if asks & DUE:
        record.asks[np.uintp(cell)] = asks ^ DUE
        record.meters[_MARKED] -= 1
