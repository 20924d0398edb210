"""Web orders through their whole life on one core: three carts an order, hold, route, reserve, pick, pack, ship, deliver.

200,000 orders a day at 200 stores and 12 centers with 1.8 lines each, 60 candidates a zone. Carts are drawn before a day's clock
starts and timed apart. The first days have nothing to deliver yet, so the last ones are what counts.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import scenarios
from network.geography import cities
from policies.routing import Plan as Sendings
from policies.routing import Proximity, Question, RoutingFacts
from tests.bench.figures import Figure
from twin.body.simulation import Simulation
from twin.clock import DAY, Phase
from twin.kpis.orders import ORDER
from twin.orders.state import Control
from twin.runs.versions import peak_memory_bytes
from twin.simulate import Plan, build

ORDERS, CARTS_AN_ORDER, DAYS, STEADY = 200_000, 3, 6, 4  # from the fourth day on as many parcels arrive as leave
STORES, CENTERS, ZONES, SKUS, OF_STORES = 200, 12, 200, 50_000, 10_000
SCENARIO = """
name: web-orders
time: {{start: 2026-03-02, days: {days}, timezone: America/New_York}}
seed: 1
catalog: {{generate: {{skus: {skus}, popularity: {{zipf: {{s: 1.08, q: 100}}}}}}}}
network:
  generate: {{countries: [US], stores: {stores}, fcs: {centers}, suppliers: 10}}
  zones: [{zones}]
assortment: [{{where: {{kind: store}}, top: {of_stores}}}, {{top: {skus}}}]
demand:
  web:
    - orders_per_day: {carts}
      lines: {{1: .5, 2: .3, 3: .1, 4: .1}}
      checkout: {{dist: exponential, mean: 10m}}
      abandon: {abandon}
      hours: retail
inventory: {{opening: [{{where: {{kind: fc}}, units: 8000}}, {{units: 300}}]}}
ship_from_store: [{{where: {{kind: store}}}}]
operations:
  stations:
    pick: {{at: {{kind: [store, fc]}}, servers: 200, time: {{dist: exponential, mean: 2m}}, next: pack}}
    pack: {{at: {{kind: [store, fc]}}, servers: 200, time: 1m, next: ship}}
    ship: {{at: {{kind: [store, fc]}}, servers: 200, time: {{dist: exponential, mean: 30s}}}}
carriers: [{{id: post, transit: by_distance}}]
promise: {{delivery: 5d}}
policies: {{routing: {{use: {rule}}}}}
"""


class Nearest:
    """What somebody might write: the nearest that has everything; where nobody has, as `proximity` does."""

    def __init__(self, facts: RoutingFacts, **settings: Any) -> None:
        self._otherwise = Proximity(facts, **settings)

    def choose(self, question: Question) -> Sendings:
        """Return who ships what."""
        for candidate in range(question.n_candidates):
            if question.whole(candidate):
                return question.all_from(candidate)
        return self._otherwise.choose(question)


@dataclass(frozen=True)
class Mark:
    """Where a run stood at a midnight."""

    placed: int
    carts: int
    delivered: int
    cpu: float
    timings: dict[str, float]


class Watched:
    """A run that looks at its clocks a microsecond before each midnight of the simulation."""

    def __init__(self, plan: Plan) -> None:
        self.simulation = Simulation(plan, 1, folder=None)
        self.marks: list[Mark] = []
        for day in range(1, plan.days + 1):
            self.simulation.clock.at(plan.scenario.start_us + day * DAY - 1, Phase.MEASURE, self._mark)

    @property
    def book(self) -> Any:
        """The book of orders."""
        orders = self.simulation.shelves.orders
        assert orders is not None
        return orders.book

    def _mark(self) -> None:
        tally = self.book.tally.sum(axis=0)
        placed, carts, delivered = (int(tally[ORDER[name]]) for name in ("orders", "carts", "delivered"))
        self.marks.append(Mark(placed, carts, delivered, time.process_time(), dict(self.simulation.timings)))

    def run(self) -> None:
        """Run to the end."""
        self._mark()
        self.simulation.run()

    def digest(self) -> int:
        """Digest of all that the book decided."""
        return int(self.book.control[Control.DIGEST_DECIDED])


def plan(rule: str, days: int) -> Plan:
    """The network, its zones in the largest cities."""
    largest = sorted(cities(), key=lambda city: -city.population)[:ZONES]
    people = sum(city.population for city in largest)
    zones = ", ".join(
        f"{{id: Z{i}, at: [{city.at[0]}, {city.at[1]}], share: {city.population / people}}}" for i, city in enumerate(largest)
    )
    text = SCENARIO.format(
        days=days, skus=SKUS, stores=STORES, centers=CENTERS, zones=zones, of_stores=OF_STORES, rule=rule,
        carts=CARTS_AN_ORDER * ORDERS, abandon=1 - 1 / CARTS_AN_ORDER,
    )  # fmt: skip
    return build(scenarios.loads(text))


def _days(words: str, run: Watched, aim: str) -> list[Figure]:
    """Orders a second in the lane on each day, and in the steady ones together."""
    marks, figures = run.marks, []
    for number, (before, after) in enumerate(pairwise(marks), start=1):
        lane = after.timings["lane"] - before.timings["lane"]
        figures.append(Figure(f"{words}: day {number}", (after.placed - before.placed) / lane, "orders/s"))
    first, last = marks[STEADY - 1] if len(marks) > STEADY else marks[0], marks[-1]
    lane, drawn = last.timings["lane"] - first.timings["lane"], last.timings["generate"]
    placed, carts = last.placed - first.placed, last.carts - first.carts
    return [
        *figures,
        Figure(f"{words}: steady, {placed:,} placed", placed / lane, "orders/s", aim),
        Figure(f"{words}: the same, by seconds of processor", placed / (last.cpu - first.cpu), "orders/s"),
        Figure(f"{words}: of which were delivered", last.delivered - first.delivered, "orders"),
        Figure(f"{words}: the same, carts", carts / lane, "carts/s"),
        Figure(f"{words}: drawing carts", last.carts / drawn, "carts/s"),
    ]


def measure() -> list[Figure]:
    """Orders a second with the compiled rule and with one in Python, which decide the same."""
    compiled = Watched(plan("proximity", DAYS))
    compiled.run()
    figures = _days("proximity, compiled", compiled, "at least 250,000, aim 600,000")
    tally = compiled.book.tally.sum(axis=0)
    figures += [
        Figure(f"share of orders: {name}", float(tally[ORDER[name]] / tally[ORDER["orders"]]), "")
        for name in ("split", "refused", "backordered", "holds_limited")
    ]
    own = Watched(plan("tests.bench.orders:Nearest", DAYS))
    own.run()
    assert own.digest() == compiled.digest()
    return [*figures, *_days("a rule in Python", own, "at least 50,000"), Figure("memory", peak_memory_bytes() / 2**30, "GiB")]
