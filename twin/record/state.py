"""The record's memory: one packed row a cell for what every event touches, plain arrays for what few do."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numba import carray
from numpy.typing import NDArray

from twin.compiled import inlined
from twin.memory import pointer

NO_POINT = -(1 << 31)  # of a cell that nobody watches

# One row is a quarter of a cache line, so that an event costs one miss.
CELL = np.dtype(
    [
        ("on_hand", np.int32),  # believed to be at the location
        ("position", np.int32),  # on hand + inbound - committed - backordered
        ("watched", np.int32),  # the position at which a continuously reviewed cell signals, or NO_POINT
        ("counted", np.int32),  # which count fixed the level last: an index into `count_times`, 0 for none
    ],
    align=True,
)

# What was applied lately, in order of arrival, so that a count can be folded in behind what came before it.
RECENT = np.dtype(
    [("record_time", np.int64), ("event_time", np.int64), ("cell", np.int32), ("delta", np.int32)], align=True
)


class Source(IntEnum):
    """Where an event comes from; its rank breaks ties, its sequence numbers are its own."""

    SALES = 0  # POS lines, what they sold and what they owe
    BACKFILLS = 1  # backorders met
    WAREHOUSE = 2  # receipts and dispatches
    COUNTS = 3


class Meter(IntEnum):
    """Counters of the record, as indexes into ``Record.meters``."""

    DUPLICATES = 0
    BEYOND_WINDOW = 1  # so old that its id is no longer remembered: not applied, reported
    ABSORBED = 2  # deltas older than the count that already holds them
    STALE_COUNTS = 3  # counts older than the one in force
    UNFOLDABLE = 4  # counted cells older than what is remembered: not applied, reported
    SIGNALS = 5  # cells waiting in `signals`
    RECENT_END = 6  # entries ever written to `recent`
    LAST_COUNT = 7  # highest index used in `count_times`
    DIGEST = 8  # running digest of all that was heard


class Record(NamedTuple):
    """Arrays of the record, for ``n`` cells."""

    cells: NDArray[np.void]  # (n,) of CELL
    inbound: NDArray[np.int32]  # (n,) units ordered towards the cell and not yet received
    committed: NDArray[np.int32]  # (n,) units other cells ordered from this one, not yet dispatched
    backordered: NDArray[np.int32]  # (n,)
    signalled: NDArray[np.uint8]  # (n,) 1 from a cell's signal to its answer
    signals: NDArray[
        np.int32
    ]  # (n,) the first `meters[SIGNALS]` are cells whose position fell to their point
    seen: NDArray[np.uint8]  # (sources, w) whether the event with this sequence number (mod w) was heard
    seen_top: NDArray[np.int64]  # (sources,) highest sequence number heard
    heard_to: NDArray[np.int64]  # (sources,) latest event time heard, µs
    recent: NDArray[np.void]  # (r,) of RECENT, a ring; of length 1 where no source of counts is configured
    count_times: NDArray[np.int64]  # event time of each count heard
    meters: NDArray[np.int64]


_I8, _I4, _U1 = np.int64, np.int32, np.uint8


@inlined()
def open_record(t: NDArray[np.int64]) -> Record:
    """The record behind a table made by ``twin.memory.table_of``; for kernels."""
    return Record(
        carray(pointer(t[0, 0]), (t[0, 1],), CELL),
        carray(pointer(t[1, 0]), (t[1, 1],), _I4),
        carray(pointer(t[2, 0]), (t[2, 1],), _I4),
        carray(pointer(t[3, 0]), (t[3, 1],), _I4),
        carray(pointer(t[4, 0]), (t[4, 1],), _U1),
        carray(pointer(t[5, 0]), (t[5, 1],), _I4),
        carray(pointer(t[6, 0]), (t[6, 1], t[6, 2]), _U1),
        carray(pointer(t[7, 0]), (t[7, 1],), _I8),
        carray(pointer(t[8, 0]), (t[8, 1],), _I8),
        carray(pointer(t[9, 0]), (t[9, 1],), RECENT),
        carray(pointer(t[10, 0]), (t[10, 1],), _I8),
        carray(pointer(t[11, 0]), (t[11, 1],), _I8),
    )


def new_record(cells: int, *, window: int, folds_counts: bool, recent: int = 1 << 18) -> Record:
    """An empty record of ``cells`` cells.

    Parameters
    ----------
    window : how many sequence numbers of a source an event id is remembered for; rounded up to a power of two
    folds_counts : whether a source of absolute counts is configured, so that recent deltas must be kept
    recent : how many deltas are kept for folding, rounded up to a power of two
    """
    rows = np.zeros(cells, CELL)
    rows["watched"] = NO_POINT
    return Record(
        cells=rows,
        inbound=np.zeros(cells, np.int32),
        committed=np.zeros(cells, np.int32),
        backordered=np.zeros(cells, np.int32),
        signalled=np.zeros(cells, np.uint8),
        signals=np.empty(cells, np.int32),
        seen=np.zeros((len(Source), power_of_two(window)), np.uint8),
        seen_top=np.full(len(Source), -1, np.int64),
        heard_to=np.full(len(Source), -(1 << 62), np.int64),
        recent=np.zeros(power_of_two(recent) if folds_counts else 1, RECENT),
        count_times=np.full(1024, -(1 << 62), np.int64),
        meters=np.zeros(16, np.int64),
    )


def widen(record: Record, window: int) -> Record:
    """The same record with ids remembered for at least ``window`` sequence numbers."""
    old, size = record.seen.shape[1], power_of_two(window)
    if size <= old:
        return record
    seen = np.zeros((record.seen.shape[0], size), np.uint8)
    for source, top in enumerate(record.seen_top.tolist()):
        kept = np.arange(max(0, top - old + 1), top + 1)
        seen[source, kept & (size - 1)] = record.seen[source, kept & (old - 1)]
    return record._replace(seen=seen)


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
