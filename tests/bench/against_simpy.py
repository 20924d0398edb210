"""The twin against the plain SimPy model: 20 stores with 100 SKUs, the very same lines and draws, the same results."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq

import scenarios
from tests.bench.figures import Figure, repeated, wall
from tests.bench.plain_model import DAY, Given, Line, Ordered, PlainModel, Results
from twin.body.simulation import Simulation
from twin.clock import HOUR, KEY_SHIFT
from twin.kpis.ledger import COUNT
from twin.random.keyed import KeyedDraws, entity
from twin.random.laws import duration_table
from twin.random.purposes import Purpose
from twin.random.tables import quantile_draw_plain
from twin.simulate import Plan, build
from twin.world.lines import Lines

if TYPE_CHECKING:
    from network import Lane

DEPARTS = 20 * HOUR
REPLICATION = 1


@dataclass(frozen=True)
class Size:
    """How large the common scenario is: lines of a store and day, units on a truck, lot of the FC, share of late events."""

    stores: int = 20
    skus: int = 100
    lines: int = 1000
    days: int = 28
    seed: int = 1
    room: int = 4000
    lot: int = 2400
    late: float = 0.005


def scenario(size: Size) -> str:
    """The scenario both models run."""
    stores = [f"S{i:02d}" for i in range(1, size.stores + 1)]
    locations = "\n".join(f"    - {{id: {store}, kind: store}}" for store in stores)
    lane = f'transit: {{dist: lognormal, mean: 8h, cv: .2}}, departs: "20:00", capacity_units: {size.room}'
    lanes = "\n".join(f"    - {{from: F1, to: {store}, {lane}}}" for store in stores)
    return f"""
name: against-simpy
time: {{start: 2026-11-02, days: {size.days}, timezone: UTC}}
seed: {size.seed}
catalog: {{generate: {{skus: {size.skus}, categories: 5, popularity: {{zipf: {{s: 1.08, q: 5}}}}}}}}
network:
  locations:
{locations}
    - {{id: F1, kind: fc}}
    - {{id: V1, kind: supplier}}
  lanes:
{lanes}
    - {{from: V1, to: F1, transit: {{dist: lognormal, mean: 3d, cv: .4}}, order: {{moq: 24, pack: 12}}}}
demand:
  pos:
    - {{at: {{kind: store}}, lines_per_day: {size.lines}, hours: retail, weekdays: retail, size: retail}}
  unmet: {{pos: lost}}
inventory: {{opening: {{level: target}}}}
streams:
  pos:
    latency: {{dist: lognormal, median: 800ms, p95: 20s}}
    late: {{share: {size.late}, delay: {{dist: exponential, mean: 2h}}}}
policies:
  reorder:
    - {{where: {{kind: store}}, use: base_stock, level: auto, service: .97, review: 1d}}
    - {{where: {{kind: fc}}, use: r_Q, r: auto, service: .9, Q: {size.lot}}}
"""


def plan_of(size: Size) -> Plan:
    """The twin's plan of the common scenario."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "against-simpy.yaml"
        path.write_text(scenario(size), "utf-8")
        return build(scenarios.load(path))


def lines_of(plan: Plan) -> list[Line]:
    """All lines the twin generates, with the time the record would hear of each."""
    lines, found = Lines(plan, REPLICATION), list[Line]()
    while not lines.finished:
        sales, arrivals = lines.next_stretch()
        heard = np.zeros(sales.size, np.int64)
        for told in (*(arrivals[track["arrivals"] : track["arrivals_end"]] for track in lines.tracks), lines.waiting):
            heard[told["row"]] = told["key"] >> KEY_SHIFT
        fresh = np.concatenate([np.arange(track["sales"], track["sales_end"]) for track in lines.tracks])
        fresh = fresh[np.lexsort((sales["location"][fresh], sales["key"][fresh]))]
        sales = sales[fresh]
        columns = (sales["key"] >> KEY_SHIFT, sales["cell"], sales["quantity"], heard[fresh])
        found += zip(*(column.tolist() for column in columns), strict=True)
    return found


def _times(plan: Plan, lane: Lane, purpose: Purpose, count: int) -> list[int]:
    """The first so many durations that the twin would draw for a lane."""
    draws = KeyedDraws(plan.scenario.seed, REPLICATION)
    table, slot = duration_table(lane.transit), entity("lane", lane.origin, lane.destination)  # type: ignore[arg-type]
    return [quantile_draw_plain(table, draws.u32(purpose, slot, n)) for n in range(1, count + 1)]


def given_by(plan: Plan) -> Given:
    """What the plain model needs to know, all of it from the plan."""
    network, ranged = plan.network, plan.ranged
    first = ranged.first.tolist()
    fc = network.index["F1"]
    stores = [i for i, place in enumerate(network.locations) if place.kind == "store"]
    points = np.zeros(plan.cells, np.int64)
    for group in plan.groups:
        points[ranged.of(group.location)][group.local] = group.policy.order_points()
    lots = np.zeros(plan.cells, np.int64)
    lots[ranged.of(fc)] = plan.scenario.policies.reorder[1].params["Q"]
    source = np.full(plan.cells, -1, np.int64)
    for store in stores:
        source[ranged.of(store)] = ranged.find(fc, ranged.skus[store])
    lanes = {(lane.origin, lane.destination): lane for lane in network.lanes}
    truck, supply = lanes["F1", network.locations[stores[0]].id], lanes["V1", "F1"]
    assert truck.capacity_units is not None
    return Given(
        start=plan.scenario.start_us, end=plan.scenario.end_us, lines=lines_of(plan), opening=plan.opening.tolist(),
        levels=(points + 1).tolist(), source=source.tolist(), stores=[range(first[i], first[i + 1]) for i in stores],
        fc=range(first[fc], first[fc + 1]), points=points.tolist(), lots=lots.tolist(), least=supply.moq,
        pack=supply.pack, departs=DEPARTS, room=truck.capacity_units,
        transits=[
            _times(plan, lanes["F1", network.locations[i].id], Purpose.TRANSIT, plan.days + 1) for i in stores
        ],
        lead_times=_times(plan, supply, Purpose.LEAD_TIME, plan.days + 1),
    )  # fmt: skip


def _orders(plan: Plan, path: Path) -> list[Ordered]:
    """The twin's orders as the plain model notes them."""
    table = pq.read_table(path, columns=["time", "destination", "sku", "units", "position"])
    columns = [table[name].to_pylist() for name in table.column_names]
    index, sku_index = plan.network.index, plan.items.index
    found = []
    for time, destination, sku, units, position in zip(*columns, strict=True):
        place = index[destination]
        cell = int(plan.ranged.find(place, np.array([sku_index[sku]], np.int32))[0])
        found.append((time, place if plan.network.locations[place].kind == "store" else -1, cell, units, position))
    return found


class TwinRun:
    """A run of the twin that keeps what the plain model keeps."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self._plan, self._folder = plan, folder
        self._simulation = Simulation(plan, REPLICATION, folder=folder)

    def run(self) -> None:
        """Run to the end, decisions written to disk and the ledger closed."""
        self._replication = self._simulation.run()

    def results(self) -> Results:
        """What it came to."""
        assert self._plan.by_cell
        counts = self._replication.ledger.counts.sum(axis=0)
        return Results(
            counts[:, COUNT["sold"]].tolist(), counts[:, COUNT["lost"]].tolist(),
            self._simulation.shelves.shelves.on_hand.tolist(),
            self._simulation.brain.record.cells["on_hand"].tolist(),
            _orders(self._plan, self._folder / "decisions.parquet"),
        )  # fmt: skip


def assert_equal(plain: Results, twin: Results) -> None:
    """Both models must come to the same, cell by cell and order by order."""
    for what in ("sold", "lost", "truth", "record"):
        assert getattr(plain, what) == getattr(twin, what), f"{what} differs"
    assert sorted(plain.orders) == sorted(twin.orders), "orders differ"


def compared(size: Size, times: int) -> list[Figure]:
    """Speeds of both on one size, and their ratio; fails unless the results are equal."""
    plan = plan_of(size)
    given = given_by(plan)
    plain_runs, twin_runs = list[PlainModel](), list[TwinRun]()
    plain_results = list[Results]()

    def plain() -> float:
        plain_runs[:] = [PlainModel(given)]
        return wall(lambda: plain_results.append(plain_runs[0].run()))

    with tempfile.TemporaryDirectory() as folder:

        def twin() -> float:
            twin_runs[:] = [TwinRun(plan, Path(folder))]
            return wall(twin_runs[0].run)

        twin()  # compiles
        twin_best, twin_median = repeated(twin, 2 * times + 1)
        plain_best, plain_median = repeated(plain, times)
        assert_equal(plain_results[-1], twin_runs[0].results())
    count, label = len(given.lines), f"{size.lines:,} lines a store and day"
    return [
        Figure(f"{label}: plain model, best", count / plain_best / 1e6, "M lines/s"),
        Figure(f"{label}: twin, best", count / twin_best / 1e6, "M lines/s"),
        Figure(f"{label}: ratio of the bests", plain_best / twin_best, "times", "at least 10, aim 20"),
        Figure(f"{label}: ratio of the medians", plain_median / twin_median, "times"),
        Figure(f"{label}: lines compared, results equal", count, "lines"),
    ]


def measure() -> list[Figure]:
    """A small shop and a large one; what is fixed a day weighs less in the large one."""
    return compared(Size(lines=1000), 3) + compared(Size(lines=5000, lot=12000, room=20000), 2)


assert DAY == 24 * HOUR
