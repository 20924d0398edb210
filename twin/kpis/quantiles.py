"""KPIs that are quantiles of a histogram: of the whole network over the whole horizon, and no less."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from twin.kpis.ledger import Ledger, lag_edge_us
from twin.kpis.order_kpis import HOUR_US
from twin.kpis.orders import fine_edge_us

_SECOND_US = 1_000_000

# Of web orders: KPI, histogram of the WebLedger, share.
_OF_ORDERS = (
    ("order_cycle_p50", "cycle", 0.50),
    ("order_cycle_p95", "cycle", 0.95),
    ("click_to_collect_p95", "collect", 0.95),
    ("pick_wait_p95", "wait", 0.95),
)


def quantiles(ledger: Ledger) -> Iterator[tuple[str, float]]:
    """Name and value of each such KPI that can be told, in its unit."""
    if ledger.web is not None:
        for kpi, histogram, share in _OF_ORDERS:
            found_us = fine_quantile_us(getattr(ledger.web, histogram), share)
            if found_us is not None:
                yield kpi, found_us / HOUR_US
    lag_us = lag_quantile_us(ledger.lag_histogram, 0.95)
    if lag_us is not None:
        yield "record_lag_p95", lag_us / _SECOND_US


def lag_quantile_us(histogram: NDArray[np.int64], share: float) -> float | None:
    """Quantile of the record lag in µs, of a histogram by the bins of :func:`twin.kpis.ledger.lag_edge_us`."""
    return _quantile_us(histogram, share, lag_edge_us)


def fine_quantile_us(histogram: NDArray[np.int64], share: float) -> float | None:
    """Quantile in µs of a histogram by the bins of :func:`twin.kpis.orders.fine_edge_us`; 3 % right."""
    return _quantile_us(histogram, share, fine_edge_us)


def _quantile_us(histogram: NDArray[np.int64], share: float, edge_us: Callable[[int], int]) -> float | None:
    """Quantile of whole µs that were counted by bins, spread evenly within theirs; None when there are none.

    Parameters
    ----------
    histogram : ndarray of int64
    share : float
        Which quantile, in (0, 1].
    edge_us : callable
        Lower edge of a bin.
    """
    heaped = np.cumsum(histogram)
    total = int(heaped[-1]) if len(heaped) else 0
    if total == 0:
        return None
    rank = max(1, int(np.ceil(share * total)))  # the rank-th smallest
    b = int(np.searchsorted(heaped, rank))
    inside = int(histogram[b])
    before = int(heaped[b]) - inside
    low, high = edge_us(b), edge_us(b + 1) - 1
    return low + (high - low) * (rank - before - 0.5) / inside
