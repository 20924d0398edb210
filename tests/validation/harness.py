"""Theory against the simulator: scenarios with a known answer, run in independent replications until the answer is sharp.

A replication starts anew, leaves out its warm-up and gives one value of each figure; the mean over replications is compared
with theory by the standard error of these values. Nothing is assumed of how values within a replication depend on each other.
"""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import scenarios
from twin.kpis.compute import compute
from twin.kpis.frame import KpiFrame
from twin.kpis.ledger import Ledger
from twin.kpis.orders import fine_edge_us
from twin.simulate import build, simulate

MOST_ERRORS = 4.0  # standard errors that a mean may lie from its expectation
SHARP_TEST, SHARP_VALIDATE = 0.02, 0.005  # standard error over expectation that must be reached
EXACT = 1e-9  # relative error of what is deterministic

Figure = Callable[[KpiFrame, float, Ledger], float]
"""From the KPIs of a replication, its measured days and what it measured to the figure that theory knows."""


@dataclass(frozen=True)
class Case:
    """A scenario with a known answer.

    Attributes
    ----------
    scenario, variant : str
        Name under ``scenarios/validation``, and a variant of it; "" for none.
    expected : mapping of str to (figure, value)
        What theory says, by name.
    test, validate : int
        Replications that bring every standard error below ``SHARP_TEST`` and ``SHARP_VALIDATE``.
    slow : bool
        Whether even the former take too long for the tests of everyday.
    """

    scenario: str
    expected: Mapping[str, tuple[Figure, float]]
    test: int
    validate: int
    variant: str = ""
    slow: bool = False

    @property
    def name(self) -> str:
        """Scenario and variant."""
        return f"{self.scenario}:{self.variant}" if self.variant else self.scenario


@dataclass(frozen=True)
class Estimate:
    """Mean of a figure over replications, its standard error, and what was expected."""

    case: str
    figure: str
    expected: float
    mean: float
    error: float

    @property
    def sharpness(self) -> float:
        """Standard error over expectation."""
        return self.error / abs(self.expected)

    @property
    def distance(self) -> float:
        """Standard errors from mean to expectation."""
        return abs(self.mean - self.expected) / self.error if self.error else math.inf

    def __str__(self) -> str:
        said = f"{self.case:<22} {self.figure:<18} expected {self.expected:<10.6g} mean {self.mean:<10.6g}"
        if not self.error:
            return said
        return f"{said} error {self.error:<9.3g} ({self.sharpness:.2%}), {self.distance:.1f} errors away"


@dataclass(frozen=True)
class Outcome:
    """What a case came to: its estimates, the days that were simulated (warm-up included) and the seconds they took."""

    estimates: tuple[Estimate, ...]
    days: float
    seconds: float


def kpi(name: str, location: str = "", *, times: float = 1) -> Figure:
    """A KPI of the whole network, or of one location, in another unit."""

    def figure(kpis: KpiFrame, days: float, ledger: Ledger) -> float:
        return value(kpis, name, location) * times

    return figure


def histogram(ledger: Ledger, name: str) -> NDArray[np.int64]:
    """One of the histograms of web orders."""
    assert ledger.web is not None
    counts: NDArray[np.int64] = getattr(ledger.web, name)
    return counts


def minutes(name: str) -> Figure:
    """The mean of a histogram of web orders; its bins are so narrow that their middles will do."""

    def figure(kpis: KpiFrame, days: float, ledger: Ledger) -> float:
        counts = histogram(ledger, name)
        used = np.flatnonzero(counts).tolist()
        middles = np.array([(fine_edge_us(b) + fine_edge_us(b + 1) - 1) / 2 for b in used])
        return float(middles @ counts[used]) / float(counts.sum()) / 60e6

    return figure


def per_day(name: str) -> Figure:
    """A KPI that adds up, over the days measured."""

    def figure(kpis: KpiFrame, days: float, ledger: Ledger) -> float:
        return value(kpis, name) / days

    return figure


def value(kpis: KpiFrame, name: str, location: str = "") -> float:
    """A KPI that must be there."""
    found = kpis.get(name, "location", location) if location else kpis.get(name)
    assert found is not None, f"{name} was not told"
    return found


def figures(case: Case, replications: int) -> Iterator[dict[str, float]]:
    """The figures of a case, replication by replication."""
    resolved = scenarios.load(f"validation/{case.scenario}", variant=case.variant or None)
    plan, days = build(resolved), resolved.scenario.time.days
    for replication in range(1, replications + 1):
        ledger = simulate(plan, replication, folder=None).ledger
        kpis = compute(ledger, plan.labels, plan.rates, dimensions=("all", "location"))
        yield {name: figure(kpis, days, ledger) for name, (figure, _) in case.expected.items()}
        gc.collect()  # a run of two million days leaves a gigabyte behind, in circles


def run(case: Case, replications: int) -> Outcome:
    """Simulate a case and estimate its figures."""
    began = time.perf_counter()
    rows = list(figures(case, replications))
    seconds = time.perf_counter() - began
    span = scenarios.load(f"validation/{case.scenario}", variant=case.variant or None).scenario.time
    estimates = []
    for name, (_, expected) in case.expected.items():
        values = np.array([row[name] for row in rows])
        error = float(values.std(ddof=1)) / math.sqrt(replications) if replications > 1 else 0.0
        estimates.append(Estimate(case.name, name, expected, float(values.mean()), error))
    return Outcome(tuple(estimates), replications * (span.days + span.warmup_days), seconds)
