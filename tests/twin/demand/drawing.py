"""Streams of demand and their lines, drawn without a scenario around them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twin.clock import DAY
from twin.demand.generate import draw_counts, draw_lines
from twin.demand.rhythm import Rhythm
from twin.demand.streams import Choice, Stream, stream_tables
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
    tables = stream_tables(streams, START, days)
    counts = np.zeros((len(streams), days), np.int32)
    total = draw_counts(table_of(tables), seed, replication, 0, days, counts)
    assert total == counts.sum()
    return counts


def lines_of(streams: Sequence[Stream], days: int, *, seed: int = 7, replication: int = 1) -> NDArray[np.void]:
    """Lines of all streams, in the order in which they are drawn."""
    tables = stream_tables(streams, START, days)
    table, counts = table_of(tables), np.zeros((len(streams), days), np.int32)
    rows = np.zeros(draw_counts(table, seed, replication, 0, days, counts), SALE)
    return rows[: draw_lines(table, seed, replication, 0, START, counts, rows)]
