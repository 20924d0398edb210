"""Making the operations of a stretch of days: drawn, put in order, sent on to the record, track by track.

A track is put in order in small arrays that stay in the processor's cache, and written to the operations from front to back.
What the record will hear only after the stretch is set aside, with the sale it is about, and comes first in the next one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.channel.deliver import deliver, open_channel
from twin.clock import DAY, KEY_SHIFT, NEVER
from twin.compiled import compiled, inlined
from twin.demand.generate import draw_clockwork, draw_recorded, draw_stream
from twin.demand.streams import open_streams
from twin.demand.tables import open_clockworks, open_recorded
from twin.demand.words import Desk
from twin.memory import Row
from twin.opened import array_at
from twin.sorting import copy, set_aside, sort_rows
from twin.world.state import ARRIVAL, SALE, TRACK

_DAY, _SHIFT, _NEVER = DAY, KEY_SHIFT, NEVER


class Bench(NamedTuple):
    """Room to work in, and where the results go; ``t`` tracks, ``w`` arrivals that wait from the last stretch."""

    words: NDArray[np.uint64]  # see ``twin.demand.words.Desk``
    words_ordered: NDArray[np.uint64]
    drawn: NDArray[np.void]  # of SALE: the lines of a track, stream by stream
    drawn_spare: NDArray[np.void]
    ordered: NDArray[np.void]  # the same in order
    sent: NDArray[np.void]  # of ARRIVAL: what the record will hear of them
    sent_spare: NDArray[np.void]
    heard: NDArray[np.void]  # the same in order
    ends: NDArray[np.int32]  # see ``twin.sorting.sort_rows``
    carried: NDArray[np.void]  # (w,) of SALE: what the waiting arrivals are about
    waiting: NDArray[np.void]  # (w,) of ARRIVAL
    waiting_first: NDArray[np.int64]  # (t + 1,)
    sales: NDArray[np.void]  # results: the operations
    arrivals: NDArray[np.void]
    later: NDArray[np.void]  # results: what waits after this stretch
    later_first: NDArray[np.int64]  # (t + 1,)
    tracks: NDArray[np.void]  # (t,) of TRACK
    sequence: NDArray[np.int64]  # (locations,) number of the next line of each


_I8 = np.int64


@inlined()
def _open_bench(t: NDArray[np.int64]) -> Bench:
    return Bench(
        array_at(t, 0, np.uint64, 1),
        array_at(t, 1, np.uint64, 1),
        array_at(t, 2, SALE, 1),
        array_at(t, 3, SALE, 1),
        array_at(t, 4, SALE, 1),
        array_at(t, 5, ARRIVAL, 1),
        array_at(t, 6, ARRIVAL, 1),
        array_at(t, 7, ARRIVAL, 1),
        array_at(t, 8, np.int32, 1),
        array_at(t, 9, SALE, 1),
        array_at(t, 10, ARRIVAL, 1),
        array_at(t, 11, _I8, 1),
        array_at(t, 12, SALE, 1),
        array_at(t, 13, ARRIVAL, 1),
        array_at(t, 14, ARRIVAL, 1),
        array_at(t, 15, _I8, 1),
        array_at(t, 16, TRACK, 1),
        array_at(t, 17, _I8, 1),
    )


@inlined()
def _close(row: Row) -> None:
    """Make a row that is never due. The lane looks ahead as far as it, so it must point to something."""
    row.key = _NEVER


@inlined()
def _keep_sales(bench: Bench, lines: NDArray[np.void], n: int, row: int) -> None:
    """Give each of the first ``n`` ordered lines its number among those of its location, and put them at ``row`` and on."""
    for i in range(n):
        sale = lines[np.uintp(i)]
        sale.sequence = bench.sequence[np.uintp(sale.location)]
        bench.sequence[np.uintp(sale.location)] += 1
        bench.sales[np.uintp(row + i)] = sale


@compiled()
def fill(
    streams_table: NDArray[np.int64], clockworks_table: NDArray[np.int64], recorded_table: NDArray[np.int64],
    channel: NDArray[np.int64], bench_table: NDArray[np.int64], seed: int, replication: int, start_us: int, first_day: int,
    counts: NDArray[np.int32],
) -> None:  # fmt: skip
    """Make the operations of all tracks for the days that ``counts`` (streams, days) announces, from ``first_day`` on."""
    streams, clockworks, recorded = open_streams(streams_table), open_clockworks(clockworks_table), open_recorded(recorded_table)
    of, bench = open_channel(channel), _open_bench(bench_table)
    desk = Desk(bench.words, bench.words_ordered, bench.ends)
    first_us, end_us = start_us + first_day * _DAY, start_us + (first_day + counts.shape[1]) * _DAY
    low, span = first_us << _SHIFT, (end_us - first_us) << _SHIFT
    held_sale, held_arrival = bench.sales[:1].copy(), bench.arrivals[:1].copy()
    locations = bench.sequence.size // bench.tracks.size  # of a track
    s = c = part = 0
    row = heard = later = np.int64(0)
    for t in range(bench.tracks.size):
        end, n, sources = (t + 1) * locations, 0, 0
        while s < streams.location.size and streams.location[s] < end:
            n = draw_stream(streams, s, seed, replication, first_day, start_us, counts, desk, bench.drawn, n)
            s, sources = s + 1, sources + 1
        while c < clockworks.location.size and clockworks.location[c] < end:
            n = draw_clockwork(clockworks, c, seed, replication, start_us, first_us, end_us, bench.drawn, n)
            c, sources = c + 1, sources + 1
        while part < recorded.location.size and recorded.location[part] < end:
            n = draw_recorded(recorded, part, seed, replication, first_us, end_us, bench.drawn, n)
            part, sources = part + 1, sources + 1
        track, sent = bench.tracks[t], 0
        for i in range(bench.waiting_first[t], bench.waiting_first[t + 1]):
            bench.sales[np.uintp(row)] = bench.carried[np.uintp(i)]
            bench.sent[np.uintp(sent)] = bench.waiting[np.uintp(i)]
            bench.sent[np.uintp(sent)].row = row
            row, sent = row + 1, sent + 1
        track.sales, track.sales_end = row, row + n
        lines = bench.drawn  # of one source: in order as they are
        if sources > 1:
            lines = bench.ordered
            sort_rows(bench.drawn, n, low, span, bench.ends, held_sale, bench.drawn_spare, lines)
        sent = deliver(of, lines, n, row, bench.sent, sent)
        _keep_sales(bench, lines, n, row)
        row += n
        due = set_aside(bench.sent, sent, low + span, bench.later[later:])
        later += sent - due
        bench.later_first[t + 1] = later
        track.arrivals, track.arrivals_end = heard, heard + due
        sort_rows(bench.sent, due, low, span, bench.ends, held_arrival, bench.sent_spare, bench.heard)
        copy(bench.heard, 0, due, bench.arrivals, heard)
        heard += due
        bench.sales[np.uintp(row)] = bench.sales[max(row - 1, 0)]
        _close(bench.sales[np.uintp(row)])
        bench.arrivals[np.uintp(heard)].row = row
        _close(bench.arrivals[np.uintp(heard)])
        row, heard = row + 1, heard + 1
        track.next_sale, track.next_arrival = track.sales, track.arrivals


@compiled()
def carry(sales: NDArray[np.void], waiting: NDArray[np.void], carried: NDArray[np.void], oldest: NDArray[np.int64]) -> None:
    """Keep the sales that ``waiting`` arrivals are about, and in ``oldest`` (locations,) the lowest number among those of each."""
    for i in range(waiting.size):
        sale = sales[np.uintp(waiting[np.uintp(i)].row)]
        carried[np.uintp(i)] = sale
        oldest[sale.location] = min(oldest[sale.location], sale.sequence)
