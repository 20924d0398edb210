"""From a ledger to KPIs.

Examples
--------
``compute(ledger, labels, rates).get("fill_rate")`` is the fill rate of the replication,
``compute(ledger, labels, rates).by("location", "fill_rate")`` that of each location with demand.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from twin.kpis.calendar import MOST_TIMES
from twin.kpis.definitions import DIMENSIONS, KPIS, Kpi
from twin.kpis.frame import FrameBuilder, KpiFrame
from twin.kpis.ledger import CostRates, Labels, Ledger, lag_edge_us
from twin.kpis.sums import Grouped, sums

_SECOND_US = 1_000_000


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
        _add_kpis(builder, grouped, KPIS if kpis is None else kpis)
        if grouped.dimension == "all" and (kpis is None or "record_lag_p95" in kpis):
            _add_lag(builder, ledger.lag_histogram)
    return builder.frame()


def lag_quantile_us(histogram: NDArray[np.int64], share: float) -> float | None:
    """Quantile of the record lag in µs, lags spread evenly within their bin; None when nothing was recorded.

    Parameters
    ----------
    histogram : ndarray of int64
        Lags counted by the bins of :func:`twin.kpis.ledger.lag_edge_us`.
    share : float
        Which quantile, in (0, 1].
    """
    heaped = np.cumsum(histogram)
    total = int(heaped[-1]) if len(heaped) else 0
    if total == 0:
        return None
    rank = max(1, int(np.ceil(share * total)))  # the rank-th smallest lag
    b = int(np.searchsorted(heaped, rank))
    inside = int(histogram[b])
    before = int(heaped[b]) - inside
    low, high = lag_edge_us(b), lag_edge_us(b + 1) - 1  # lags are whole µs
    return low + (high - low) * (rank - before - 0.5) / inside


def _listed(days: int) -> list[str]:
    """All dimensions, but for those that would have too many members of time."""
    too_many = {"day": days > MOST_TIMES, "week": days > 7 * MOST_TIMES}
    return [dimension for dimension in DIMENSIONS if not too_many.get(dimension, False)]


def _add_kpis(builder: FrameBuilder, grouped: Grouped, wanted: Collection[str]) -> None:
    codes = builder.members(grouped.members)
    for kpi in KPIS.values():
        if kpi.name not in wanted or not kpi.over:
            continue
        if grouped.dimension in kpi.not_by or not grouped.figures.keys() >= set(kpi.figures):
            continue
        values, told = _values(kpi, grouped.figures)
        if told.any():
            builder.add(kpi.name, grouped.dimension, codes[told], values[told])


def _values(
    kpi: Kpi, figures: Mapping[str, NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Value of the KPI for each member, and whether it can be told."""
    over = _weighted(kpi.over, figures)
    if not kpi.under:
        return kpi.scale * over, np.ones(len(over), dtype=np.bool_)
    under = _weighted(kpi.under, figures)
    told = under != 0
    return kpi.scale * np.divide(over, under, out=np.zeros_like(over), where=told), told


def _weighted(
    weights: Mapping[str, float], figures: Mapping[str, NDArray[np.float64]]
) -> NDArray[np.float64]:
    total: NDArray[np.float64] = np.sum([weight * figures[name] for name, weight in weights.items()], axis=0)
    return total


def _add_lag(builder: FrameBuilder, histogram: NDArray[np.int64]) -> None:
    lag_us = lag_quantile_us(histogram, 0.95)
    if lag_us is not None:
        builder.add("record_lag_p95", "all", builder.members(["all"]), np.array([lag_us / _SECOND_US]))
