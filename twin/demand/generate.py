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
from twin.memory import Row
from twin.random.philox import lower, philox_block, upper
from twin.random.purposes import Purpose
from twin.random.tables import discrete_draw

_COUNT, _LINE, _CLOCKWORK = int(Purpose.POS_COUNT), int(Purpose.POS_LINE), int(Purpose.CLOCKWORK)
_REPLAY = int(Purpose.REPLAY_CHANNEL)
_DEMAND, _CHANGE = int(Phase.DEMAND) << 1, int(Phase.CHANGE) << 1
_DAY, _QUARTER, _SHIFT = DAY, QUARTER, KEY_SHIFT


@compiled()
def draw_counts(
    table: NDArray[np.int64],
    seed: int,
    replication: int,
    first_day: int,
    end_day: int,
    counts: NDArray[np.int32],
) -> int:
    """Lines of each stream on each day of [first_day, end_day) into ``counts`` (streams, days); returns their sum."""
    tables = open_streams(table)
    total = 0
    for s in range(tables.location.size):
        for day in range(first_day, end_day):
            law = tables.count_law[s, tables.of_day[tables.rhythm[s], day]]
            word, _, _, _ = philox_block(0, day, tables.entity[s], replication, seed, _COUNT)
            drawn = discrete_draw(tables.thresholds, tables.law_offset[law], tables.law_length[law], upper(word))
            counts[s, day - first_day] = tables.law_first[law] + drawn
            total += counts[s, day - first_day]
    return total


@inlined()
def _time_of_day(tables: StreamTables, pattern: int, u: int) -> np.int64:
    """Inversion of a day's pattern: which quarter of an hour, and where in it."""
    quarter = np.int64(tables.edges_guide[pattern, u >> 24])
    while u >= tables.edges[pattern, quarter + 1]:
        quarter += 1
    return quarter * _QUARTER + np.int64((u - tables.edges[pattern, quarter]) * tables.stretch[pattern, quarter])


class _Source(NamedTuple):
    """What all lines of a stream share: read once, for the compiler cannot know that a row written is no part of the tables."""

    first_cell: int
    location: int
    first_choice: int
    guide: int
    guide_shift: int
    law_first: int
    law_offset: int
    law_length: int
    shrinks: bool


@inlined()
def _source(tables: StreamTables, s: int) -> _Source:
    choice, law = tables.choice[s], tables.size_law[s]
    return _Source(
        tables.first_cell[s],
        tables.location[s],
        tables.choice_offset[choice],
        tables.guide_offset[choice],
        32 - tables.choice_bits[choice],
        tables.law_first[law],
        tables.law_offset[law],
        tables.law_length[law],
        tables.shrinks[s] != 0,
    )


@inlined()
def _choose(tables: StreamTables, of: _Source, u: int) -> np.uintp:
    """Index, among all choices, of the SKU a uniform number stands for."""
    i: int = of.first_choice + tables.guide[np.uintp(of.guide + (u >> of.guide_shift))]
    while u >= tables.cumulative[np.uintp(i)]:
        i += 1
    return np.uintp(i)


@inlined()
def _write(row: Row, tables: StreamTables, of: _Source, day_start: int, pattern: int, when_what: int, rest: int) -> bool:
    """Fill a row from two random words; False where the line asks for nothing."""
    luck, many = upper(rest), lower(rest)
    quantity = of.law_first
    if of.law_length > 1:
        quantity += discrete_draw(tables.thresholds, of.law_offset, of.law_length, many)
    if quantity == 0 and not of.shrinks:
        return False
    what = _choose(tables, of, lower(when_what))
    time = day_start + _time_of_day(tables, pattern, upper(when_what))
    row.key = (time << _SHIFT) | (_CHANGE if of.shrinks else _DEMAND)
    row.cell = of.first_cell + tables.local[what]
    row.sku = tables.sku[what]
    row.quantity = 0 if of.shrinks else quantity
    row.location = of.location
    row.told = luck
    return True


@compiled()
def draw_lines(
    table: NDArray[np.int64],
    seed: int,
    replication: int,
    first_day: int,
    start_us: int,
    counts: NDArray[np.int32],
    rows: NDArray[np.void],
) -> int:
    """The lines that ``counts`` announces, stream by stream, into ``rows`` (of SALE); returns how many were written.

    ``start_us`` is the start of day 0.
    """
    tables = open_streams(table)
    n = 0
    for s in range(counts.shape[0]):
        of, rhythm, entity = _source(tables, s), tables.rhythm[s], tables.entity[s]
        for d in range(counts.shape[1]):
            day, lines = first_day + d, counts[s, d]
            pattern = tables.edges_first[rhythm] + tables.of_day[rhythm, day]
            day_start = start_us + day * _DAY
            for line in range(0, lines, 2):
                a, b, c, e = philox_block(line >> 1, day, entity, replication, seed, _LINE)
                n += _write(rows[n], tables, of, day_start, pattern, a, b)
                if line + 1 < lines:
                    n += _write(rows[n], tables, of, day_start, pattern, c, e)
    return n


@compiled()
def draw_clockwork(
    entity: int,
    cell: int,
    sku: int,
    location: int,
    every: int,
    law_first: int,
    thresholds: NDArray[np.int64],
    seed: int,
    replication: int,
    start_us: int,
    first_us: int,
    end_us: int,
    rows: NDArray[np.void],
    n: int,
) -> int:
    """Lines of one clockwork stream in [first_us, end_us) into ``rows`` from row ``n`` on; returns the row after the last."""
    beat = -((start_us - first_us) // every)  # the first beat at or after first_us
    time = start_us + beat * every
    while time < end_us:
        a, b, _, _ = philox_block(beat, 0, entity, replication, seed, _CLOCKWORK)
        quantity = law_first + discrete_draw(thresholds, 0, thresholds.size, upper(a))
        if quantity > 0:
            row = rows[n]
            row.key = (time << _SHIFT) | _DEMAND
            row.cell, row.sku, row.location, row.quantity, row.told = cell, sku, location, quantity, upper(b)
            n += 1
        beat += 1
        time += every
    return n


@compiled()
def draw_recorded(
    time: NDArray[np.int64],
    cell: NDArray[np.int32],
    sku: NDArray[np.int32],
    location: NDArray[np.int16],
    quantity: NDArray[np.int16],
    entity: int,
    first: int,
    end: int,
    seed: int,
    replication: int,
    rows: NDArray[np.void],
    n: int,
) -> int:
    """Recorded lines [first, end) into ``rows`` from row ``n`` on; only their luck is drawn, keyed by their number."""
    for i in range(first, end):
        word, _, _, _ = philox_block(i, 0, entity, replication, seed, _REPLAY)
        row = rows[n]
        row.key = (time[i] << _SHIFT) | _DEMAND
        row.cell, row.sku, row.location, row.quantity, row.told = (
            cell[i],
            sku[i],
            location[i],
            quantity[i],
            upper(word),
        )
        n += 1
    return n
