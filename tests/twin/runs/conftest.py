"""A small scenario and the fake simulator's ways."""

from __future__ import annotations

from pathlib import Path

import pytest

SCENARIO = """\
name: small
time: {start: 2026-11-02, days: 3, warmup_days: 1, timezone: America/New_York}
seed: 7
replications: 3
catalog: {items: [{sku: A, category: grocery, cost: 10, price: 25}]}
network:
  locations: [{id: S1, kind: store}, {id: V1, kind: supplier}]
  lanes: [{from: V1, to: S1, transit: 1d}]
demand: {pos: [{at: {kind: store}, sku: A, rate: 20/d}]}
inventory: {opening: {units: 50}}
policies: {reorder: [{where: {kind: store}, use: base_stock, level: 60}]}
variants:
  busier: {"demand.pos[0].rate": 30/d}
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path
