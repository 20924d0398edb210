"""Folding absolute counts in: the part of the record that must look back.

A count of last night that arrives this noon fixes last night's level; what was sold since and already applied is added again.
Instead of a sorted tail per cell, which costs every event, the record keeps one ring a location of what it applied lately, in
order of arrival. Whatever has an event time after the count also arrived after it, so only the suffix of the ring since then is
read.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.compiled import compiled, inlined
from twin.record.apply import check_point, digest, first_time, sender
from twin.record.outs import free_changes, free_of
from twin.record.state import Meter, Record, Source, open_record

_LAST_COUNT = int(Meter.LAST_COUNT)
_STALE, _UNFOLDABLE = int(Meter.STALE_COUNTS), int(Meter.UNFOLDABLE)
_COUNTS = int(Source.COUNTS)


@inlined()
def _since(record: Record, location: int, cells: NDArray[np.int32], event_time: int, sums: NDArray[np.int64]) -> bool:
    """Add to ``sums`` what was applied to each of the (sorted) ``cells`` after ``event_time``; False if it is forgotten."""
    size, end = record.recent.shape[1], record.senders[np.uintp(location)].recent_end
    for back in range(1, min(size, end) + 1):
        entry = record.recent[location, (end - back) & (size - 1)]
        if entry.record_time <= event_time and entry.event_time <= event_time:
            return True
        if entry.event_time > event_time:
            i = np.searchsorted(cells, entry.cell)
            if i < cells.size and cells[i] == entry.cell:
                sums[i] += entry.delta
    return bool(end <= size)


@compiled()
def hear_count(
    table: NDArray[np.int64],
    key: int,
    event_time: int,
    sequence: int,
    location: int,
    cells: NDArray[np.int32],
    levels: NDArray[np.int32],
) -> bool:
    """Fix the level of ``cells`` (sorted, of one location) at ``levels`` as of ``event_time``; returns whether it was applied.

    A count is absolute. One that is older than the count in force of a cell is stale there and changes nothing; one that is
    older than what the record remembers cannot be folded, is not applied and is counted under ``Meter.UNFOLDABLE``. The caller
    keeps room in ``count_times``: see ``twin.record.state.with_room_for_count``.
    """
    record = open_record(table)
    of = record.senders[sender(record, _COUNTS, location)]
    for i in range(cells.size):
        digest(of, key ^ (sequence << 1), (np.int64(cells[i]) << 32) | levels[i])
    if not first_time(record, of, sequence, event_time):
        return False
    sums = np.zeros(cells.size, np.int64)
    if not _since(record, location, cells, event_time, sums):
        record.meters[_UNFOLDABLE] += cells.size
        return False
    record.meters[_LAST_COUNT] += 1
    index = record.meters[_LAST_COUNT]
    record.count_times[index] = event_time
    for i in range(cells.size):
        row = record.cells[cells[i]]
        if event_time < record.count_times[row.counted]:
            record.meters[_STALE] += 1
            continue
        change = levels[i] + sums[i] - row.on_hand
        free_changes(record, location, free_of(row), change, key >> 5)
        row.on_hand += change
        row.position += change
        row.counted = index
        check_point(record, cells[i])
    return True
