"""The quickstart as `make run` runs it, once what it needs is installed: the whole command, and its parts in one process."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.shell import twin_seconds

SCENARIO = "quickstart"


class Parts:
    """Names the seconds since the last part."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self._last = time.perf_counter()

    def add(self, name: str, rate: int = 0) -> None:
        """The part that ends here; ``rate`` is what was counted in it."""
        now = time.perf_counter()
        spent, self._last = now - self._last, now
        self.figures.append(Figure(f"  {name}", spent, "s"))
        if rate:
            self.figures.append(Figure(f"  {name}: {rate:,} lines", rate / spent / 1e6, "M lines/s"))


def _parts(folder: Path) -> list[Figure]:
    parts = Parts()
    import scenarios
    from twin import sources
    from twin.kpis.compute import compute
    from twin.kpis.timeline import timeline
    from twin.runs.parquet import write_table
    from twin.simulate import build, simulate

    resolved = scenarios.load(SCENARIO)
    parts.add("import and load")
    sources.products(), sources.stores(), sources.assortment()
    scenario = resolved.scenario
    sources.recorded_sales(sources.COMPLETE_JOURNEY, scenario.start_us, scenario.end_us)
    parts.add("Complete Journey data read")
    plan = build(resolved)
    parts.add(f"plan of {plan.cells:,} cells")
    done = simulate(plan, 1, folder=folder)
    parts.add("simulate, decisions written", done.counters["lines"])
    parts.figures += [Figure(f"    {stage}", spent, "s") for stage, spent in done.timings.items()]
    frame = compute(done.ledger, plan.labels, plan.rates, timezone=scenario.time.timezone)
    days = timeline(done.ledger, plan.labels)
    parts.add("KPIs and timeline")
    write_table(folder / "kpis.parquet", frame.to_arrow(variant="base", replication=1))
    write_table(folder / "timeline.parquet", days.to_arrow(variant="base", replication=1))
    parts.add("KPIs and timeline written")
    return parts.figures


def measure() -> list[Figure]:
    """The command from a warm cache, best of three, then its parts."""
    with tempfile.TemporaryDirectory() as folder:
        twin_seconds("run", SCENARIO, "--out", folder)  # compiles
        whole = min(twin_seconds("run", SCENARIO, "--out", folder) for _ in range(3))
        return [
            Figure("`twin run quickstart` from start to end, best of 3", whole, "s", "under 10"),
            *_parts(Path(folder)),
        ]
