"""What lines at a till and web carts share: what a stream's draws go by, and where in the day a uniform number stands for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.compiled import inlined
from twin.demand.rhythm import QUARTER
from twin.demand.streams import StreamTables
from twin.demand.words import Guide

_QUARTER = QUARTER


class Source(NamedTuple):
    """What all lines of a stream share: read once, for the compiler cannot know that a row written is no part of the tables."""

    first_cell: int
    location: int
    first_choice: int
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
        tables.law_first[law],
        tables.law_offset[law],
        tables.law_length[law],
        tables.dense[choice] != 0,
        tables.shrinks[s] != 0,
    )


@inlined()
def guide_of(tables: StreamTables, s: int) -> Guide:
    choice = tables.choice[s]
    guide, last = tables.guide_offset[choice], tables.choice_offset[choice]
    return Guide(tables.guide[guide:], 32 - tables.choice_bits[choice], tables.last[last:])


@inlined()
def time_in(tables: StreamTables, pattern: int, quarter: np.int64, u: int) -> np.int64:
    """Inversion of a day's pattern, where the quarter of an hour is known: µs of the day."""
    return quarter * _QUARTER + np.int64((u - tables.edges[pattern, quarter]) * tables.stretch[pattern, quarter])


@inlined()
def time_of_day(tables: StreamTables, pattern: int, u: int) -> np.int64:
    """Inversion of a day's pattern for numbers that come in no order: a guide says where to begin looking for the quarter."""
    guess = tables.edges_guide[pattern, u >> 24]
    quarter = np.int64(guess + (u >= tables.edges[pattern, guess + 1]))
    while u >= tables.edges[pattern, quarter + 1]:
        quarter += 1
    time: np.int64 = time_in(tables, pattern, quarter, u)
    return time
