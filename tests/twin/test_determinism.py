"""The same run, bit for bit: whatever the hash seed, the number of processes, the processor, and whether events are kept."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Every law, every kind of rule, everything that is made up by a hash; small.
EVERYTHING = """
name: everything
time: {start: 2026-03-05, days: 6, warmup_days: 1, timezone: America/New_York}
seed: 11
replications: 2
catalog: {generate: {skus: 150, price: {dist: lognormal, mean: 4, cv: 1}}}
network:
  generate:
    stores: 4
    fcs: 2
    suppliers: 3
    store_lane: {transit: {dist: gamma, mean: 20h, cv: .5}, departs: ["02:00"], capacity_units: 400}
    supplier_lane: {transit: {dist: lognormal, mean: 2d, cv: 1}, order: {pack: 6, moq: 12, days: [mon, tue, thu, fri]}}
assortment: [{where: {kind: store}, top: 100}, {top: 150}]
demand:
  pos: {at: {kind: store}, lines_per_day: 300, hours: retail, weekdays: retail, size: retail, overdispersion: 2}
  surges: {name: rush, from: 2026-03-08, for: 1d, times: 3, where: {category: category-03}}
  unmet: backorder
inventory:
  opening: [{where: {kind: fc}, units: 60}, {level: steady}]
  shrink: {where: {kind: store}, rate: .01/d}
  count: {where: {kind: store}, every: 2d, at: "06:00"}
operations: {docks: {doors: 2, unload: {dist: triangular, low: 10m, mode: 20m, high: 1h}, per_unit: 2s}}
streams:
  pos: {latency: {dist: lognormal, median: 800ms, p95: 20s}, late: {share: .01, delay: {dist: exponential, mean: 2h}},
        duplicates: .01, loss: .001, catch_up: 1h}
  warehouse: {latency: {dist: normal, mean: 1h, sd: 20m}, duplicates: .05}
  count: {latency: {dist: empirical, values: [1h, 5h], weights: [3, 1]}}
policies:
  reorder:
    - {where: {kind: store, category: category-01}, use: s_S, service: .9, cover_days: 4}
    - {where: {kind: store}, use: base_stock, level: auto, service: .97, review: 1d}
    - {where: {kind: fc}, use: r_Q, r: auto, Q: 60}
disruptions:
  - {at: 2026-03-07T10:00, for: 4h, offline: {share: .5}}
  - {at: 2026-03-06, for: 2d, supplier_delay: {times: 1.7}}
costs: {holding_per_day: .0005, order: 50, lost_sale: margin, backorder_per_day: 1, pick: .35}
"""


def result(folder: Path, *options: str, **environment: str) -> dict[str, Any]:
    """What a run by the command line came to, in a process of its own."""
    folder.mkdir(exist_ok=True)
    (folder / "everything.yaml").write_text(EVERYTHING)
    command = [sys.executable, "-m", "twin", "run", "everything.yaml", "--out", "runs", *options]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT), **environment}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    (run,) = (folder / "runs").iterdir()
    info = json.loads((run / "run.json").read_text())
    kpis = json.loads((run / "kpis.json").read_text())
    return {
        "digests": [(each["events_digest"], each["decisions_digest"]) for each in info["results"]],
        "whole": (info["events_digest"], info["decisions_digest"], info["scenario_digest"]),
        "kpis": kpis["variants"],
        "decisions": (run / "decisions.parquet").stat().st_size > 0,
        "events": (run / "events").exists(),
    }


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The run that all others must equal."""
    found = result(tmp_path_factory.mktemp("base"), PYTHONHASHSEED="0")
    assert len({digest for pair in found["digests"] for digest in pair}) == 4  # two replications, and neither is empty
    assert not found["events"]
    return found


def test_another_hash_seed_and_with_events_kept(base: dict[str, Any], tmp_path: Path) -> None:
    other = result(tmp_path, "--events", PYTHONHASHSEED="12345")
    assert other.pop("events")
    assert {**other, "events": False} == base


def test_two_processes(base: dict[str, Any], tmp_path: Path) -> None:
    assert result(tmp_path, "--jobs", "2", PYTHONHASHSEED="7") == base


def enabled_features() -> str:
    """Instructions of this processor that NumPy would choose at run time."""
    core = importlib.import_module("numpy._core._multiarray_umath")
    return " ".join(name for name in core.__cpu_dispatch__ if core.__cpu_features__[name])


def test_numpy_without_the_instructions_it_would_choose(base: dict[str, Any], tmp_path: Path) -> None:
    """Its exp, log and pow have other bits then: nothing that decides may come from them."""
    assert result(tmp_path, NPY_DISABLE_CPU_FEATURES=enabled_features()) == base


@pytest.mark.slow  # compiles all kernels once more, for a processor without any extras; they are kept apart in the cache
def test_a_plain_processor(base: dict[str, Any], tmp_path: Path) -> None:
    plain = result(tmp_path, NPY_DISABLE_CPU_FEATURES=enabled_features(), NUMBA_CPU_NAME="generic")
    assert plain == base


def test_a_resolved_scenario_runs_the_same(base: dict[str, Any], tmp_path: Path) -> None:
    import scenarios

    resolved = scenarios.loads(EVERYTHING)
    (tmp_path / "again.yaml").write_text(resolved.to_yaml())
    assert scenarios.load(tmp_path / "again.yaml").digest == base["whole"][2]["base"]
