"""Tiny scenarios for tests of the core, and a way to look into a run while it goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from textwrap import dedent
from typing import Any

import numpy as np
from numpy.typing import NDArray

import scenarios
from twin.body.simulation import Replication, Simulation
from twin.clock import DAY, KEY_SHIFT
from twin.decisions import Order
from twin.events import Kind, Message
from twin.simulate import Plan, build
from twin.world.lines import Lines
from twin.world.state import Operations

WEEK = """
name: test
time: {start: 2026-03-02, days: 7}
"""  # a Monday

ONE_STORE = """
catalog: {items: [{sku: A, cost: 1, price: 2}]}
network:
  locations: [{id: S1, kind: store}, {id: V1, kind: supplier}]
  lanes: [{from: V1, to: S1, transit: 2d}]
"""

TWO_STORES = """
catalog: {items: [{sku: A, category: food, cost: 1, price: 2}, {sku: B, category: toys, cost: 3, price: 5}]}
network:
  locations:
    - {id: S1, kind: store}
    - {id: S2, kind: store}
    - {id: F1, kind: fc}
    - {id: V1, kind: supplier}
  lanes:
    - {from: V1, to: F1, transit: 2d}
    - {from: F1, to: S1, transit: 1d}
    - {from: F1, to: S2, transit: 1d}
"""

Hook = Callable[["Ran"], None]


def resolved_of(*parts: str, sets: Sequence[str] = ()) -> scenarios.Resolved:
    """A scenario from parts of its text, a week from Monday 2 March 2026 where they say nothing else."""
    text = "\n".join(dedent(part) for part in parts)
    return scenarios.loads(text if "\ntime:" in text else dedent(WEEK) + text, sets=sets)


def plan_of(*parts: str, sets: Sequence[str] = ()) -> Plan:
    """The plan of ``resolved_of``."""
    return build(resolved_of(*parts, sets=sets))


@dataclass(frozen=True)
class Line:
    """A POS line by the names of things; ``luck`` decides what becomes of its event."""

    day: float
    location: str
    sku: str
    units: int
    luck: int


def lines_of(plan: Plan, replication: int = 1) -> list[Line]:
    """All lines that will be asked of the tills, in order of time and location; 0 units are shrink."""
    lines, start, found = Lines(plan, replication), plan.scenario.start_us, []
    places, skus = [place.id for place in plan.network.locations], plan.items.skus
    while not lines.finished:
        sales = fresh_sales(lines, lines.next_stretch())
        for row in sales[np.lexsort((sales["location"], sales["key"]))]:
            day = (int(row["key"] >> KEY_SHIFT) - start) / DAY
            found.append(Line(day, places[row["location"]], skus[row["sku"]], int(row["quantity"]), int(row["told"])))
    return found


def fresh_sales(lines: Lines, operations: Operations) -> NDArray[np.void]:
    """The sales of a stretch, track by track, without those carried over from the one before."""
    return np.concatenate([operations.sales[track["sales"] : track["sales_end"]] for track in lines.tracks])


def on_one_track(plan: Plan) -> Plan:
    """The same plan with the operations of all locations on a single track."""
    together = replace(plan)
    together.__dict__["tracks"] = 1  # where the cached property would keep it
    return together


@dataclass
class Told:
    """A message that left a location."""

    kind: Kind
    time: int
    location: int
    cells: NDArray[np.int32]
    units: NDArray[np.int32]


@dataclass
class Ran:
    """A run, with what was decided and what was told while it went on."""

    simulation: Simulation
    orders: list[Order] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    heard: list[tuple[Message, int]] = field(default_factory=list)  # and when
    result: Replication | None = None

    @property
    def plan(self) -> Plan:
        return self.simulation.plan

    @property
    def now(self) -> int:
        """µs since the start; the end once the run is over."""
        at = self.simulation.clock.time if self.result is None else self.plan.scenario.end_us
        return at - self.plan.scenario.start_us

    @property
    def on_hand(self) -> NDArray[np.int32]:
        """What is on the shelves, by cell."""
        return self.simulation.shelves.shelves.on_hand

    @property
    def believed(self) -> NDArray[np.int32]:
        """What the record holds to be on the shelves, by cell."""
        levels: NDArray[np.int32] = self.simulation.brain.record.cells["on_hand"]
        return levels

    def total(self, column: str) -> int:
        """The sum of a column of the ledger over days and buckets."""
        return int(self.simulation.shelves.shelves.pages[column].sum())

    def cell(self, location: str, sku: str) -> int:
        """Number of a cell."""
        place = np.array([self.plan.items.index[sku]], np.int32)
        return int(self.plan.ranged.find(self.plan.network.index[location], place)[0])

    def catch_up(self) -> None:
        """Run the shelves of every location up to the present."""
        for location in range(len(self.plan.network.locations)):
            self.simulation.shelves.visit(location)

    def placed(self, destination: str) -> list[tuple[float, list[int]]]:
        """Orders for a location: days since the start, and units."""
        number, start = self.plan.network.index[destination], self.plan.scenario.start_us
        mine = [order for order in self.orders if order.destination == number]
        return [((order.time - start) / DAY, order.units.tolist()) for order in mine]

    def happened(self, kind: Kind, location: str) -> list[tuple[float, list[int]]]:
        """Messages of a kind from a location: days since the start, and units."""
        number, start = self.plan.network.index[location], self.plan.scenario.start_us
        mine = [told for told in self.told if told.kind == kind and told.location == number]
        return [((told.time - start) / DAY, told.units.tolist()) for told in mine]


def run(plan: Plan, after_step: Hook | None = None, *, replication: int = 1, **options: Any) -> Ran:
    """Simulate ``plan``; ``after_step`` is called after every step of the network lane, and at the end."""
    simulation = Simulation(plan, replication, folder=options.pop("folder", None), **options)
    ran = Ran(simulation)
    place, send, step = simulation.place, simulation.courier.send, simulation.clock.step
    hear = simulation.brain.hear

    def placing(order: Order) -> None:
        ran.orders.append(order)
        place(order)

    def sending(kind: Kind, location: int, cells: Any, units: Any, other: Any) -> None:
        ran.told.append(Told(kind, simulation.clock.time, location, cells.copy(), units.copy()))
        send(kind, location, cells, units, other)

    def hearing(message: Message, record_time: int) -> None:
        ran.heard.append((message, record_time))
        hear(message, record_time)

    def stepping() -> Any:
        done = step()
        if after_step is not None:
            after_step(ran)
        return done

    simulation.place = placing
    simulation.courier.send = sending  # type: ignore[method-assign]
    simulation.brain.hear = hearing  # type: ignore[method-assign]
    simulation.clock.step = stepping  # type: ignore[method-assign]
    ran.result = simulation.run()
    if after_step is not None:
        after_step(ran)
    return ran


def digests(plan: Plan, replication: int = 1) -> tuple[str, str]:
    """Digests of events and decisions of a replication."""
    result = run(plan, replication=replication).result
    assert result is not None
    return result.events_digest, result.decisions_digest
