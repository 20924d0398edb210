"""Streams of carts as the generator reads them: flat integer tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.compiled import inlined
from twin.demand.streams import Stream, StreamTables, law_arrays, stream_tables
from twin.demand.web.rows import WANTED
from twin.demand.web.streams import NO_TIME, CartStream, PickupStores, RecordedCarts
from twin.opened import array_at
from twin.random.laws import ONE

ZONE_SHIFT = 20  # of a uniform number, to its place in the guide of zones


class WebTables(NamedTuple):
    """Streams as arrays, S of them in the order of their carts at one instant; a ``below`` is a share times 2**32."""

    way: NDArray[np.uint8]  # (S,)
    web: NDArray[np.int16]
    lines_law: NDArray[np.int32]
    abandon_below: NDArray[np.int64]
    pickup_below: NDArray[np.int64]
    cancel_below: NDArray[np.int64]
    checkout: NDArray[np.int32]  # (S,) row of quantiles
    delay: NDArray[np.int32]
    quantiles: NDArray[np.int64]  # (laws, ROW) µs
    law_first: NDArray[np.int64]  # laws of lines
    law_offset: NDArray[np.int64]
    law_length: NDArray[np.int64]
    thresholds: NDArray[np.int64]
    zone_edges: NDArray[np.int64]  # (zones,) cumulative shares on [0, 2**32]
    zone_guide: NDArray[np.int32]  # for each 4,096th of a uniform number, the zone to begin looking at
    pickup_first: NDArray[np.int64]  # (zones + 1,)
    pickup_stores: NDArray[np.int32]
    flash_at: NDArray[np.int64]  # (S,) µs
    flash_length: NDArray[np.int64]
    flash_orders: NDArray[np.int64]
    part_first: NDArray[np.int64]  # (S,) recorded carts [first, end) of the stream
    part_end: NDArray[np.int64]
    time: NDArray[np.int64]  # (recorded carts,)
    first: NDArray[np.int64]  # (recorded carts,) of its lines
    lines: NDArray[np.int64]
    zone: NDArray[np.int16]
    pickup: NDArray[np.int16]
    wanted: NDArray[np.void]  # of WANTED: recorded lines


_GUIDES = 1 << (32 - ZONE_SHIFT)
_I8, _I4, _I2, _U1 = np.int64, np.int32, np.int16, np.uint8


@inlined()
def open_web(t: NDArray[np.int64]) -> WebTables:
    """The streams behind a table made by ``twin.memory.table_of``; for kernels."""
    return WebTables(
        array_at(t, 0, _U1, 1),
        array_at(t, 1, _I2, 1),
        array_at(t, 2, _I4, 1),
        array_at(t, 3, _I8, 1),
        array_at(t, 4, _I8, 1),
        array_at(t, 5, _I8, 1),
        array_at(t, 6, _I4, 1),
        array_at(t, 7, _I4, 1),
        array_at(t, 8, _I8, 2),
        array_at(t, 9, _I8, 1),
        array_at(t, 10, _I8, 1),
        array_at(t, 11, _I8, 1),
        array_at(t, 12, _I8, 1),
        array_at(t, 13, _I8, 1),
        array_at(t, 14, _I4, 1),
        array_at(t, 15, _I8, 1),
        array_at(t, 16, _I4, 1),
        array_at(t, 17, _I8, 1),
        array_at(t, 18, _I8, 1),
        array_at(t, 19, _I8, 1),
        array_at(t, 20, _I8, 1),
        array_at(t, 21, _I8, 1),
        array_at(t, 22, _I8, 1),
        array_at(t, 23, _I8, 1),
        array_at(t, 24, _I8, 1),
        array_at(t, 25, _I2, 1),
        array_at(t, 26, _I2, 1),
        array_at(t, 27, WANTED, 1),
    )


@inlined()
def zone_of(of: WebTables, u: int) -> np.int64:
    """The zone that a uniform number stands for."""
    zone = np.int64(of.zone_guide[np.uintp(u >> ZONE_SHIFT)])
    while u >= of.zone_edges[np.uintp(zone)]:
        zone += 1
    return zone


def cart_rates(streams: Sequence[CartStream], start_us: int, days: int) -> StreamTables:
    """When the carts of each stream come and what they may hold, for a run of ``days`` days from ``start_us``."""
    return stream_tables([Stream(0, 0, s.entity, s.per_day, s.choice, s.size, s.rhythm) for s in streams], start_us, days)


def web_tables(streams: Sequence[CartStream], zones: NDArray[np.float64], pickup: PickupStores) -> WebTables:
    """Flatten ``streams``; ``zones`` (zones,) are the shares of the zones, in any unit."""
    tables = {id(table): table for s in streams for table in (s.checkout, s.delay)}
    row = {each: i for i, each in enumerate(tables)}
    edges = _edges(zones)
    return WebTables(
        way=np.array([s.way for s in streams], np.uint8),
        web=np.array([s.web for s in streams], np.int16),
        lines_law=np.arange(len(streams), dtype=np.int32),
        abandon_below=_below(s.abandon for s in streams),
        pickup_below=_below(s.pickup for s in streams),
        cancel_below=_below(s.cancel for s in streams),
        checkout=np.array([row[id(s.checkout)] for s in streams], np.int32),
        delay=np.array([row[id(s.delay)] for s in streams], np.int32),
        quantiles=np.array(list(tables.values()) or [NO_TIME]),
        **law_arrays([s.lines for s in streams]),
        zone_edges=edges,
        zone_guide=np.searchsorted(edges, np.arange(_GUIDES, dtype=np.int64) * (ONE // _GUIDES), side="right").astype(np.int32),
        pickup_first=np.ascontiguousarray(pickup.first, np.int64),
        pickup_stores=np.ascontiguousarray(pickup.stores, np.int32),
        flash_at=np.array([s.flash.at if s.flash else 0 for s in streams], np.int64),
        flash_length=np.array([s.flash.length if s.flash else 0 for s in streams], np.int64),
        flash_orders=np.array([s.flash.orders if s.flash else 0 for s in streams], np.int64),
        **_recorded([s.recorded for s in streams])._asdict(),
    )


def _below(shares: Iterable[float]) -> NDArray[np.int64]:
    return np.rint(np.array(list(shares), np.float64) * ONE).astype(np.int64)


def _edges(shares: NDArray[np.float64]) -> NDArray[np.int64]:
    cumulative: NDArray[np.float64] = np.cumsum(shares)
    edges: NDArray[np.int64] = np.rint(cumulative / cumulative[-1] * ONE).astype(np.int64)
    edges[-1] = ONE
    return edges


class _Parts(NamedTuple):
    part_first: NDArray[np.int64]
    part_end: NDArray[np.int64]
    time: NDArray[np.int64]
    first: NDArray[np.int64]
    lines: NDArray[np.int64]
    zone: NDArray[np.int16]
    pickup: NDArray[np.int16]
    wanted: NDArray[np.void]


def _recorded(feeds: Sequence[RecordedCarts | None]) -> _Parts:
    """Recorded carts one feed behind the other; the part of a stream without a feed is empty."""
    sizes = np.array([f.time.size if f else 0 for f in feeds], np.int64)
    ends, there = np.cumsum(sizes), [f for f in feeds if f]
    offsets = np.cumsum([0, *(f.wanted.size for f in there)]).tolist()
    return _Parts(
        ends - sizes,
        ends,
        np.concatenate([np.zeros(0, np.int64), *(f.time for f in there)]),
        np.concatenate([np.zeros(0, np.int64), *(f.first[:-1] + offset for f, offset in zip(there, offsets, strict=False))]),
        np.concatenate([np.zeros(0, np.int64), *(np.diff(f.first) for f in there)]),
        np.concatenate([np.zeros(0, np.int16), *(f.zone for f in there)]),
        np.concatenate([np.zeros(0, np.int16), *(f.pickup for f in there)]),
        np.concatenate([np.zeros(0, WANTED), *(f.wanted for f in there)]),
    )
