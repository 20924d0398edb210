"""Streams of carts: what a cart has beyond the lines at a till, and the plan of all carts of a scenario."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.demand.rhythm import Rhythm
from twin.demand.streams import Choice, StreamTables
from twin.demand.web.view_streams import ViewLaw, ViewPlan
from twin.random.laws import ONE, Whole, moments
from twin.random.tables import STEPS

if TYPE_CHECKING:
    from twin.demand.web.tables import WebTables

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
    views : views of these carts and sessions beside them; None: none are drawn
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
    views: ViewLaw | None = None

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
    views : what is drawn beside the carts, where any stream has views
    """

    streams: list[CartStream]
    rates: StreamTables
    tables: WebTables
    start_us: int
    days: int
    expected: list[ExpectedUnits] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    bad_rows: int = 0
    views: ViewPlan | None = None

    @property
    def most_lines(self) -> int:
        """The most lines that a cart can have."""
        drawn = [s.lines.first + s.lines.array.size - 1 for s in self.streams if s.recorded is None]
        recorded = [int(np.diff(s.recorded.first).max(initial=1)) for s in self.streams if s.recorded]
        return max([1, *drawn, *recorded])

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
