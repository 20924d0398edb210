"""For how long the record has had nothing to promise: the exact integral behind ``sku_out_share_seen``.

What a cell has to promise is what is on hand there and promised to nobody: its ATP, before what carts hold and what is held back
from a channel, which differ by channel. An integral over a day is kept as the sum of change x time left in the day, as the shelves
keep theirs; whoever changes a level tells of it here, and all but the changes through zero are over with one comparison.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.clock import DAY
from twin.compiled import inlined
from twin.memory import Row
from twin.record.state import Record


@inlined()
def free_of(row: Row) -> int:
    """What a cell has on hand and promised to nobody."""
    units: int = np.int64(row.on_hand) - row.committed - row.reserved
    return units


@inlined()
def crosses(before: int, delta: int) -> bool:
    """Whether by ``delta`` a cell has something to promise again, or nothing any more."""
    return (before > 0) != (before + delta > 0)


@inlined()
def free_changes(record: Record, location: int, before: int, delta: int, time: int) -> None:
    """What a cell of a location has to promise changes by ``delta`` from ``before``, at a record time in µs.

    Part of the callers' loops, and without a call in it: whatever calls with a record in hand has its references counted.
    """
    if crosses(before, delta):
        cells = 1 if before > 0 else -1
        since = max(time - record.since[0], 0)
        day = since // DAY
        if day < record.outs.shape[0]:  # what happens after the last day is not measured
            record.outs[np.uintp(day), np.uintp(location), 0] += cells * ((day + 1) * DAY - since)
            record.outs[np.uintp(day), np.uintp(location), 1] += cells


def measured(record: Record, firsts: NDArray[np.int64], since_us: int, days: int) -> Record:
    """The same record, which keeps from ``since_us`` on, for ``days`` days, for how long its cells have nothing to promise.

    ``firsts`` (locations + 1,) holds the first cell of each location. What has nothing now counts from the first instant.
    """
    rows, outs = record.cells, np.zeros((days, firsts.size - 1, 2), np.int64)
    for location in range(firsts.size - 1 if days else 0):
        mine = rows[firsts[location] : firsts[location + 1]]
        empty = np.count_nonzero(mine["on_hand"] <= mine["committed"] + mine["reserved"])
        outs[0, location] = empty * DAY, empty
    return record._replace(since=np.array([since_us], np.int64), outs=outs)


def out_us(record: Record) -> NDArray[np.int64]:
    """Cell microseconds with nothing to promise, by day and location; shape (days, locations)."""
    within, net = record.outs[:, :, 0], record.outs[:, :, 1]
    total: NDArray[np.int64] = within + (np.cumsum(net, axis=0) - net) * DAY
    return total
