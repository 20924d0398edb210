"""Streams of carts as the generator reads them: what a cart has beyond the lines at a till, as flat integer tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numba import carray
from numpy.typing import NDArray

from twin.compiled import inlined
from twin.demand.rhythm import Rhythm
from twin.demand.streams import Choice, Stream, StreamTables, law_arrays, stream_tables
from twin.demand.web.rows import WANTED
from twin.memory import pointer
from twin.random.laws import ONE, Whole, moments
from twin.random.tables import STEPS

ROW = 3 * (STEPS + 1)  # quantiles of a law of durations
NO_TIME = np.zeros(ROW, np.int64)
SINGLE = Whole(1, np.array([ONE], np.int64).tobytes())
DRAWN = -1  # a recorded cart whose zone nobody recorded
DRAWN_PICKUP = -2  # a recorded cart of which nobody recorded whether it was collected


class Way(IntEnum):
    """How the carts of a stream come about."""

    POISSON = 0
    FLASH = 1
    RECORDED = 2


@dataclass(frozen=True)
class Flash:
    """``orders`` checkouts, evenly spread over ``length`` µs from ``at`` µs on."""

    at: int
    length: int
    orders: int


@dataclass(frozen=True, eq=False)
class RecordedCarts:
    """Recorded carts in order of time, C of them; the lines of cart i are ``wanted[first[i]:first[i + 1]]``.

    ``zone`` is `DRAWN` and ``pickup`` (a location) `DRAWN_PICKUP` where nobody recorded them; ``pickup`` may be `DELIVERED`, too.
    """

    time: NDArray[np.int64]  # µs since the epoch
    first: NDArray[np.int64]  # (C + 1,)
    zone: NDArray[np.int16]
    pickup: NDArray[np.int16]
    wanted: NDArray[np.void]  # of WANTED


@dataclass(frozen=True, eq=False)
class CartStream:
    """Carts of one entry of ``demand.web``, or what a surge of some SKUs adds to them.

    Attributes
    ----------
    web : index of ``demand.web``
    entity : permanent slot of its random numbers
    per_day : carts on an average day, where they come by chance
    choice : SKUs and their shares; all shares above 0
    lines, size : laws of the lines of a cart and of the units of a line
    checkout, delay : quantiles (µs) of the time from the cart to its checkout, and from there to the customer's cancellation
    abandon, pickup, cancel : shares of carts; of orders, of orders
    """

    web: int
    entity: int
    per_day: float
    choice: Choice
    lines: Whole = SINGLE
    size: Whole = SINGLE
    rhythm: Rhythm = field(default_factory=Rhythm)
    checkout: NDArray[np.int64] = field(default_factory=lambda: NO_TIME)
    delay: NDArray[np.int64] = field(default_factory=lambda: NO_TIME)
    abandon: float = 0.0
    pickup: float = 0.0
    cancel: float = 0.0
    flash: Flash | None = None
    recorded: RecordedCarts | None = None

    @property
    def way(self) -> Way:
        """How its carts come about."""
        return Way.FLASH if self.flash else Way.RECORDED if self.recorded else Way.POISSON

    @property
    def mean_lines(self) -> float:
        """Lines of a cart, on average."""
        return moments(self.lines)[0]


class PickupStores(NamedTuple):
    """Where each zone collects: any of ``stores[first[z]:first[z + 1]]`` (location numbers), all alike; maybe nowhere."""

    first: NDArray[np.int64]  # (zones + 1,)
    stores: NDArray[np.int32]


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
    law_first: NDArray[np.int64]  # laws of lines; the first one is that of zones
    law_offset: NDArray[np.int64]
    law_length: NDArray[np.int64]
    thresholds: NDArray[np.int64]
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


@dataclass(frozen=True, eq=False)
class ExpectedUnits:
    """Units a day that a stream's orders ask for, of each SKU, on an average day without surges; abandoned carts left out.

    Orders that come by chance are thinned by where they go: a zone or store expects its share of the mean and of the variance
    alike. ``zones`` and ``stores`` add up to 1.
    """

    web: int  # index of demand.web
    sku: NDArray[np.int32]  # ascending
    mean: NDArray[np.float64]
    variance: NDArray[np.float64]
    zones: NDArray[np.float64]  # (zones,) share that is delivered to each
    stores: NDArray[np.float64]  # (locations,) share that is collected at each


@dataclass(frozen=True, eq=False)
class CartPlan:
    """All carts of a scenario: what ``twin.demand.web.carts.Carts`` draws from.

    Attributes
    ----------
    streams : in the order of ``demand.web``, each followed by what surges of some SKUs add to it
    rates : when and of which SKUs; row s is stream s
    tables : the rest
    days : days of the run, from its start
    expected : one for each entry of ``demand.web`` that is not a flash sale
    """

    streams: list[CartStream]
    rates: StreamTables
    tables: WebTables
    start_us: int
    days: int
    expected: list[ExpectedUnits] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    bad_rows: int = 0

    @property
    def carts_a_day(self) -> float:
        """Expected carts on an average day, surges at their height included; for planning memory."""
        exact = sum(s.flash.orders for s in self.streams if s.flash)
        recorded = sum(s.recorded.time.size for s in self.streams if s.recorded)
        return sum(s.per_day for s in self.streams) + exact + recorded / max(self.days, 1)

    @property
    def lines_a_day(self) -> float:
        """Expected lines on an average day, for planning memory."""
        recorded = sum(s.recorded.wanted.size for s in self.streams if s.recorded)
        drawn = sum((s.flash.orders if s.flash else s.per_day) * s.mean_lines for s in self.streams)
        return drawn + recorded / max(self.days, 1)


_I8, _I4, _I2, _U1 = np.int64, np.int32, np.int16, np.uint8


@inlined()
def open_web(t: NDArray[np.int64]) -> WebTables:
    """The streams behind a table made by ``twin.memory.table_of``; for kernels."""
    return WebTables(
        carray(pointer(t[0, 0]), (t[0, 1],), _U1),
        carray(pointer(t[1, 0]), (t[1, 1],), _I2),
        carray(pointer(t[2, 0]), (t[2, 1],), _I4),
        carray(pointer(t[3, 0]), (t[3, 1],), _I8),
        carray(pointer(t[4, 0]), (t[4, 1],), _I8),
        carray(pointer(t[5, 0]), (t[5, 1],), _I8),
        carray(pointer(t[6, 0]), (t[6, 1],), _I4),
        carray(pointer(t[7, 0]), (t[7, 1],), _I4),
        carray(pointer(t[8, 0]), (t[8, 1], t[8, 2]), _I8),
        carray(pointer(t[9, 0]), (t[9, 1],), _I8),
        carray(pointer(t[10, 0]), (t[10, 1],), _I8),
        carray(pointer(t[11, 0]), (t[11, 1],), _I8),
        carray(pointer(t[12, 0]), (t[12, 1],), _I8),
        carray(pointer(t[13, 0]), (t[13, 1],), _I8),
        carray(pointer(t[14, 0]), (t[14, 1],), _I4),
        carray(pointer(t[15, 0]), (t[15, 1],), _I8),
        carray(pointer(t[16, 0]), (t[16, 1],), _I8),
        carray(pointer(t[17, 0]), (t[17, 1],), _I8),
        carray(pointer(t[18, 0]), (t[18, 1],), _I8),
        carray(pointer(t[19, 0]), (t[19, 1],), _I8),
        carray(pointer(t[20, 0]), (t[20, 1],), _I8),
        carray(pointer(t[21, 0]), (t[21, 1],), _I8),
        carray(pointer(t[22, 0]), (t[22, 1],), _I8),
        carray(pointer(t[23, 0]), (t[23, 1],), _I2),
        carray(pointer(t[24, 0]), (t[24, 1],), _I2),
        carray(pointer(t[25, 0]), (t[25, 1],), WANTED),
    )


def cart_rates(streams: Sequence[CartStream], start_us: int, days: int) -> StreamTables:
    """When the carts of each stream come and what they may hold, for a run of ``days`` days from ``start_us``."""
    return stream_tables([Stream(0, 0, s.entity, s.per_day, s.choice, s.size, s.rhythm) for s in streams], start_us, days)


def web_tables(streams: Sequence[CartStream], zones: NDArray[np.float64], pickup: PickupStores) -> WebTables:
    """Flatten ``streams``; ``zones`` (zones,) are the shares of the zones, in any unit."""
    tables = {id(table): table for s in streams for table in (s.checkout, s.delay)}
    row = {each: i for i, each in enumerate(tables)}
    return WebTables(
        way=np.array([s.way for s in streams], np.uint8),
        web=np.array([s.web for s in streams], np.int16),
        lines_law=np.arange(1, len(streams) + 1, dtype=np.int32),
        abandon_below=_below(s.abandon for s in streams),
        pickup_below=_below(s.pickup for s in streams),
        cancel_below=_below(s.cancel for s in streams),
        checkout=np.array([row[id(s.checkout)] for s in streams], np.int32),
        delay=np.array([row[id(s.delay)] for s in streams], np.int32),
        quantiles=np.array(list(tables.values()) or [NO_TIME]),
        **law_arrays([_of_shares(zones), *(s.lines for s in streams)]),
        pickup_first=np.ascontiguousarray(pickup.first, np.int64),
        pickup_stores=np.ascontiguousarray(pickup.stores, np.int32),
        flash_at=np.array([s.flash.at if s.flash else 0 for s in streams], np.int64),
        flash_length=np.array([s.flash.length if s.flash else 0 for s in streams], np.int64),
        flash_orders=np.array([s.flash.orders if s.flash else 0 for s in streams], np.int64),
        **_recorded([s.recorded for s in streams])._asdict(),
    )


def _below(shares: Iterable[float]) -> NDArray[np.int64]:
    return np.rint(np.array(list(shares), np.float64) * ONE).astype(np.int64)


def _of_shares(shares: NDArray[np.float64]) -> Whole:
    """The law of the index of a part, by shares."""
    cumulative = np.cumsum(shares)
    edges = np.rint(cumulative / cumulative[-1] * ONE).astype(np.int64)
    edges[-1] = ONE
    return Whole(0, edges.tobytes())


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
