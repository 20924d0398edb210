"""From a ledger to KPIs.

Examples
--------
``compute(ledger, labels, rates).get("fill_rate")`` is the fill rate of the replication,
``compute(ledger, labels, rates).by("location", "fill_rate")`` that of each location with demand.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from twin.kpis.calendar import MOST_TIMES
from twin.kpis.definitions import DIMENSIONS, KPIS
from twin.kpis.frame import FrameBuilder, KpiFrame
from twin.kpis.kpi import Kpi, Weights
from twin.kpis.ledger import CostRates, Labels, Ledger
from twin.kpis.quantiles import quantiles
from twin.kpis.sums import Grouped, sums


def compute(
    ledger: Ledger,
    labels: Labels,
    rates: CostRates,
    *,
    dimensions: Sequence[str] | None = None,
    timezone: str = "UTC",
    kpis: Collection[str] | None = None,
) -> KpiFrame:
    """Compute every KPI that the ledger can tell, overall and by dimension, over the measured horizon.

    Parameters
    ----------
    ledger : Ledger
        What one replication measured; its warm-up days are left out.
    labels : Labels
        Names of locations, SKUs and categories.
    rates : CostRates
        Prices of the scenario, in its currency.
    dimensions : sequence of str, optional
        Which of ``DIMENSIONS`` to compute. Unless given, all of them; but days only up to ten years of them,
        and weeks only up to as many: nobody reads a longer list, and small models run for thousands of years.
    timezone : str
        Whose calendar names the days and weeks.
    kpis : collection of str, optional
        Which to compute; all unless given.

    Returns
    -------
    KpiFrame
        Without rows for what cannot be told: ratios with a denominator of zero, SKUs where buckets are
        categories.

    Raises
    ------
    ValueError
        For an unknown dimension, or when the warm-up leaves nothing to measure.
    """
    for dimension in dimensions or ():
        if dimension not in DIMENSIONS:
            raise ValueError(f"dimension(={dimension!r}) must be one of {', '.join(DIMENSIONS)}.")
    chosen = _listed(ledger.days - ledger.warmup_days) if dimensions is None else dimensions
    builder = FrameBuilder()
    for grouped in sums(ledger, labels, rates, chosen, timezone):
        wanted = KPIS if kpis is None else kpis
        _add_kpis(builder, grouped, wanted)
        if grouped.dimension == "all":
            _add_quantiles(builder, ledger, wanted)
    return builder.frame()


def _listed(days: int) -> list[str]:
    """All dimensions, but for those that would have too many members of time."""
    too_many = {"day": days > MOST_TIMES, "week": days > 7 * MOST_TIMES}
    return [dimension for dimension in DIMENSIONS if not too_many.get(dimension, False)]


def _add_kpis(builder: FrameBuilder, grouped: Grouped, wanted: Collection[str]) -> None:
    codes = builder.members(grouped.members)
    for kpi in KPIS.values():
        sides = kpi.sides(grouped.figures.keys())
        if kpi.name not in wanted or not kpi.over or sides is None or grouped.dimension in kpi.not_by:
            continue
        values, told = _values(kpi, *sides, grouped.figures)
        if told.any():
            builder.add(kpi.name, grouped.dimension, codes[told], values[told])


def _values(
    kpi: Kpi, above: Weights, below: Weights, figures: Mapping[str, NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Value of the KPI for each member, and whether it can be told."""
    over = _weighted(above, figures)
    if not below:
        return kpi.scale * over, np.ones(len(over), dtype=np.bool_)
    under = _weighted(below, figures)
    told = under != 0
    return kpi.scale * np.divide(over, under, out=np.zeros_like(over), where=told), told


def _weighted(weights: Weights, figures: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """One after the other: a sum whose order depends on the number of members would too."""
    return reduce(np.add, (weight * figures[name] for name, weight in weights.items()))


def _add_quantiles(builder: FrameBuilder, ledger: Ledger, wanted: Collection[str]) -> None:
    for kpi, value in quantiles(ledger):
        if kpi in wanted:
            builder.add(kpi, "all", builder.members(["all"]), np.array([value]))
