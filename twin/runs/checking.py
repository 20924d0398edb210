"""Whether a scenario and all its variants could be run: plans are built, nothing is compiled or written."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twin.runs.replication import SIMULATOR

if TYPE_CHECKING:
    from scenarios import Resolved


@dataclass(frozen=True)
class Checked:
    """A sound scenario, and how many (location, SKU) pairs it has."""

    resolved: Resolved
    cells: int


def check(source: str | Path, simulator: str = SIMULATOR) -> Checked:
    """Read a scenario and build its plan and those of its variants.

    Raises
    ------
    scenarios.errors.ScenarioError
        All that is wrong with the file, or the first thing that only shows when names meet data.
    """
    import scenarios

    resolved = scenarios.validate(source)
    plan = importlib.import_module(simulator).plan
    cells = int(plan(resolved).cells)
    for variant in resolved.variants:
        plan(resolved.with_variant(variant))
    return Checked(resolved, cells)
