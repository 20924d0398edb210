"""The record's memory: one packed row a cell for what every event touches, plain arrays for what few do."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.compiled import compiled, inlined
from twin.memory import Row, rows_of, spread
from twin.opened import array_at

NO_POINT = -(1 << 31)  # of a cell without a rule

# One row is half a cache line, so that whatever is asked of a cell costs one miss.
CELL = np.dtype(
    [
        ("on_hand", np.int32),  # believed to be at the location
        ("position", np.int32),  # on hand + inbound - committed - reserved - backordered
        ("point", np.int32),  # its order point: the highest position at which its rule may order, or NO_POINT
        ("counted", np.int32),  # which count fixed the level last: an index into `count_times`, 0 for none
        ("soft", np.int32),  # units in carts
        ("committed", np.int32),  # units other cells ordered from this one, not yet dispatched
        ("backordered", np.int32),
        ("reserved", np.int32),  # promised to web orders from stock, not yet picked
    ],
    align=True,
)

# What was applied lately, in order of arrival, so that a count can be folded in behind what came before it.
RECENT = np.dtype(
    [("record_time", np.int64), ("event_time", np.int64), ("cell", np.int32), ("delta", np.int32)], align=True
)


class Source(IntEnum):
    """Where an event comes from; its rank breaks ties. The tills of every location number their own sales."""

    SALES = 0  # POS lines, what they sold and what they owe
    BACKFILLS = 1  # backorders met
    WAREHOUSE = 2  # receipts and dispatches
    COUNTS = 3


_SALES, _SOURCES = int(Source.SALES), len(Source)

# One sender a location for its sales, then one for each other source. What the record keeps of a sender.
SENDER = np.dtype(
    [
        ("digest", np.int64),  # running digest of all that was heard from it
        ("heard_to", np.int64),  # latest event time heard, µs
        ("top", np.int64),  # highest sequence number heard, -1 for none
        ("first", np.int64),  # where its window in `seen` begins
        ("size", np.int64),  # length of the window, a power of two
        ("recent_end", np.int64),  # of a location: entries ever written to its ring in `recent`
    ],
    align=True,
)

DUE, AT_ONCE = 1, 2  # bits of `asks`: the position is at or below the point; the rule is asked at once, not at a review


class Meter(IntEnum):
    """Counters of the record, as indexes into ``Record.meters``."""

    DUPLICATES = 0
    BEYOND_WINDOW = 1  # so old that its id is no longer remembered: not applied, reported
    ABSORBED = 2  # deltas older than the count that already holds them
    STALE_COUNTS = 3  # counts older than the one in force
    UNFOLDABLE = 4  # counted cells older than what is remembered: not applied, reported
    SIGNALS = 5  # cells waiting in `signals`
    LAST_COUNT = 6  # highest index used in `count_times`
    MARKED = 7  # cells marked DUE


class Record(NamedTuple):
    """Arrays of the record, for ``n`` cells."""

    cells: NDArray[np.void]  # (n,) of CELL
    asks: NDArray[np.uint8]  # (n,) whether the cell's rule has something to look at: bits DUE and AT_ONCE
    # (2n,) the first `meters[SIGNALS]` are cells whose rule must be asked at once, and ~cells that are to be counted
    signals: NDArray[np.int32]
    seen: NDArray[np.uint8]  # windows of the senders: whether the event with this sequence number was heard
    senders: NDArray[np.void]  # (locations + sources - 1,) of SENDER
    recent: NDArray[np.void]  # (locations, r) of RECENT, rings; r is 1 where no source of counts is configured
    count_times: NDArray[np.int64]  # event time of each count heard
    meters: NDArray[np.int64]
    # For how long cells have nothing to promise (see ``twin.record.outs``); of no days where that is not kept.
    since: NDArray[np.int64]  # (1,) when the first day begins, µs
    outs: NDArray[np.int64]  # (days, locations, 2) sum of cells gone out x time left in the day, and their net number

    @property
    def inbound(self) -> NDArray[np.int32]:
        """Units ordered towards each cell and not yet received: what its position counts beside all that a row tells by name."""
        cells = self.cells
        found: NDArray[np.int32] = (
            cells["position"] - cells["on_hand"] + cells["committed"] + cells["backordered"] + cells["reserved"]
        )
        return found

    @property
    def committed(self) -> NDArray[np.int32]:
        """Units that other cells ordered from each one, not yet dispatched; a view."""
        return self.cells["committed"]

    @property
    def backordered(self) -> NDArray[np.int32]:
        """Units that each cell owes to customers who wait; a view."""
        return self.cells["backordered"]


_I8, _I4, _U1 = np.int64, np.int32, np.uint8


@inlined()
def inbound_of(row: Row) -> int:
    """Units ordered towards a cell and not yet received."""
    units: int = np.int64(row.position) - row.on_hand + row.committed + row.backordered + row.reserved
    return units


@inlined()
def open_record(t: NDArray[np.int64]) -> Record:
    """The record behind a table made by ``twin.memory.table_of``; for kernels."""
    return Record(
        array_at(t, 0, CELL, 1),
        array_at(t, 1, _U1, 1),
        array_at(t, 2, _I4, 1),
        array_at(t, 3, _U1, 1),
        array_at(t, 4, SENDER, 1),
        array_at(t, 5, RECENT, 2),
        array_at(t, 6, _I8, 1),
        array_at(t, 7, _I8, 1),
        array_at(t, 8, _I8, 1),
        array_at(t, 9, _I8, 3),
    )


@inlined()
def address_of_asks(t: NDArray[np.int64]) -> int:
    """Where ``Record.asks`` begins, for a kernel that reads many marks at once."""
    address: int = t[1, 0]
    return address


def sender_of(source: int, location: int, senders: int) -> int:
    """Row of a source in ``Record.senders``, of which there are ``senders``."""
    return location if source == _SALES else senders - _SOURCES + source


def new_record(cells: int, *, locations: int, window: int, folds_counts: bool, recent: int = 1 << 13) -> Record:
    """An empty record of ``cells`` cells.

    Parameters
    ----------
    locations : how many locations there are
    window : how many sequence numbers of a sender an event id is remembered for at first; rounded up to a power of two
    folds_counts : whether a source of absolute counts is configured, so that recent deltas must be kept
    recent : how many deltas of a location are kept for folding, rounded up to a power of two
    """
    rows = rows_of(cells, CELL)
    rows["point"] = NO_POINT
    senders = np.zeros(locations + len(Source) - 1, SENDER)
    senders["heard_to"], senders["top"], senders["size"] = -(1 << 62), -1, power_of_two(window)
    senders["first"] = np.arange(senders.size) * power_of_two(window)
    return Record(
        cells=rows,
        asks=spread(cells, np.uint8),
        signals=np.empty(2 * cells, np.int32),
        seen=np.zeros(senders.size * power_of_two(window), np.uint8),
        senders=senders,
        recent=np.zeros((locations, power_of_two(recent) if folds_counts else 1), RECENT),
        count_times=np.full(1024, -(1 << 62), np.int64),
        meters=np.zeros(16, np.int64),
        since=np.zeros(1, np.int64),
        outs=np.zeros((0, 1, 2), np.int64),
    )


def widen(record: Record, windows: NDArray[np.int64]) -> Record:
    """The same record with the ids of sender i remembered for at least ``windows[i]`` sequence numbers."""
    old = record.senders
    sizes = np.array([max(size, power_of_two(asked)) for size, asked in zip(old["size"].tolist(), windows.tolist(), strict=True)])
    if np.array_equal(sizes, old["size"]):
        return record
    senders = old.copy()
    senders["size"], senders["first"] = sizes, np.cumsum(sizes) - sizes
    seen = np.zeros(int(sizes.sum()), np.uint8)
    _move_windows(old, record.seen, senders, seen)
    return record._replace(seen=seen, senders=senders)


@compiled()
def _move_windows(old: NDArray[np.void], from_: NDArray[np.uint8], new: NDArray[np.void], to: NDArray[np.uint8]) -> None:
    """What is remembered of each sender, from a smaller window into a larger one."""
    for i in range(old.size):
        before, after = old[i], new[i]
        for kept in range(max(0, before.top - before.size + 1), before.top + 1):
            slot = np.uintp(after.first + (kept & (after.size - 1)))
            to[slot] = from_[np.uintp(before.first + (kept & (before.size - 1)))]


def with_room_for_count(record: Record) -> Record:
    """The same record with room for one more count."""
    if record.meters[Meter.LAST_COUNT] + 1 < record.count_times.size:
        return record
    return record._replace(
        count_times=np.concatenate([record.count_times, np.full_like(record.count_times, -(1 << 62))])
    )


def power_of_two(at_least: int) -> int:
    """The smallest power of two that is not below ``at_least``."""
    return 1 << max(0, int(at_least - 1).bit_length())
