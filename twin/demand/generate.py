"""Drawing the lines of a stretch of days.

The number of lines of a stream on a day is one keyed draw; line n of that day is half a Philox block of its own: when, what, how
many, and the luck of its event on the way to the record. So no line's draw depends on any other line, stream, day or policy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.clock import DAY, KEY_SHIFT, Phase
from twin.compiled import compiled, inlined
from twin.demand.picking import Source, guide_of, source_of, time_in
from twin.demand.streams import StreamTables, open_streams
from twin.demand.tables import ClockworkTables, RecordedTables, open_clockworks, open_recorded
from twin.demand.words import Desk, draw_words
from twin.memory import Row
from twin.random.philox import lower, philox_block, upper
from twin.random.purposes import Purpose
from twin.random.tables import discrete_draw

_COUNT, _CLOCKWORK = int(Purpose.POS_COUNT), int(Purpose.CLOCKWORK)
_REPLAY = int(Purpose.REPLAY_CHANNEL)
_DEMAND, _CHANGE = int(Phase.DEMAND) << 1, int(Phase.CHANGE) << 1
_DAY, _SHIFT = DAY, KEY_SHIFT


@inlined()
def draw_count(tables: StreamTables, s: int, seed: int, replication: int, day: int) -> int:
    """Lines of stream ``s`` on a day."""
    law = tables.count_law[s, tables.of_day[tables.rhythm[s], day]]
    word, _, _, _ = philox_block(0, day, tables.entity[s], replication, seed, _COUNT)
    drawn = discrete_draw(tables.thresholds, tables.law_offset[law], tables.law_length[law], upper(word))
    lines: int = tables.law_first[law] + drawn
    return lines


@inlined()
def _write(row: Row, tables: StreamTables, of: Source, time: int, what: int, quantity: int, luck: int) -> None:
    """Fill a row."""
    row.key = (time << _SHIFT) | (_CHANGE if of.shrinks else _DEMAND)
    if of.dense:
        row.cell, row.sku = of.first_cell + what, what
    else:
        row.cell = of.first_cell + tables.local[of.first_choice + what]
        row.sku = tables.sku[of.first_choice + what]
    row.quantity = 0 if of.shrinks else quantity
    row.location = of.location
    row.told = luck


@inlined()
def _write_day(
    tables: StreamTables, of: Source, desk: Desk, lines: int, pattern: int, day_start: int, rows: NDArray[np.void], n: int
) -> int:
    """The lines of a day into ``rows`` from row ``n`` on, but for those that ask for nothing; returns the row after the last.

    The time is the inversion of the day's pattern: which quarter of an hour, and where in it.
    """
    quarter = np.int64(0)
    for i in range(lines):
        u, luck = upper(desk.ordered[np.uintp(2 * i)]), desk.ordered[np.uintp(2 * i + 1)]
        while u >= tables.edges[pattern, quarter + 1]:
            quarter += 1
        quantity = of.law_first
        if of.law_length > 1:
            quantity += discrete_draw(tables.thresholds, of.law_offset, of.law_length, lower(luck))
        if quantity == 0 and not of.shrinks:
            continue
        time = day_start + time_in(tables, pattern, quarter, u)
        _write(rows[np.uintp(n)], tables, of, time, lower(desk.ordered[np.uintp(2 * i)]), quantity, upper(luck))
        n += 1
    return n


@inlined()
def draw_stream(
    tables: StreamTables, s: int, seed: int, replication: int, first_day: int, start_us: int, counts: NDArray[np.int32],
    desk: Desk, rows: NDArray[np.void], n: int,
) -> int:  # fmt: skip
    """The lines of stream ``s`` that ``counts`` announces, in order of time, into ``rows`` (of SALE) from row ``n`` on; returns
    the row after the last. ``start_us`` is the start of day 0.
    """
    of, guide, rhythm = source_of(tables, s), guide_of(tables, s), tables.rhythm[s]
    for d in range(counts.shape[1]):
        day, lines = first_day + d, counts[s, d]
        pattern = tables.edges_first[rhythm] + tables.of_day[rhythm, day]
        draw_words(desk, guide, lines, day, tables.entity[s], replication, seed)
        n = _write_day(tables, of, desk, lines, pattern, start_us + day * _DAY, rows, n)
    return n


@inlined()
def draw_clockwork(
    of: ClockworkTables, c: int, seed: int, replication: int, start_us: int, first_us: int, end_us: int, rows: NDArray[np.void],
    n: int,
) -> int:  # fmt: skip
    """Lines of clockwork ``c`` in [first_us, end_us) into ``rows`` from row ``n`` on; returns the row after the last."""
    every = of.every[c]
    beat = -((start_us - first_us) // every)  # the first beat at or after first_us
    time = start_us + beat * every
    while time < end_us:
        a, b, _, _ = philox_block(beat, 0, of.entity[c], replication, seed, _CLOCKWORK)
        quantity = of.law_first[c] + discrete_draw(of.thresholds, of.law_offset[c], of.law_length[c], upper(a))
        if quantity > 0:
            row = rows[n]
            row.key = (time << _SHIFT) | _DEMAND
            row.cell, row.sku, row.location = of.cell[c], of.sku[c], of.location[c]
            row.quantity, row.told = quantity, upper(b)
            n += 1
        beat += 1
        time += every
    return n


@inlined()
def within(of: RecordedTables, part: int, first_us: int, end_us: int) -> tuple[int, int]:
    """The lines of a part that happened in [first_us, end_us)."""
    time = of.time[of.first[part] : of.end[part]]
    return of.first[part] + np.searchsorted(time, first_us), of.first[part] + np.searchsorted(time, end_us)


@inlined()
def draw_recorded(
    of: RecordedTables, part: int, seed: int, replication: int, first_us: int, end_us: int, rows: NDArray[np.void], n: int
) -> int:
    """Recorded lines into ``rows`` from row ``n`` on; only their luck is drawn, keyed by their number in the feed."""
    first, end = within(of, part, first_us, end_us)
    number = of.number[part] - of.first[part]
    for i in range(first, end):
        word, _, _, _ = philox_block(number + i, 0, of.entity[part], replication, seed, _REPLAY)
        row = rows[n]
        row.key = (of.time[i] << _SHIFT) | _DEMAND
        row.cell, row.sku, row.location = of.cell[i], of.sku[i], of.location[part]
        row.quantity, row.told = of.quantity[i], upper(word)
        n += 1
    return n


@compiled()
def count_lines(
    streams_table: NDArray[np.int64], clockworks_table: NDArray[np.int64], recorded_table: NDArray[np.int64], seed: int,
    replication: int, start_us: int, first_day: int, counts: NDArray[np.int32], most: NDArray[np.int64],
) -> None:  # fmt: skip
    """The lines of each stream on each day from ``first_day`` on into ``counts`` (streams, days).

    ``most`` (locations,) gets the number of lines that each location can have in all.
    """
    streams, clockworks, recorded = open_streams(streams_table), open_clockworks(clockworks_table), open_recorded(recorded_table)
    first_us, end_us = start_us + first_day * _DAY, start_us + (first_day + counts.shape[1]) * _DAY
    most[:] = 0
    for s in range(streams.location.size):
        for d in range(counts.shape[1]):
            counts[s, d] = draw_count(streams, s, seed, replication, first_day + d)
            most[streams.location[s]] += counts[s, d]
    for c in range(clockworks.location.size):
        most[clockworks.location[c]] += (end_us - first_us) // clockworks.every[c] + 1
    for part in range(recorded.location.size):
        first, end = within(recorded, part, first_us, end_us)
        most[recorded.location[part]] += end - first
