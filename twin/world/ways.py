"""Lanes as the world uses them: when their trips leave, and how long they take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from network import Lane
from twin.plan.build import Plan
from twin.plan.places import locations_of
from twin.random.drawn import drawn_quantile
from twin.random.keyed import KeyedDraws, entity
from twin.random.laws import duration_table
from twin.random.purposes import Purpose
from twin.world.departures import Timetable, timetable


@dataclass(slots=True)
class Law:
    """A law of transit times: its quantile table, or the one value it has (-1: many)."""

    table: NDArray[np.int64]
    always: int


@dataclass(slots=True)
class Way:
    """A lane in use. ``trips`` numbers its draws; ``scheduled`` says whether its next departure is on the agenda."""

    lane: Lane
    origin: int
    destination: int
    law: Law
    root: int
    mean: int
    timetable: Timetable | None
    order_days: Timetable | None
    trips: int = 0
    scheduled: bool = False

    def transit(self) -> int:
        """How long the next trip takes, µs."""
        self.trips += 1
        law = self.law
        return law.always if law.always >= 0 else drawn_quantile(law.table, self.root, self.trips)

    def accepts(self, at: int) -> int:
        """When the origin takes an order that is placed at ``at``."""
        days = self.order_days
        return at if days is None or days.covers(at) else days.next(at)

    def leaves(self, at: int, too_late: bool = False) -> int:
        """When what is there at ``at`` leaves; ``too_late``: not with a trip of that very instant."""
        return at if self.timetable is None else self.timetable.next(at + too_late)


def ways_of(plan: Plan, draws: KeyedDraws) -> list[Way]:
    """The ways of a plan, by lane."""
    return [_way(plan, draws, lane) for lane in plan.network.lanes]


def _way(plan: Plan, draws: KeyedDraws, lane: Lane) -> Way:
    network = plan.network
    origin, destination = network.index[lane.origin], network.index[lane.destination]
    place = network.locations[origin]
    local = place.timezone or plan.scenario.time.timezone
    purpose = Purpose.TRANSIT if place.is_internal else Purpose.LEAD_TIME
    return Way(
        lane, origin, destination, _law(lane.transit),
        draws.root(purpose, entity("lane", lane.origin, lane.destination)), round(lane.mean_transit),
        timetable(lane.departs, local) if lane.departs else None,
        timetable((0,), local, lane.order_days) if lane.order_days else None,
    )  # fmt: skip


_known: dict[object, Law] = {}


def _law(transit: object) -> Law:
    if isinstance(transit, int | float):
        return Law(np.zeros(0, np.int64), int(transit))
    content = repr(transit)
    if content not in _known:
        table = duration_table(transit)  # type: ignore[arg-type]
        low, high = int(table.min()), int(table.max())
        _known[content] = Law(table, low if low == high else -1)
    return _known[content]


@dataclass(frozen=True)
class Slowness:
    """A disruption: suppliers take ``times`` as long for what they accept in [start, end)."""

    start: int
    end: int
    meant: NDArray[np.bool_]
    times: float


def slow_suppliers(plan: Plan) -> list[Slowness]:
    """The disruptions of a scenario that make suppliers slower."""
    return [
        Slowness(d.at, d.at + d.for_, locations_of(d.supplier_delay, plan.network), d.supplier_delay.times)
        for d in plan.scenario.disruptions
        if d.supplier_delay is not None
    ]


def slowed(lead: int, supplier: int, at: int, disruptions: list[Slowness]) -> int:
    """A supplier's lead time for what it accepts at ``at``."""
    times = 1.0
    for one in disruptions:
        if one.start <= at < one.end and one.meant[supplier]:
            times *= one.times
    return round(lead * times)
