"""The whole pipeline on national-pos, day by day: generate, truth, channel, record, reviews, trucks, and the KPIs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import pairwise

import scenarios
from tests.bench.figures import Figure, wall
from twin.body.simulation import Simulation
from twin.clock import DAY, Phase
from twin.kpis.compute import compute
from twin.kpis.timeline import timeline
from twin.runs.versions import peak_memory_bytes
from twin.simulate import Plan, build

DAYS = 4
SCENARIO = "national-pos"


@dataclass(frozen=True)
class Mark:
    """Where a run stood at an instant."""

    wall: float
    cpu: float
    lines: int
    timings: dict[str, float]


class Watched:
    """A run that looks at the clock a microsecond before each midnight of the simulation."""

    def __init__(self, plan: Plan, days: int) -> None:
        self.plan, self.simulation = plan, Simulation(plan, 1, folder=None)
        self.marks: list[Mark] = []
        for day in range(1, days + 1):
            self.simulation.clock.at(plan.scenario.start_us + day * DAY - 1, Phase.MEASURE, self._mark)

    def _mark(self) -> None:
        simulation = self.simulation
        self.marks.append(Mark(time.perf_counter(), time.process_time(), simulation.shelves.lines_done, dict(simulation.timings)))

    def run(self) -> float:
        """Run to the end; returns the seconds from the last mark to the closed ledger and computed KPIs."""
        self._mark()
        replication = self.simulation.run()
        zone = self.plan.scenario.time.timezone
        compute(replication.ledger, self.plan.labels, self.plan.rates, timezone=zone)
        timeline(replication.ledger, self.plan.labels)
        return time.perf_counter() - self.marks[-1].wall


def _day(number: int, before: Mark, after: Mark) -> list[Figure]:
    lines, seconds = after.lines - before.lines, after.wall - before.wall
    aim = "at least 5, aim 10" if number > 1 else ""
    stages = {stage: after.timings[stage] - before.timings[stage] for stage in before.timings}
    return [
        Figure(f"day {number}: {lines:,} lines", lines / seconds / 1e6, "M lines/s", aim),
        Figure(f"day {number}: seconds of processor", after.cpu - before.cpu, "s"),
        *(Figure(f"day {number}:   {stage}", spent, "s") for stage, spent in stages.items()),
    ]


def measure() -> list[Figure]:
    """Start-up, then each day: the first has no truck yet, later ones have everything."""
    resolved = scenarios.load(SCENARIO, sets=[f"time.days={DAYS}"])
    small = scenarios.load("two-stores", sets=["time.days=2", "time.warmup_days=0"])
    Simulation(build(small), 1, folder=None).run()  # compiles, or loads what is compiled
    plans = list[Plan]()
    building = wall(lambda: plans.append(build(resolved)))
    runs = list[Watched]()
    starting = wall(lambda: runs.append(Watched(plans[0], DAYS)))
    closing = runs[0].run()
    marks = runs[0].marks
    figures = [
        Figure(f"plan of {plans[0].cells:,} cells", building, "s"),
        Figure("shelves and record filled", starting, "s"),
    ]
    for number, (before, after) in enumerate(pairwise(marks), start=1):
        figures += _day(number, before, after)
    lines, seconds = marks[-1].lines, marks[-1].wall - marks[0].wall
    return [
        *figures,
        Figure(f"all {DAYS} days: {lines:,} lines", lines / seconds / 1e6, "M lines/s"),
        Figure("closing the ledger, KPIs and timeline", closing, "s"),
        Figure(f"all {DAYS} days and closing", lines / (seconds + closing) / 1e6, "M lines/s"),
        Figure("peak memory", peak_memory_bytes() / 2**30, "GiB", "below 2"),
    ]
