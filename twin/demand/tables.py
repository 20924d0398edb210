"""Clockworks and recorded lines as the generator reads them: flat arrays, ordered by location."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.compiled import inlined
from twin.demand.streams import Clockwork, law_arrays
from twin.opened import array_at


@dataclass(frozen=True)
class Recorded:
    """Recorded lines of one feed, mapped to cells, in order of (location, time); arrays of one length."""

    time: NDArray[np.int64]
    cell: NDArray[np.int32]
    sku: NDArray[np.int32]
    location: NDArray[np.int16]
    quantity: NDArray[np.int16]
    entity: int


class ClockworkTables(NamedTuple):
    """Lines that come as regularly as clockwork, ordered by location; sizes are laws as in ``StreamTables``."""

    location: NDArray[np.int64]
    cell: NDArray[np.int64]
    sku: NDArray[np.int64]
    entity: NDArray[np.int64]
    every: NDArray[np.int64]
    law_first: NDArray[np.int64]
    law_offset: NDArray[np.int64]
    law_length: NDArray[np.int64]
    thresholds: NDArray[np.int64]


class RecordedTables(NamedTuple):
    """Recorded lines of feeds, in parts ordered by location: lines [first, end) are of one location and feed, in order of time."""

    location: NDArray[np.int64]  # (parts,)
    entity: NDArray[np.int64]  # (parts,) of the feed
    number: NDArray[np.int64]  # (parts,) what its first line is within the feed
    first: NDArray[np.int64]
    end: NDArray[np.int64]
    time: NDArray[np.int64]  # (lines,)
    cell: NDArray[np.int32]
    sku: NDArray[np.int32]
    quantity: NDArray[np.int16]


_I8, _I4, _I2 = np.int64, np.int32, np.int16


@inlined()
def open_clockworks(t: NDArray[np.int64]) -> ClockworkTables:
    """The clockworks behind a table made by ``twin.memory.table_of``; for kernels."""
    return ClockworkTables(
        array_at(t, 0, _I8, 1),
        array_at(t, 1, _I8, 1),
        array_at(t, 2, _I8, 1),
        array_at(t, 3, _I8, 1),
        array_at(t, 4, _I8, 1),
        array_at(t, 5, _I8, 1),
        array_at(t, 6, _I8, 1),
        array_at(t, 7, _I8, 1),
        array_at(t, 8, _I8, 1),
    )


@inlined()
def open_recorded(t: NDArray[np.int64]) -> RecordedTables:
    """The recorded lines behind a table made by ``twin.memory.table_of``; for kernels."""
    return RecordedTables(
        array_at(t, 0, _I8, 1),
        array_at(t, 1, _I8, 1),
        array_at(t, 2, _I8, 1),
        array_at(t, 3, _I8, 1),
        array_at(t, 4, _I8, 1),
        array_at(t, 5, _I8, 1),
        array_at(t, 6, _I4, 1),
        array_at(t, 7, _I4, 1),
        array_at(t, 8, _I2, 1),
    )


def clockwork_tables(clockworks: Sequence[Clockwork]) -> ClockworkTables:
    """Clockworks as arrays."""
    ordered = sorted(clockworks, key=lambda clockwork: clockwork.location)
    columns = [
        np.array([getattr(clockwork, name) for clockwork in ordered], np.int64)
        for name in ("location", "cell", "sku", "entity", "every")
    ]
    return ClockworkTables(*columns, **law_arrays([clockwork.size for clockwork in ordered]))


def recorded_tables(feeds: Sequence[Recorded]) -> RecordedTables:
    """Feeds as arrays, cut into a part for each location."""
    parts, offset = [], 0
    for feed in feeds:
        edges = np.flatnonzero(np.diff(feed.location, prepend=-1)).tolist()
        for begin, stop in zip(edges, [*edges[1:], feed.location.size], strict=True):
            parts.append((int(feed.location[begin]), feed.entity, begin, offset + begin, offset + stop))
        offset += feed.location.size
    ordered = sorted(parts, key=lambda part: part[0])
    location, entity, number, first, end = np.ascontiguousarray(np.array(ordered, np.int64).reshape(-1, 5).T)
    kinds = {"time": np.int64, "cell": np.int32, "sku": np.int32, "quantity": np.int16}
    lines = {name: np.concatenate([np.zeros(0, kind), *(getattr(f, name) for f in feeds)]) for name, kind in kinds.items()}
    return RecordedTables(location, entity, number, first, end, **lines)
