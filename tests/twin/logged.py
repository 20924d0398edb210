"""A run of which everything was kept, with events of every kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.twin.scenes import TWO_STORES, Ran, plan_of, run
from twin.simulate import Plan

EVERY_KIND = """
demand:
  pos:
    - {at: {kind: store}, sku: A, rate: 6/d, size: {dist: geometric, mean: 1.5}}
    - {at: {ids: [S1]}, sku: B, rate: 2/d}
  unmet: {pos: backorder}
inventory:
  opening: {units: 9}
  shrink: {where: {kind: store}, rate: 0.3/d}
  count: {where: {kind: store}, every: 2d}
streams:
  pos: {latency: {dist: exponential, mean: 1h}, duplicates: .05, loss: .02}
  warehouse: {latency: {dist: empirical, values: [0s, 1h]}, duplicates: .9}
  count: {latency: 6h, duplicates: .5}
policies:
  reorder:
    - {where: {kind: store}, use: base_stock, level: 10, review: 1d}
    - {where: {kind: fc}, use: s_S, s: 12, S: 30}
"""


def keep_all(folder: Path) -> tuple[Plan, Ran]:
    """Run ``EVERY_KIND`` into ``folder``."""
    plan = plan_of(TWO_STORES, EVERY_KIND)
    return plan, run(plan, folder=folder, keep_events=True)


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Rows of a Parquet file as JSON has them."""
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows
