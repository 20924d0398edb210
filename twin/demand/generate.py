"""Drawing the lines of a stretch of days.

The number of lines of a stream on a day is one keyed draw; line n of that day is half a Philox block of its own: when, what, how
many, and the luck of its event on the way to the record. So no line's draw depends on any other line, stream, day or policy.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.clock import DAY, KEY_SHIFT, Phase
from twin.compiled import compiled, inlined
from twin.demand.rhythm import QUARTER
from twin.demand.streams import StreamTables, open_streams
from twin.demand.tables import ClockworkTables, RecordedTables, open_clockworks, open_recorded
from twin.memory import Row
from twin.random.philox import lower, philox_block, upper
from twin.random.purposes import Purpose
from twin.random.tables import discrete_draw

_COUNT, _LINE, _CLOCKWORK = int(Purpose.POS_COUNT), int(Purpose.POS_LINE), int(Purpose.CLOCKWORK)
_REPLAY = int(Purpose.REPLAY_CHANNEL)
_DEMAND, _CHANGE = int(Phase.DEMAND) << 1, int(Phase.CHANGE) << 1
_DAY, _QUARTER, _SHIFT = DAY, QUARTER, KEY_SHIFT
_STEPS = 1  # from where a guide points to, nearly always enough


@inlined()
def draw_count(tables: StreamTables, s: int, seed: int, replication: int, day: int) -> int:
    """Lines of stream ``s`` on a day."""
    law = tables.count_law[s, tables.of_day[tables.rhythm[s], day]]
    word, _, _, _ = philox_block(0, day, tables.entity[s], replication, seed, _COUNT)
    drawn = discrete_draw(tables.thresholds, tables.law_offset[law], tables.law_length[law], upper(word))
    lines: int = tables.law_first[law] + drawn
    return lines


@inlined()
def time_of_day(tables: StreamTables, pattern: int, u: int) -> np.int64:
    """Inversion of a day's pattern: which quarter of an hour, and where in it."""
    guess = tables.edges_guide[pattern, u >> 24]
    quarter = np.int64(guess + (u >= tables.edges[pattern, guess + 1]))
    while u >= tables.edges[pattern, quarter + 1]:
        quarter += 1
    return quarter * _QUARTER + np.int64((u - tables.edges[pattern, quarter]) * tables.stretch[pattern, quarter])


class Source(NamedTuple):
    """What all lines of a stream share: read once, for the compiler cannot know that a row written is no part of the tables."""

    first_cell: int
    location: int
    first_choice: int
    guide: int
    guide_shift: int
    law_first: int
    law_offset: int
    law_length: int
    dense: bool
    shrinks: bool


@inlined()
def source_of(tables: StreamTables, s: int) -> Source:
    choice, law = tables.choice[s], tables.size_law[s]
    return Source(
        tables.first_cell[s],
        tables.location[s],
        tables.choice_offset[choice],
        tables.guide_offset[choice],
        32 - tables.choice_bits[choice],
        tables.law_first[law],
        tables.law_offset[law],
        tables.law_length[law],
        tables.dense[choice] != 0,
        tables.shrinks[s] != 0,
    )


@inlined()
def choose(tables: StreamTables, of: Source, u: int) -> np.uintp:
    """Index, among those of its choice, of the SKU a uniform number stands for."""
    i = of.first_choice + np.int64(tables.guide[np.uintp(of.guide + (u >> of.guide_shift))])
    for _ in range(_STEPS):  # without a branch, which no processor could guess
        i += u > tables.last[np.uintp(i)]
    while u > tables.last[np.uintp(i)]:
        i += 1
    return np.uintp(i - of.first_choice)


@inlined()
def _write(row: Row, tables: StreamTables, of: Source, day_start: int, pattern: int, when_what: int, rest: int) -> bool:
    """Fill a row from two random words; False where the line asks for nothing."""
    luck, many = upper(rest), lower(rest)
    quantity = of.law_first
    if of.law_length > 1:
        quantity += discrete_draw(tables.thresholds, of.law_offset, of.law_length, many)
    if quantity == 0 and not of.shrinks:
        return False
    what = choose(tables, of, lower(when_what))
    time = day_start + time_of_day(tables, pattern, upper(when_what))
    row.key = (time << _SHIFT) | (_CHANGE if of.shrinks else _DEMAND)
    if of.dense:
        row.cell, row.sku = of.first_cell + what, what
    else:
        row.cell = of.first_cell + tables.local[of.first_choice + what]
        row.sku = tables.sku[of.first_choice + what]
    row.quantity = 0 if of.shrinks else quantity
    row.location = of.location
    row.told = luck
    return True


@inlined()
def draw_stream(
    tables: StreamTables, s: int, seed: int, replication: int, first_day: int, start_us: int, counts: NDArray[np.int32],
    rows: NDArray[np.void], n: int,
) -> int:  # fmt: skip
    """The lines of stream ``s`` that ``counts`` announces, into ``rows`` (of SALE) from row ``n`` on; returns the row after the
    last. ``start_us`` is the start of day 0.
    """
    of, rhythm, entity = source_of(tables, s), tables.rhythm[s], tables.entity[s]
    for d in range(counts.shape[1]):
        day, lines = first_day + d, counts[s, d]
        pattern = tables.edges_first[rhythm] + tables.of_day[rhythm, day]
        day_start = start_us + day * _DAY
        for line in range(0, lines, 2):
            a, b, c, e = philox_block(line >> 1, day, entity, replication, seed, _LINE)
            n += _write(rows[np.uintp(n)], tables, of, day_start, pattern, a, b)
            if line + 1 < lines:
                n += _write(rows[np.uintp(n)], tables, of, day_start, pattern, c, e)
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
