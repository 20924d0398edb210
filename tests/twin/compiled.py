"""Kernels that the tests call: the small functions of the core that only other kernels call."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.channel.deliver import deliver, open_channel
from twin.clock import KEY_SHIFT, NEVER
from twin.compiled import compiled
from twin.demand.generate import draw_clockwork, draw_stream
from twin.demand.streams import open_streams
from twin.demand.tables import open_clockworks
from twin.demand.words import Desk
from twin.fulfilment.pending import enter, next_due, take_first
from twin.fulfilment.state import What
from twin.fulfilment.tables import fulfilment_of
from twin.random.tables import discrete_draw, quantile_draw
from twin.record.apply import hear_backfill, hear_sale
from twin.record.state import open_record
from twin.sorting import BUCKET_ENDS, sort_rows
from twin.world.calendar import drop_first, push
from twin.world.state import open_shelves

_UNSEEN = int(What.INSPECTED)  # nothing is looked up ahead for it


@compiled()
def draws(table: NDArray[np.int64], uniforms: NDArray[np.int64]) -> NDArray[np.int64]:
    """A quantile table at many uniform numbers."""
    out = np.empty(uniforms.size, np.int64)
    for i in range(uniforms.size):
        out[i] = quantile_draw(table, uniforms[i])
    return out


@compiled()
def choices(thresholds: NDArray[np.int64], uniforms: NDArray[np.int64]) -> NDArray[np.int64]:
    """A discrete law at many uniform numbers."""
    out = np.empty(uniforms.size, np.int64)
    for i in range(uniforms.size):
        out[i] = discrete_draw(thresholds, 0, thresholds.size, uniforms[i])
    return out


@compiled()
def lines_drawn(
    streams_table: NDArray[np.int64], seed: int, replication: int, first_day: int, start_us: int, counts: NDArray[np.int32],
    rows: NDArray[np.void],
) -> int:  # fmt: skip
    """The lines of all streams, one stream after the other; returns their number."""
    streams, n, room = open_streams(streams_table), 0, 2 * counts.max() + 2 if counts.size else 0
    desk = Desk(np.empty(room, np.uint64), np.empty(room, np.uint64), np.empty(BUCKET_ENDS, np.int32))
    for s in range(counts.shape[0]):
        n = draw_stream(streams, s, seed, replication, first_day, start_us, counts, desk, rows, n)
    return n


@compiled()
def clockwork_drawn(
    clockworks_table: NDArray[np.int64], c: int, seed: int, replication: int, start_us: int, first_us: int, end_us: int,
    rows: NDArray[np.void], n: int,
) -> int:  # fmt: skip
    """The lines of a clockwork in a stretch of time, from row ``n`` on."""
    return draw_clockwork(open_clockworks(clockworks_table), c, seed, replication, start_us, first_us, end_us, rows, n)  # type: ignore[no-any-return]


@compiled()
def delivered(channel: NDArray[np.int64], sales: NDArray[np.void], first: int, end: int, rows: NDArray[np.void], n: int) -> int:
    """The arrivals of sales [first, end), from row ``n`` on."""
    return deliver(open_channel(channel), sales[first:end], end - first, first, rows, n)  # type: ignore[no-any-return]


@compiled()
def rows_sorted(
    rows: NDArray[np.void], n: int, low: int, span: int, ends: NDArray[np.int32], held: NDArray[np.void],
    spare: NDArray[np.void], out: NDArray[np.void],
) -> None:  # fmt: skip
    """Rows in order."""
    sort_rows(rows, n, low, span, ends, held, spare, out)


@compiled()
def sale_heard(
    table: NDArray[np.int64], key: int, event_time: int, sequence: int, location: int, cell: int, sold: int, owed: int
) -> None:
    """The record hears of a POS line."""
    hear_sale(open_record(table), key, event_time, sequence, location, cell, sold, owed)


@compiled()
def backfill_heard(
    table: NDArray[np.int64], key: int, event_time: int, later: int, sequence: int, location: int, cell: int, units: int
) -> None:
    """The record hears of a backorder that was met."""
    hear_backfill(open_record(table), key, event_time, later, sequence, location, cell, units)


@compiled()
def push_pending(
    table: NDArray[np.int64], key: int, event_time: int, later: int, sequence: int, location: int, cell: int, units: int
) -> None:
    """Enter something into the lane's calendar."""
    push(open_shelves(table), key, event_time, later, sequence, location, cell, units)


@compiled()
def drop_pending(table: NDArray[np.int64]) -> None:
    """Remove what is due first from the lane's calendar."""
    drop_first(open_shelves(table))


@compiled()
def enter_and_take(w: int, start: int, delays: NDArray[np.int64], takes: NDArray[np.int64], out: NDArray[np.int64]) -> int:
    """Enter what is due after each of ``delays`` from the last time taken, then take as many as ``takes`` says, all at the end."""
    of = fulfilment_of(w)
    now, taken = start, 0
    for i in range(delays.size):
        enter(w, (now + delays[i]) << KEY_SHIFT, _UNSEEN, i, 7 * i)
        for _ in range(takes[i]):
            if next_due(w, of) != NEVER:
                first = take_first(of)
                now = first.key >> KEY_SHIFT
                out[taken, 0], out[taken, 1], out[taken, 2] = first.key, first.who, first.other
                taken += 1
    return taken
