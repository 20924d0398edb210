"""The web demand of a scenario as streams of carts, and what is expected of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from network import Network
from scenarios.schema.web import WebDemand
from twin.clock import DAY
from twin.demand.rhythm import RETAIL_HOURS, RETAIL_WEEKDAYS, Rhythm, weights
from twin.demand.streams import Choice
from twin.demand.web.rows import MOST_LINES
from twin.demand.web.streams import (
    NO_TIME,
    CartPlan,
    CartStream,
    ExpectedUnits,
    Flash,
    PickupStores,
)
from twin.demand.web.tables import cart_rates, web_tables
from twin.demand.web.view_streams import MOST_VIEWS, ViewLaw, plan_views
from twin.plan.demand import content, size_law
from twin.plan.expected import DemandPlan
from twin.plan.inclusion import lines_by_sku
from twin.plan.items import Items
from twin.plan.limits import check_count
from twin.plan.opening import days_of
from twin.plan.places import skus_of
from twin.plan.surges import Extra, Surges
from twin.plan.weborders import WebReplays
from twin.random.keyed import entity
from twin.random.laws import ONE, Whole, duration_table, moments, whole_law

if TYPE_CHECKING:
    from scenarios import Resolved
    from scenarios.schema.distributions import Distribution

__all__ = ["CartPlan", "ExpectedUnits", "PickupStores", "plan_carts", "pos_lines_a_day", "zone_shares"]


def plan_carts(
    resolved: Resolved, network: Network, items: Items, demand: DemandPlan, pickup: PickupStores | None = None,
    strict: bool = False,
) -> CartPlan:  # fmt: skip
    """Streams of the scenario's web demand.

    Parameters
    ----------
    demand : what is asked of the tills, of which `pos_share` is a share
    pickup : where each zone collects; None: nowhere, everything is delivered
    strict : whether a recorded feed with bad rows is refused
    """
    return _Planner(resolved, network, items, demand, pickup, strict).plan()


def zone_shares(resolved: Resolved) -> NDArray[np.float64]:
    """Shares of web demand by zone, which add up to 1; where no zones are given, one zone has all; shape (zones,)."""
    zones = resolved.scenario.network.zones
    check_count(resolved, ("network", "zones"), "zones", len(zones))
    shares = np.array([zone.share for zone in zones] or [1.0], np.float64)
    total = float(np.cumsum(shares)[-1])
    if total <= 0:
        raise resolved.error(("network", "zones"), "nobody lives in any zone", found="shares of 0", expected="a share above 0")
    return shares / total


def pos_lines_a_day(demand: DemandPlan, run_us: int) -> float:
    """Expected lines at all tills on an average day without surges; those of a feed are averaged over the run of ``run_us``."""
    drawn = sum(s.per_day for s in demand.streams if s.size is not None and s.rhythm.only is None)
    recorded = sum(feed.time.size for feed in demand.recorded)
    return drawn + sum(DAY / c.every for c in demand.clockworks) + recorded * DAY / run_us


class _Planner:
    def __init__(
        self, resolved: Resolved, network: Network, items: Items, demand: DemandPlan, pickup: PickupStores | None, strict: bool
    ) -> None:
        self.resolved, self.network, self.items, self.demand = resolved, network, items, demand
        self.scenario, self.zones = resolved.scenario, zone_shares(resolved)
        self.pickup = pickup or PickupStores(np.zeros(self.zones.size + 1, np.int64), np.zeros(0, np.int32))
        self.surges, self.replays = Surges(resolved, network, items), WebReplays(resolved, network, items, self.zones, strict)
        self.streams: list[CartStream] = []
        self.expected: list[ExpectedUnits] = []
        self._occurrences: Counter[tuple[str, ...]] = Counter()
        self._quantiles: dict[Distribution, NDArray[np.int64]] = {}

    def plan(self) -> CartPlan:
        for i, given in enumerate(self.scenario.demand.web):
            if given.flash is not None:
                self.streams.append(self._flash(i, given))
            elif given.replay is not None:
                self._replay(i, given)
            else:
                self._by_chance(i, given)
        start, days = self.scenario.start_us, days_of(self.scenario.end_us - self.scenario.start_us)
        return CartPlan(
            self.streams, cart_rates(self.streams, start, days), web_tables(self.streams, self.zones, self.pickup), start, days,
            self.expected, self.replays.notes, self.replays.bad_rows, plan_views(self.streams, start, days),
        )  # fmt: skip

    def _slot(self, *names: str) -> int:
        """A permanent slot; the n-th stream of the same names gets the n-th."""
        self._occurrences[names] += 1
        return entity("web", *names, str(self._occurrences[names]))

    def _durations(self, law: Distribution) -> NDArray[np.int64]:
        if law not in self._quantiles:
            self._quantiles[law] = duration_table(law)
        return self._quantiles[law]

    def _stream(self, i: int, given: WebDemand, slot: int, choice: Choice) -> CartStream:
        """What all ways of telling web demand have in common."""
        cancel = given.cancel
        return CartStream(
            i, slot, 0.0, choice, checkout=self._durations(given.checkout), abandon=given.abandon, pickup=given.pickup_share,
            delay=NO_TIME if cancel is None else self._durations(cancel.delay), cancel=0.0 if cancel is None else cancel.share,
        )  # fmt: skip

    def _flash(self, i: int, given: WebDemand) -> CartStream:
        flash = given.flash
        assert flash is not None
        if flash.sku not in self.items.index:
            raise self.resolved.error(
                ("demand", "web", i, "flash", "sku"), "no such item", found=flash.sku, expected="a SKU of the catalog"
            )
        size = _between(size_law(self.resolved, ("demand", "web", i, "size"), given.size), 1, flash.limit_per_order)
        stream = self._stream(i, given, self._slot("flash", flash.sku), _one_of(np.array([self.items.index[flash.sku]]), None))
        return replace(
            stream, size=size, flash=Flash(flash.at, flash.for_, flash.orders), views=self._views(i, given, stream.lines)
        )

    def _replay(self, i: int, given: WebDemand) -> None:
        assert given.replay is not None
        name = given.replay.rsplit("/", 1)[-1]
        stream = self._stream(i, given, self._slot("replay", name), _one_of(np.zeros(1, np.int64), None))
        recorded = self.replays.read(i, given, name)
        self.streams.append(replace(stream, recorded=recorded.carts))
        keeps = 1.0 - given.abandon
        zones, stores = self._to(given.pickup_share, recorded.unsaid)
        self.expected.append(
            ExpectedUnits(
                i, recorded.sku, recorded.mean * keeps, recorded.variance * keeps, recorded.delivered + zones,
                recorded.collected + stores,
            )
        )  # fmt: skip

    def _by_chance(self, i: int, given: WebDemand) -> None:
        chosen = self._chosen(i, given)
        per_day = given.orders_per_day or 0.0
        if given.pos_share is not None:
            per_day = given.pos_share * pos_lines_a_day(self.demand, self.scenario.end_us - self.scenario.start_us)
        names = ("orders", content(given.where))
        spans, extras = self.surges.of_web(chosen)
        rhythm = Rhythm(
            weights(given.hours, RETAIL_HOURS), weights(given.weekdays, RETAIL_WEEKDAYS), None, spans, None,
            self.scenario.time.timezone,
        )  # fmt: skip
        choice = _one_of(np.flatnonzero(chosen), self.items.popularity)
        lines = self._lines(i, given, choice)
        stream = replace(
            self._stream(i, given, self._slot(*names), choice), per_day=per_day, lines=lines, rhythm=rhythm,
            size=size_law(self.resolved, ("demand", "web", i, "size"), given.size), views=self._views(i, given, lines),
        )  # fmt: skip
        self.streams += [stream, *self._more(i, given, stream, extras, names)]
        self.expected.append(self._expect(stream))

    def _chosen(self, i: int, given: WebDemand) -> NDArray[np.bool_]:
        """The SKUs that a cart may hold, among them none that nobody ever wants; shape (SKUs,)."""
        skus, wanted = skus_of(given.where, self.items), self.items.popularity > 0
        chosen = wanted if skus is None else wanted & skus
        if not chosen.any():
            raise self.resolved.error(
                ("demand", "web", i, "where"), "no SKU is left for it", expected="a selector of SKUs that have demand"
            )
        return chosen

    def _lines(self, i: int, given: WebDemand, choice: Choice) -> Whole:
        if max(given.lines) > MOST_LINES:
            raise self.resolved.error(
                ("demand", "web", i, "lines"), "a cart cannot hold so many lines", found=f"{max(given.lines):,}",
                expected=f"at most {MOST_LINES:,}",
            )  # fmt: skip
        shares = np.zeros(max(given.lines))
        for count, share in given.lines.items():
            shares[count - 1] += share
        return _between(_of_shares(shares), 1, choice.sku.size)

    def _views(self, i: int, given: WebDemand, lines: Whole) -> ViewLaw | None:
        """Sessions without a cart, so many that all views together are ``per_cart`` to each cart: it has one of each line."""
        views = given.views
        if views is None:
            return None
        mean = moments(lines)[0]
        if views.per_cart < mean:
            raise self.resolved.error(
                ("demand", "web", i, "views", "per_cart"), "fewer views than a cart has lines", found=f"{views.per_cart:g}",
                expected=f"at least {mean:g}, a view of each line of a cart",
            )  # fmt: skip
        session = _between(whole_law(views.session), 1, MOST_VIEWS)
        return ViewLaw((views.per_cart - mean) / moments(session)[0], session, self._durations(views.pace))

    def _more(
        self, i: int, given: WebDemand, stream: CartStream, extras: list[Extra], names: tuple[str, ...]
    ) -> Iterator[CartStream]:
        """What surges of some SKUs add: carts of these alone, as many as have the lines that are missing."""
        for extra in extras:
            inside = extra.skus[stream.choice.sku]
            if not inside.any():
                continue
            choice = _one_of(stream.choice.sku[inside], self.items.popularity)
            lines = self._lines(i, given, choice)
            per_cart = lines_by_sku(stream.lines, stream.choice.share)
            missing = stream.per_day * extra.share * float(np.cumsum(per_cart[inside])[-1]) / moments(lines)[0]
            yield replace(
                stream, entity=self._slot("surge", *names, *extra.names), per_day=missing, choice=choice, lines=lines,
                rhythm=replace(stream.rhythm, only=(extra.start, extra.end)), views=self._views(i, given, lines),
            )  # fmt: skip

    def _to(self, share: float, living: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What is delivered to each zone and collected at each location of ``living`` (zones,), if ``share`` of it is collected."""
        zones, stores = living.copy(), np.zeros(len(self.network.locations))
        for zone, (first, end) in enumerate(zip(self.pickup.first[:-1].tolist(), self.pickup.first[1:].tolist(), strict=True)):
            if end > first:
                zones[zone] = living[zone] * (1.0 - share)
                stores[self.pickup.stores[first:end]] += living[zone] * share / (end - first)
        return zones, stores

    def _expect(self, stream: CartStream) -> ExpectedUnits:
        first, second = moments(stream.size)
        lines = stream.per_day * (1.0 - stream.abandon) * lines_by_sku(stream.lines, stream.choice.share)
        return ExpectedUnits(stream.web, stream.choice.sku, lines * first, lines * second, *self._to(stream.pickup, self.zones))


def _one_of(skus: NDArray[np.int64] | NDArray[np.int32], popularity: NDArray[np.float64] | None) -> Choice:
    """A choice among SKUs (ascending), by popularity."""
    share = np.ones(skus.size) if popularity is None else popularity[skus]
    return Choice(np.arange(skus.size, dtype=np.int32), skus.astype(np.int32), share / np.cumsum(share)[-1])


def _of_shares(shares: NDArray[np.float64]) -> Whole:
    """The law of 1, 2, 3 … by shares."""
    edges = np.rint(np.cumsum(shares) / np.cumsum(shares)[-1] * ONE).astype(np.int64)
    edges[-1] = ONE
    return Whole(1, edges.tobytes())


def _between(law: Whole, least: int, most: int | None) -> Whole:
    """A law of whole numbers, cut: what lies below ``least`` becomes that, and what lies above ``most``."""
    array = law.array
    last = law.first + array.size - 1
    most = last if most is None else most
    values = np.arange(least, max(least, min(most, last)) + 1)
    edges = np.array([0 if v < law.first else ONE if v >= last else array[v - law.first] for v in values.tolist()], np.int64)
    edges[-1] = ONE
    return Whole(least, edges.tobytes())
