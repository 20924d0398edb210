"""Stands in for `twin.simulate`: made-up sales that depend on seed, replication and variant alone.

What it is to do wrong is asked for by the environment, which reaches the workers too.
"""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from twin.kpis.ledger import (
    COUNT,
    COUNT_FIELDS,
    DAY_US,
    LAG_BINS,
    MONEY_FIELDS,
    Buckets,
    CostRates,
    Labels,
    Ledger,
)

STEP_S = "FAKE_STEP_S"  # pause after each day
KILL = "FAKE_KILL"  # folder in which a replication marks that it has died once
FULL = "FAKE_FULL"  # key of the replication that meets a full disk
BUG = "FAKE_BUG"
WRONG = "FAKE_WRONG"  # name of a variant that cannot be built
PIDS = "FAKE_PIDS"  # folder in which processes leave their number


@dataclass
class Plan:
    resolved: Any
    assumptions: list[str]
    labels: Labels
    rates: CostRates = field(default_factory=CostRates)
    cells: int = 3


@dataclass
class Progress:
    now_us: int
    start_us: int
    end_us: int
    events: int


@dataclass
class Replication:
    replication: int
    seed: int
    ledger: Ledger
    events_digest: str
    decisions_digest: str
    counters: dict[str, int]
    timings: dict[str, float]


def build(resolved: Any, *, strict: bool = False) -> Plan:
    if os.environ.get(WRONG) == resolved.variant and resolved.variant:
        raise resolved.error(("network",), "nothing supplies F1", expected="a lane")
    lines = ["no stations: picking takes no time"]
    if resolved.variant:
        lines.append(f"{resolved.variant} is made up")
    names = [location.id for location in resolved.scenario.network.locations]
    kinds = [location.kind for location in resolved.scenario.network.locations]
    labels = Labels(names, kinds, [""] * len(names), ["A"], ["A"], ["grocery"])
    return Plan(resolved, lines, labels)


plan = build


def simulate(
    plan: Plan,
    replication: int,
    *,
    folder: Path,
    keep_events: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Replication:
    scenario = plan.resolved.scenario
    key = f"{plan.resolved.variant or 'base'}-{replication}"
    _misbehave(key, folder)
    days = (scenario.end_us - scenario.start_us) // DAY_US
    sold = [_number(scenario.seed, key, day) % 90 for day in range(days)]
    for day in range(days):
        if progress is not None:
            now = scenario.start_us + (day + 1) * DAY_US
            progress(Progress(now, scenario.start_us, scenario.end_us, 100 * (day + 1)))
        time.sleep(float(os.environ.get(STEP_S, "0")))
    decisions = pa.table({"at": pa.array(range(days)), "units": pa.array(sold)})
    pq.write_table(decisions, folder / "decisions.parquet")
    if keep_events:
        (folder / "events").mkdir()
        pq.write_table(decisions, folder / "events" / "pos.parquet")
    digest = hashlib.sha256(repr(sold).encode()).hexdigest()
    return Replication(
        replication,
        scenario.seed,
        _ledger(scenario, days, sold),
        digest,
        digest[::-1],
        {"events": 100 * days},
        {"lane": 0.5},
    )


def _ledger(scenario: Any, days: int, sold: list[int]) -> Ledger:
    one = np.zeros(1, np.int32)
    counts = np.zeros((days, 1, len(COUNT_FIELDS)), np.int64)
    counts[:, 0, COUNT["demanded"]] = 100
    counts[:, 0, COUNT["sold"]] = sold
    return Ledger(
        start_us=scenario.start_us,
        warmup_days=(scenario.warmup_us - scenario.start_us) // DAY_US,
        days=days,
        buckets=Buckets(one, one, one, np.ones(1, np.int64), np.ones(1)),
        counts=counts,
        money=np.zeros((days, 1, len(MONEY_FIELDS))),
        inbound_us=np.zeros((days, len(scenario.network.locations)), np.int64),
        out_seen_us=np.zeros((days, len(scenario.network.locations)), np.int64),
        lag_histogram=np.zeros(LAG_BINS, np.int64),
    )


def _number(seed: int, key: str, day: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}/{key}/{day}".encode()).digest()[:6])


def _misbehave(key: str, folder: Path) -> None:
    if os.environ.get(PIDS):
        (Path(os.environ[PIDS]) / str(os.getpid())).touch()
    if os.environ.get(FULL) == key:
        (folder / "half").write_text("written before the disk was full")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if os.environ.get(BUG) == key:
        raise ZeroDivisionError("a bug of ours")
    marks = os.environ.get(KILL)
    if marks and not (Path(marks) / key).exists():
        (Path(marks) / key).touch()
        os.kill(os.getpid(), signal.SIGKILL)
