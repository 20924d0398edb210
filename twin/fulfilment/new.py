"""The world of web orders for a plan and a replication: stations, desks, laws, and room for what is under way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from network.carriers import TRANSIT_DAYS, ZONE_CUTS_M
from scenarios.schema.distributions import DurationDistribution
from scenarios.schema.stations import Shift, Station
from twin.clock import NEVER
from twin.demand.web.rows import CART, WANTED
from twin.fulfilment.pending import SLICE_BITS, SLICES
from twin.fulfilment.state import (
    CHUNK,
    DESK,
    DUE,
    JOB,
    NEAREST_STORE,
    ORIGIN,
    PIECE,
    SESSION,
    SLICE,
    STATION,
    WARE,
    Fulfilment,
    Hold,
)
from twin.kpis.orders import FINE_BINS, NODE_FIELDS, NODE_MONEY_FIELDS
from twin.memory import beside, longer, rows_of
from twin.orders.first import FIRST
from twin.orders.new import MOST_GRAMS, ROWS, grown_pool, new_pool
from twin.orders.rows import link
from twin.orders.state import NONE
from twin.plan.build import Plan
from twin.plan.places import locations_of
from twin.plan.web import WebPlan, bands_of
from twin.random.keyed import KeyedDraws
from twin.random.laws import ONE, duration_table
from twin.random.purposes import Purpose
from twin.sorting import BUCKET_ENDS

if TYPE_CHECKING:
    from scenarios.schema.distributions import Distribution

_NO_LIMIT = (1 << 31) - 1
_P95 = 3.9168  # to the median, of a lognormal law with sigma .83: transit in public order data (Brazil, 2017)


@dataclass
class Laws:
    """Quantile tables by number."""

    tables: list[NDArray[np.int64]] = field(default_factory=list)
    _known: dict[object, int] = field(default_factory=dict)

    def number(self, law: Distribution) -> int:
        """Number of the table of a law."""
        if law not in self._known:
            self._known[law] = len(self.tables)
            self.tables.append(duration_table(law))
        return self._known[law]


@dataclass(frozen=True, eq=False)
class Benches:
    """Stations of all locations, with their names and shifts."""

    rows: NDArray[np.void]
    names: list[tuple[str, int]]
    shifts: list[tuple[Shift, ...]]
    entry: NDArray[np.int32]  # (locations,), NONE


def new_fulfilment(plan: Plan, replication: int) -> tuple[Fulfilment, Benches]:
    """An empty world of web orders; ``with_room`` gives it its jobs."""
    web = plan.web
    assert web is not None
    laws = Laws()
    no_time = laws.number(DurationDistribution.model_construct(dist="constant", value=0, mean=0, sd=0.0))
    benches = _benches(plan, laws)
    desks, pickups = _desks(plan, web, laws, benches)
    zones, places = web.zones, len(plan.network.locations)
    carts = np.zeros(1, CART)
    carts["key"] = NEVER
    control = _control(plan, replication, laws, no_time)
    slices, present = np.zeros(SLICES, SLICE), rows_of(ROWS, DUE)
    slices["chunk"], present["key"][0] = NONE, NEVER
    next_chunk = rows_of(ROWS, np.dtype(np.int32))
    link(next_chunk, 0)
    distance = _distance_laws(plan, web, laws)
    sessions = new_pool(SESSION)
    of = Fulfilment(
        carts=carts, wanted=np.zeros(1, WANTED), sessions=sessions, pieces=sessions.view(PIECE),
        jobs=np.zeros(1, JOB), stations=benches.rows, desks=desks, laws=np.stack(laws.tables),
        pickups=pickups, rates=_rates(web), bands=bands_of(web.metres).astype(np.int16), distance_laws=distance,
        nearest=web.nearest, present=present, heap=rows_of(ROWS, DUE), chunks=rows_of(ROWS * CHUNK, DUE),
        next_chunk=next_chunk, slices=slices, unsorted=rows_of(ROWS, DUE), spare=rows_of(ROWS, DUE),
        held=rows_of(1, DUE), ends=np.zeros(BUCKET_ENDS, np.int32), nodes=np.zeros((plan.days, places, len(NODE_FIELDS)), np.int64),
        money=np.zeros((plan.days, places, len(NODE_MONEY_FIELDS)), np.float64),
        cycle=np.zeros(FINE_BINS, np.int64), collect=np.zeros(FINE_BINS, np.int64), wait=np.zeros(FINE_BINS, np.int64),
        midnights=plan.local_days.midnights, jumps=plan.local_days.jumps, control=control, firsts=np.zeros(1, FIRST),
        wares=_wares(plan, web),
    )  # fmt: skip
    assert zones == len(of.nearest)
    return of, benches


def _wares(plan: Plan, web: WebPlan) -> NDArray[np.void]:
    wares = rows_of(len(plan.items.skus), WARE)
    wares["price"], wares["cost"] = plan.items.price, plan.items.cost
    wares["grams"], wares["volume_cm3"] = np.minimum(web.goods[:, :2], MOST_GRAMS).T
    return wares


def _share(share: float) -> int:
    return round(share * ONE)


def _control(plan: Plan, replication: int, laws: Laws, no_time: int) -> NDArray[np.int64]:
    scenario = plan.scenario
    control = np.zeros(len(Hold), np.int64)
    draws = KeyedDraws(scenario.seed, replication)
    for hold, purpose in (
        (Hold.SERVICE_ROOT, Purpose.SERVICE), (Hold.TRANSIT_ROOT, Purpose.PARCEL),
        (Hold.RETURN_ROOT, Purpose.RETURN), (Hold.CONFIRM_ROOT, Purpose.CONFIRMATION),
    ):  # fmt: skip
        control[hold] = draws.root(purpose, 0)
    control[Hold.TRAYS_LEFT] = control[Hold.CHUNKS_LEFT] = ROWS
    control[Hold.SLICE] = scenario.start_us >> SLICE_BITS
    control[Hold.START] = scenario.start_us
    control[Hold.MEASURED_FROM], control[Hold.MEASURED_TO] = scenario.warmup_us, scenario.end_us
    back = scenario.returns.web
    for hold, law in (
        (Hold.RETURN_DELAY, back.delay if back else None), (Hold.INSPECT, back.inspect if back else None),
        (Hold.RETURN_CONFIRMS, scenario.streams.returns.latency), (Hold.CONFIRMS, scenario.streams.web.latency),
    ):  # fmt: skip
        control[hold] = no_time if law is None else laws.number(law)
    if back is not None:
        control[Hold.RETURN_SHARE], control[Hold.SALEABLE] = _share(back.rate), _share(back.saleable)
        words = {"nearest_store": NEAREST_STORE, "origin": ORIGIN}
        control[Hold.RETURN_TO] = words[back.to] if back.to in words else plan.network.index[back.to]
    pickup = scenario.promise.pickup
    control[Hold.PICKUP_HOLD] = NEVER if pickup.hold is None else pickup.hold
    control[Hold.NO_SHOW] = _share(pickup.no_show)
    return control


def _benches(plan: Plan, laws: Laws) -> Benches:
    """One station of each name at each location that it stands at."""
    stations, places = plan.scenario.operations.stations, plan.network.locations
    at: dict[tuple[str, int], int] = {}
    for name, given in stations.items():
        for location in np.flatnonzero(locations_of(given.at, plan.network)).tolist():
            if places[location].is_internal:
                at[name, location] = len(at)
    rows, entry = np.zeros(len(at), STATION), np.full(len(places), NONE, np.int32)
    follows = {(given.next, location) for (name, location) in at if (given := stations[name]).next}
    for (name, location), i in at.items():
        given, row = stations[name], rows[i]
        _fill_station(row, given, laws, location, plan.scenario.start_us)
        row["next"] = at.get((given.next or "", location), NONE)
        if given.rework is not None:
            row["again"], row["rework_share"] = at.get((given.rework.to, location), i), _share(given.rework.share)
        row["entry"] = (name, location) not in follows
        if row["entry"]:
            entry[location] = i
    return Benches(rows, list(at), [stations[name].shifts for name, _ in at], entry)


def _fill_station(row: np.void, given: Station, laws: Laws, location: int, start_us: int) -> None:
    row["law"], row["location"], row["changed"] = laws.number(given.time), location, start_us
    row["servers"] = 0 if given.shifts else given.servers
    row["room"] = _NO_LIMIT if given.buffer is None else given.buffer
    row["first_pickup"], row["again"], row["next"] = given.first == "pickup", NONE, NONE
    for queue in ("head", "tail", "other_head", "other_tail", "kept_head", "kept_tail"):
        row[queue] = NONE


def _desks(plan: Plan, web: WebPlan, laws: Laws, benches: Benches) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    """How each location ships, and the collections of all carriers."""
    carriers, places = plan.scenario.carriers, plan.network.locations
    zones = len(ZONE_CUTS_M) + 1
    times: list[int] = []
    first: list[int] = []
    for carrier in carriers:
        first.append(len(times))
        times += sorted(carrier.pickup)
    desks, clocks = np.zeros(len(places), DESK), plan.local_days.clock
    for i, place in enumerate(places):
        desk, number = desks[i], int(web.carrier[i])
        desk["entry"], desk["clock"], desk["law"], desk["rates"] = benches.entry[i], clocks[i], NONE, NONE
        desk["cut_off"] = -1 if place.cut_off is None else place.cut_off
        if number >= 0:
            carrier = carriers[number]
            desk["first_pickup"], desk["pickups"] = first[number], len(carrier.pickup)
            desk["handling"], desk["divisor"] = carrier.handling, carrier.divisor
            desk["by_distance"] = isinstance(carrier.transit, str)
            if not isinstance(carrier.transit, str):
                desk["law"] = laws.number(carrier.transit)
            if web.tables[number] is not None:
                desk["rates"] = number * zones
    return desks, np.array(times or [0], np.int64)


def _distance_laws(plan: Plan, web: WebPlan, laws: Laws) -> NDArray[np.int16]:
    """Laws of transit by distance, lognormal with the medians of public order data."""
    if not any(isinstance(carrier.transit, str) for carrier in plan.scenario.carriers):
        return np.zeros(web.metres.shape, np.int16)
    numbers = [laws.number(_lognormal(days)) for _, days in TRANSIT_DAYS]
    edges = [km * 1000 for km, _ in TRANSIT_DAYS[:-1]]
    return np.array(numbers, np.int16)[np.searchsorted(edges, web.metres, side="right")]


def _lognormal(median_days: float) -> DurationDistribution:
    late = {"dist": "lognormal", "median": f"{median_days}d", "p95": f"{median_days * _P95:.4f}d"}
    return DurationDistribution.model_validate(late)


def _rates(web: WebPlan) -> NDArray[np.int64]:
    """Rates of all carriers, one block of zones each."""
    blocks = [table.rates for table in web.tables if table is not None]
    if not blocks:
        return np.zeros((1, 1), np.int64)
    steps, zones = blocks[0].shape[1], len(ZONE_CUTS_M) + 1
    full = [np.zeros((zones, steps), np.int64) if table is None else table.rates for table in web.tables]
    return np.ascontiguousarray(np.concatenate(full))


def with_room(of: Fulfilment, shipments: NDArray[np.void], least: int) -> Fulfilment:
    """The same world with a job for each of ``shipments``, and at least ``least`` free rows of each other kind."""
    control = of.control
    sessions = grown_pool(of.sessions, control, Hold.FREE_TRAYS, Hold.TRAYS_LEFT, least)
    of = of._replace(sessions=sessions, pieces=sessions.view(PIECE), jobs=beside(shipments, JOB))
    return _room_for_entries(of, least)


def _room_for_entries(of: Fulfilment, least: int) -> Fulfilment:
    """Room for ``least`` more entries in the present slice, in the fullest one, and in chunks of their own."""
    control, chunks = of.control, of.next_chunk.size
    heap = of.heap if of.heap.size - control[Hold.HEAP] >= least else longer(of.heap, 2 * of.heap.size + least)
    most = int(control[Hold.FULLEST]) + least
    of = of._replace(heap=heap)
    if of.present.size < most:
        unsorted, spare = rows_of(2 * most, DUE), rows_of(2 * most, DUE)  # which hold nothing between two slices
        of = of._replace(present=longer(of.present, 2 * most), unsorted=unsorted, spare=spare)
    if control[Hold.CHUNKS_LEFT] >= least:
        return of
    more = chunks + max(least, chunks // 4)
    following = longer(of.next_chunk, more)
    link(following, chunks, int(control[Hold.FREE_CHUNKS]))
    control[Hold.FREE_CHUNKS] = chunks
    control[Hold.CHUNKS_LEFT] += more - chunks
    return of._replace(next_chunk=following, chunks=longer(of.chunks, more * CHUNK))
