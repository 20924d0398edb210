"""A textbook model as a person runs it: one store, one SKU, (r, Q), 10,000 days, from the shell to the table."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from tests.bench.figures import Figure, repeated
from tests.bench.shell import twin_seconds

SCENARIO = """
name: one-shelf
time: {start: 2026-01-01, days: 10000}
catalog: {items: [{sku: A, cost: 1, price: 2}]}
network:
  locations:
    - {id: S1, kind: store}
    - {id: V1, kind: supplier}
  lanes:
    - {from: V1, to: S1, transit: 2d}
demand: {pos: [{at: {kind: store}, sku: A, rate: 10/d}], unmet: {pos: lost}}
inventory: {opening: {units: 60}}
policies: {reorder: [{where: {kind: store}, use: r_Q, r: 30, Q: 50}]}
"""
DAILY = SCENARIO.replace("use: r_Q, r: 30, Q: 50", "use: base_stock, level: 45, review: 1d")


def _one(name: str, scenario: str, aim: str) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one-shelf.yaml"
        path.write_text(scenario, "utf-8")
        arguments = ("run", str(path), "--out", folder)
        twin_seconds(*arguments)  # compiles
        best, median = repeated(lambda: twin_seconds(*arguments), 5)
        newest = max(Path(folder).glob("*/run.json"), key=lambda found: found.stat().st_mtime)
        run = json.loads(newest.read_text("utf-8"))
    return [
        Figure(f"{name}: `twin run` from start to end, best", best, "s", aim),
        Figure(f"{name}: `twin run` from start to end, median", median, "s"),
        Figure(f"{name}: of it simulating", run["results"][0]["seconds"], "s"),
        Figure(f"{name}: events", run["events"], "events"),
    ]


def measure() -> list[Figure]:
    """Continuous and daily review."""
    return _one("(r, Q), continuous review", SCENARIO, "under 2") + _one("base stock, daily review", DAILY, "")
