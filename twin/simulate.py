"""Building plans and running replications: what the run folder, the command line and the tests call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from twin.body.simulation import Progress, Replication, Simulation
from twin.plan.build import MemoryNeeded, Plan, build_plan
from twin.warm import warm_up

if TYPE_CHECKING:
    from scenarios import Resolved

__all__ = ["MemoryNeeded", "Plan", "Progress", "Replication", "build", "plan", "simulate"]


def build(resolved: Resolved, *, strict: bool = False) -> Plan:
    """Turn a scenario into a plan; see ``twin.plan.build.build_plan``. On a machine's first run, compile the kernels."""
    warm_up()
    return build_plan(resolved, strict=strict)


def plan(resolved: Resolved, *, strict: bool = False) -> Plan:
    """The same without compiling anything: for who wants to know whether a scenario is sound."""
    return build_plan(resolved, strict=strict)


def simulate(
    plan: Plan,
    replication: int,
    *,
    folder: Path | None,
    keep_events: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Replication:
    """Run one replication of a plan.

    Parameters
    ----------
    replication : its number, from 1; part of the key of every random number
    folder : where ``decisions.parquet`` and, with ``keep_events``, ``events/events.parquet`` go; None writes nothing
    progress : called some ten times a second

    Notes
    -----
    The same plan and replication give the same result, bit for bit, on any machine and in any process.
    """
    variant = plan.resolved.variant or "base"
    return Simulation(plan, replication, folder=folder, keep_events=keep_events, variant=variant).run(
        progress
    )
