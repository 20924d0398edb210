"""Reorder rules deciding: plain Python one cell at a time against a vector of cells."""

from __future__ import annotations

import numpy as np

from policies.registry import make
from policies.reorder.base import CellFacts, ReorderState
from tests.bench.figures import Figure, repeated, wall

CELLS = 1_000_000
ONE_BY_ONE = 50_000
RULES: dict[str, dict[str, object]] = {
    "base_stock": {"level": 40},
    "r_Q": {"r": 20, "Q": 24},
    "s_S": {"s": 20, "S": 60},
    "periodic": {"level": 40},
}


def measure() -> list[Figure]:
    """Decisions a second of every built-in rule, both ways, and how long automatic levels take."""
    facts = CellFacts.of(CELLS, demand_mean=3.0, lead_time_mean=4.0, review_days=1.0)
    position = np.random.default_rng(1).integers(0, 60, CELLS)
    many = ReorderState(np.arange(CELLS), position, position, np.zeros(CELLS, np.int64), np.zeros(CELLS, np.int64))
    few = [ReorderState(i, int(p), int(p)) for i, p in enumerate(position[:ONE_BY_ONE])]
    figures = []
    for name, parameters in RULES.items():
        rule = make(name, facts, parameters)
        assert [rule.quantity(one) for one in few] == rule.quantities(many)[:ONE_BY_ONE].tolist()
        plain, _ = repeated(lambda rule=rule: wall(lambda: [rule.quantity(one) for one in few]), 5)  # type: ignore[misc]
        vector, _ = repeated(lambda rule=rule: wall(lambda: rule.quantities(many)), 5)  # type: ignore[misc]
        figures += [
            Figure(f"{name}: one at a time", ONE_BY_ONE / plain / 1e6, "M decisions/s"),
            Figure(f"{name}: a million at once", CELLS / vector / 1e6, "M decisions/s"),
            Figure(f"{name}: ratio", plain / ONE_BY_ONE / (vector / CELLS), "times"),
        ]
    varied = CellFacts.of(CELLS, demand_mean=np.random.default_rng(2).gamma(1.0, 1.0, CELLS), lead_time_mean=4.0)
    make("base_stock", CellFacts.of(1), {"level": "auto"})
    auto, _ = repeated(lambda: wall(lambda: make("base_stock", varied, {"level": "auto"})), 2)
    figures.append(Figure("automatic levels, a million different cells", CELLS / auto / 1e6, "M cells/s"))
    return figures
