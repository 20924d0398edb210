"""Streams of demand and their lines, drawn without a scenario around them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tests.twin.compiled import lines_drawn
from twin.clock import DAY
from twin.demand.generate import count_lines
from twin.demand.rhythm import Rhythm
from twin.demand.streams import Choice, Clockwork, Stream, stream_tables
from twin.demand.tables import clockwork_tables, recorded_tables
from twin.memory import table_of
from twin.random.keyed import entity
from twin.random.laws import ONE, Whole
from twin.world.state import SALE

START = 20_514 * DAY  # Monday 2 March 2026
SINGLE = Whole(1, np.array([ONE], np.int64).tobytes())


def choice(*shares: float) -> Choice:
    """A choice among as many SKUs as there are shares."""
    places = np.arange(len(shares), dtype=np.int32)
    return Choice(places, places + 100, np.array(shares) / sum(shares))


def stream(
    name: str, per_day: float, *, among: Choice | None = None, size: Whole | None = SINGLE, rhythm: Rhythm | None = None,
    overdispersion: float = 1.0, location: int = 0, first_cell: int = 0,
) -> Stream:  # fmt: skip
    """A stream whose random numbers are keyed by ``name``."""
    return Stream(location, first_cell, entity(name), per_day, among or choice(1.0), size, rhythm or Rhythm(), overdispersion)


def counts_of(streams: Sequence[Stream], days: int, *, seed: int = 7, replication: int = 1) -> NDArray[np.int32]:
    """Lines of each stream on each day."""
    counts = np.zeros((len(streams), days), np.int32)
    most = most_lines(streams, (), counts, 0, seed, replication)
    np.testing.assert_array_equal(most, np.bincount([s.location for s in streams], counts.sum(axis=1), most.size))
    return counts


def most_lines(
    streams: Sequence[Stream], clockworks: Sequence[Clockwork], counts: NDArray[np.int32], first_day: int, seed: int = 7,
    replication: int = 1,
) -> NDArray[np.int64]:  # fmt: skip
    """How many lines each location can have on the days that ``counts`` (streams, days), which is filled, is about."""
    tables = stream_tables(streams, START, first_day + counts.shape[1]), clockwork_tables(clockworks), recorded_tables([])
    most = np.full(1 + max([s.location for s in streams] + [c.location for c in clockworks]), -1, np.int64)
    count_lines(*(table_of(table) for table in tables), seed, replication, START, first_day, counts, most)
    return most


def lines_of(streams: Sequence[Stream], days: int, *, seed: int = 7, replication: int = 1) -> NDArray[np.void]:
    """Lines of all streams, in the order in which they are drawn."""
    tables, counts = stream_tables(streams, START, days), counts_of(streams, days, seed=seed, replication=replication)
    rows = np.zeros(counts.sum(), SALE)
    return rows[: lines_drawn(table_of(tables), seed, replication, 0, START, counts, rows)]
