"""One replication of one variant: build its plan, run it into a folder of its own, and seal that folder.

The same function serves a run in one process and the workers of many; a replication that was begun and not
finished leaves only a folder whose name says so, never one that looks whole.
"""

from __future__ import annotations

import importlib
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.runs.durable import PART, file_name, seal, write_json
from twin.runs.errors import DiskFull, is_disk_full
from twin.runs.progress import Report
from twin.runs.versions import peak_memory_bytes

if TYPE_CHECKING:
    from cProfile import Profile

    from scenarios import Resolved

Simulate = Callable[..., Any]  # as twin.simulate.simulate
SIMULATOR = "twin.simulate"
REPORT_EVERY_S = 0.1
BASE = "base"

SCENARIO = "scenario.yaml"
REPLICATIONS = "replications"
SUMMARY = "replication.json"
KPIS = "kpis.parquet"
TIMELINE = "timeline.parquet"
DECISIONS = "decisions.parquet"
EVENTS = "events"


@dataclass(frozen=True)
class Task:
    """What one replication needs to be run anywhere: only names, so that it travels to any process.

    Attributes
    ----------
    folder
        The run folder; its ``scenario.yaml`` is what is run.
    variant, replication
        Which; replications count from 1.
    keep_events
        Whether the event log is kept.
    simulator
        The module that has ``build`` and ``simulate``.
    """

    folder: str
    variant: str
    replication: int
    keep_events: bool = False
    simulator: str = SIMULATOR

    @property
    def key(self) -> str:
        """Name of the replication and of its folder: ``base-1``."""
        return f"{file_name(self.variant)}-{self.replication}"


@dataclass(frozen=True)
class Finished:
    """What is known of a replication besides its files; this is its ``replication.json``.

    ``seconds`` is the time that simulating took, without building the plan or writing KPIs.
    """

    variant: str
    replication: int
    seed: int
    events_digest: str
    decisions_digest: str
    events: int
    seconds: float
    peak_memory_bytes: int
    counters: dict[str, int] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Name of the replication and of its folder: ``base-1``."""
        return f"{file_name(self.variant)}-{self.replication}"


@dataclass(frozen=True)
class Built:
    """A variant ready to be run: the scenario as resolved, and the simulator's plan of it."""

    resolved: Resolved
    plan: Any


class Plans:
    """The plan built last, kept for the next replication of the same variant."""

    def __init__(self) -> None:
        self._key: tuple[str, str] | None = None
        self._built: Built | None = None

    def keep(self, folder: str, variant: str, built: Built) -> None:
        """Remember what was built for this run and variant."""
        self._key, self._built = (folder, variant), built

    def clear(self) -> None:
        """Let go of the plan."""
        self._key = self._built = None

    def of(self, task: Task) -> Built:
        """The plan of the task's variant, built from the run folder's scenario unless it is the one kept."""
        if self._built is None or self._key != (task.folder, task.variant):
            self.clear()  # first let go of the old one: two national plans may not fit in memory
            import scenarios

            variant = None if task.variant == BASE else task.variant
            resolved = scenarios.load(Path(task.folder) / SCENARIO, variant=variant)
            built = Built(resolved, importlib.import_module(task.simulator).build(resolved))
            self.keep(task.folder, task.variant, built)
            return built
        return self._built


def perform(
    task: Task,
    plans: Plans,
    report: Callable[[Report], None] | None = None,
    *,
    profiler: Profile | None = None,
    instead: Simulate | None = None,
) -> Finished:
    """Run one replication and seal its folder under ``replications/``.

    Parameters
    ----------
    task, plans
        What to run, and where its plan may be kept.
    report
        Called some ten times a second at most.
    profiler
        Switched on around the simulation alone.
    instead
        Called in place of the simulator's own ``simulate``.

    Raises
    ------
    DiskFull
        When the file system has no room left; what had been written of this replication is removed.
    """
    built = plans.of(task)
    final = Path(task.folder) / REPLICATIONS / task.key
    part = final.with_name(f".{task.key}{PART}")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(parents=True)
        finished = _simulate_into(part, task, built, report, profiler, instead)
        seal(part, final)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        if is_disk_full(error):
            raise DiskFull(
                f"no room left to write replication {task.key} in {task.folder}: {error.strerror}"
            ) from error
        raise
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return finished


def read_finished(folder: Path) -> list[Finished]:
    """All finished replications under ``replications/`` of a run folder, by variant name and number."""
    found = []
    for summary in (folder / REPLICATIONS).glob(f"[!.]*/{SUMMARY}"):
        found.append(Finished(**json.loads(summary.read_text(encoding="utf-8"))))
    return sorted(found, key=lambda one: (one.variant, one.replication))


def _simulate_into(
    part: Path,
    task: Task,
    built: Built,
    report: Callable[[Report], None] | None,
    profiler: Profile | None,
    instead: Simulate | None,
) -> Finished:
    simulate = instead or importlib.import_module(task.simulator).simulate
    progress = _throttled(report) if report is not None else None
    began = time.perf_counter()
    if profiler is not None:
        profiler.enable()
    try:
        result = simulate(
            built.plan, task.replication, folder=part, keep_events=task.keep_events, progress=progress
        )
    finally:
        if profiler is not None:
            profiler.disable()
    seconds = time.perf_counter() - began
    if report is not None:
        scenario, events = built.resolved.scenario, int(result.counters.get("events", 0))
        report(Report(scenario.end_us, scenario.start_us, scenario.end_us, events))
    _measure_into(part, task, built, result)
    finished = Finished(
        variant=task.variant,
        replication=task.replication,
        seed=int(result.seed),
        events_digest=result.events_digest,
        decisions_digest=result.decisions_digest,
        events=int(result.counters.get("events", 0)),
        seconds=round(seconds, 6),
        peak_memory_bytes=peak_memory_bytes(),
        counters={name: int(value) for name, value in result.counters.items()},
        timings={name: round(float(value), 6) for name, value in result.timings.items()},
    )
    write_json(part / SUMMARY, asdict(finished))
    return finished


def _measure_into(part: Path, task: Task, built: Built, result: Any) -> None:
    """Compute the KPIs and the timeline of the replication and write them beside its decisions."""
    from twin.kpis.compute import compute
    from twin.kpis.timeline import timeline
    from twin.runs.parquet import write_table

    began = time.perf_counter()
    plan, timezone = built.plan, built.resolved.scenario.time.timezone
    told = getattr(result, "told", None)  # a feed of events has no truth to tell of
    frame = compute(result.ledger, plan.labels, plan.rates, timezone=timezone, kpis=told)
    write_table(part / KPIS, frame.to_arrow(variant=task.variant, replication=task.replication))
    days = timeline(result.ledger, plan.labels)
    write_table(part / TIMELINE, days.to_arrow(variant=task.variant, replication=task.replication))
    result.timings["kpis"] = time.perf_counter() - began


def _throttled(report: Callable[[Report], None]) -> Callable[[Any], None]:
    """Pass on progress at most every `REPORT_EVERY_S` seconds; wall time decides only when one looks."""
    last = 0.0

    def progress(now: Any) -> None:
        nonlocal last
        moment = time.monotonic()
        if moment - last >= REPORT_EVERY_S:
            last = moment
            report(Report(int(now.now_us), int(now.start_us), int(now.end_us), int(now.events)))

    return progress
