"""How the record learns: every event once, deltas at once, counts folded in behind what came before them.

These functions are compiled into the shelf lane and are the very ones that shadow and live call on what a broker delivers.
Deltas commute, counts do not: a count fixes the level at its event time, what was applied with a later event time is added
on top, and what arrives later with an earlier event time changes nothing, for the count has already seen it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.compiled import compiled, inlined
from twin.record.state import Meter, Record, Source, open_record

_DUPLICATES, _BEYOND = int(Meter.DUPLICATES), int(Meter.BEYOND_WINDOW)
_ABSORBED = int(Meter.ABSORBED)
_SIGNALS, _RECENT_END, _DIGEST = int(Meter.SIGNALS), int(Meter.RECENT_END), int(Meter.DIGEST)
_SALES, _BACKFILLS, _WAREHOUSE = int(Source.SALES), int(Source.BACKFILLS), int(Source.WAREHOUSE)
_ODD = np.int64(-7046029254386353131)  # 2**64 / golden ratio


@inlined()
def digest(record: Record, key: int, what: int) -> None:
    """Fold one delivered event into the running digest; order matters."""
    state = (record.meters[_DIGEST] ^ key) * _ODD
    state = (state ^ (state >> 29) ^ what) * _ODD
    record.meters[_DIGEST] = state ^ (state >> 32)


@inlined()
def first_time(record: Record, source: int, sequence: int) -> bool:
    """Whether this event was not heard before; remembers it."""
    size = record.seen.shape[1]
    top = record.seen_top[source]
    slot = np.uintp(sequence & (size - 1))
    if sequence > top:
        for passed in range(max(top + 1, sequence - size + 1), sequence):
            record.seen[source, passed & (size - 1)] = 0
        record.seen_top[source] = sequence
        record.seen[source, slot] = 1
        return True
    if sequence <= top - size:
        record.meters[_BEYOND] += 1
        return False
    if record.seen[source, slot]:
        record.meters[_DUPLICATES] += 1
        return False
    record.seen[source, slot] = 1
    return True


@inlined()
def stamp(record: Record, source: int, event_time: int) -> None:
    """Keep how far the source has come."""
    if event_time > record.heard_to[source]:
        record.heard_to[source] = event_time


@inlined()
def check_point(record: Record, cell: int) -> None:
    """Signal a watched cell whose position has fallen to its point; once until it is answered."""
    row = record.cells[np.uintp(cell)]
    if row.position <= row.watched and not record.signalled[cell]:
        record.signalled[cell] = 1
        record.signals[record.meters[_SIGNALS]] = cell
        record.meters[_SIGNALS] += 1


@inlined()
def apply_delta(record: Record, cell: int, delta: int, other: int, record_time: int, event_time: int) -> None:
    """Change a cell's level by ``delta`` as of ``event_time``, and its position by ``delta + other``."""
    row = record.cells[np.uintp(cell)]
    if record.recent.size > 1 and delta != 0:
        if event_time <= record.count_times[row.counted]:
            record.meters[_ABSORBED] += 1
            delta = 0  # the count has seen it already, but not what is owed or on its way
        else:
            entry = record.recent[record.meters[_RECENT_END] & (record.recent.size - 1)]
            entry.record_time, entry.event_time, entry.cell, entry.delta = (
                record_time,
                event_time,
                cell,
                delta,
            )
            record.meters[_RECENT_END] += 1
    row.on_hand += delta
    row.position += delta + other
    check_point(record, cell)


@inlined()
def hear_sale(
    record: Record, key: int, event_time: int, sequence: int, cell: int, sold: int, owed: int
) -> None:
    """A POS line: ``sold`` units left the shelf, ``owed`` were promised for later."""
    digest(record, key ^ (sequence << 1), (np.int64(cell) << 32) | (np.int64(owed) << 16) | sold)
    if first_time(record, _SALES, sequence):
        stamp(record, _SALES, event_time)
        if owed:
            record.backordered[cell] += owed
        apply_delta(record, cell, -sold, -owed, key >> 5, event_time)


@inlined()
def hear_backfill(record: Record, key: int, event_time: int, sequence: int, cell: int, units: int) -> None:
    """Backorders met from the shelf: the level falls, what is owed falls with it, the position stays."""
    digest(record, key ^ (sequence << 1), (np.int64(cell) << 32) | units)
    if first_time(record, _BACKFILLS, sequence):
        stamp(record, _BACKFILLS, event_time)
        record.backordered[cell] -= units
        apply_delta(record, cell, -units, units, key >> 5, event_time)


@compiled()
def hear_receipt(
    table: NDArray[np.int64],
    key: int,
    event_time: int,
    sequence: int,
    cells: NDArray[np.int32],
    units: NDArray[np.int32],
    ordered: NDArray[np.int32],
) -> bool:
    """A delivery put away: ``units`` of ``ordered`` came. Returns whether it was new."""
    record = open_record(table)
    for i in range(cells.size):
        digest(record, key ^ (sequence << 1), (np.int64(cells[i]) << 32) | units[i])
    if not first_time(record, _WAREHOUSE, sequence):
        return False
    stamp(record, _WAREHOUSE, event_time)
    for i in range(cells.size):
        record.inbound[cells[i]] -= ordered[i]
        apply_delta(record, cells[i], units[i], -ordered[i], key >> 5, event_time)
    return True


@compiled()
def hear_dispatch(
    table: NDArray[np.int64],
    key: int,
    event_time: int,
    sequence: int,
    cells: NDArray[np.int32],
    units: NDArray[np.int32],
) -> bool:
    """A truck loaded for another location: what was committed has left. Returns whether it was new."""
    record = open_record(table)
    for i in range(cells.size):
        digest(record, key ^ (sequence << 1), (np.int64(cells[i]) << 32) | units[i])
    if not first_time(record, _WAREHOUSE, sequence):
        return False
    stamp(record, _WAREHOUSE, event_time)
    for i in range(cells.size):
        record.committed[cells[i]] -= units[i]
        apply_delta(record, cells[i], -units[i], units[i], key >> 5, event_time)
    return True


@compiled()
def place_lines(
    table: NDArray[np.int64], cells: NDArray[np.int32], sources: NDArray[np.int32], units: NDArray[np.int32]
) -> None:
    """Our own orders, known at once: inbound here and, where the source is a cell of ours, committed there.

    ``sources`` holds -1 for lines ordered from a supplier.
    """
    record = open_record(table)
    for i in range(cells.size):
        record.inbound[cells[i]] += units[i]
        record.cells[cells[i]].position += units[i]
        if sources[i] >= 0:
            record.committed[sources[i]] += units[i]
            record.cells[sources[i]].position -= units[i]
            check_point(record, sources[i])
