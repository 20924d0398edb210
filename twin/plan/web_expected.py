"""Where web demand is expected: each zone's at the first of its candidates that ranges the SKU, a pickup's at its store."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twin.demand.web.streams import ExpectedUnits
from twin.plan.cells import Cells
from twin.plan.expected import DemandPlan, Expected

_LOCATION = 2  # column of a candidate


def expect_web(
    wanted: Sequence[ExpectedUnits], candidate_first: NDArray[np.int64], candidates: NDArray[np.int64],
    in_service: NDArray[np.bool_], cells: Cells, demand: DemandPlan,
) -> NDArray[np.int32]:  # fmt: skip
    """Tell ``demand`` what each location must expect of the web; returns the SKUs of which it leaves some to nobody.

    Parameters
    ----------
    in_service : shape (locations,), who serves from the start on; who begins later is expected of only where nobody else could
    """
    skus = max((int(each.sku[-1]) + 1 for each in wanted if each.sku.size), default=0)
    in_vain = np.zeros(skus, bool)
    for expected in wanted:
        shares, left = _shares(expected, candidate_first, candidates, in_service, cells)
        in_vain[expected.sku[left > 0]] = True
        for location, share in shares.items():
            there = share > 0
            at = np.searchsorted(cells.skus[location], expected.sku[there])
            mean, variance = expected.mean[there] * share[there], expected.variance[there] * share[there]
            demand.expect(location, Expected(at, mean, variance))
    return np.flatnonzero(in_vain).astype(np.int32)


def _shares(
    expected: ExpectedUnits, candidate_first: NDArray[np.int64], candidates: NDArray[np.int64],
    in_service: NDArray[np.bool_], cells: Cells,
) -> tuple[dict[int, NDArray[np.float64]], NDArray[np.float64]]:  # fmt: skip
    """Which share of each wanted SKU falls to each location, and which to nobody."""
    shares: dict[int, NDArray[np.float64]] = {}
    left = np.zeros(expected.sku.size)
    known: dict[int, NDArray[np.bool_]] = {}  # by assortment, which many locations share

    def ranges(location: int) -> NDArray[np.bool_]:
        ranged = cells.skus[location]
        if id(ranged) not in known:
            known[id(ranged)] = np.isin(expected.sku, ranged, assume_unique=True)
        return known[id(ranged)]

    def give(location: int, share: float, to_give: NDArray[np.bool_]) -> None:
        shares.setdefault(location, np.zeros(expected.sku.size))[to_give] += share

    for zone in np.flatnonzero(expected.zones).tolist():
        serving = candidates[candidate_first[zone] : candidate_first[zone + 1], _LOCATION]
        to_give = np.ones(expected.sku.size, bool)
        for location in [*serving[in_service[serving]].tolist(), *serving[~in_service[serving]].tolist()]:
            if not to_give.any():
                break
            give(location, float(expected.zones[zone]), to_give & ranges(location))
            to_give &= ~ranges(location)
        left[to_give] += float(expected.zones[zone])
    for location in np.flatnonzero(expected.stores).tolist():
        give(location, float(expected.stores[location]), ranges(location))
        left[~ranges(location)] += float(expected.stores[location])
    return dict(sorted(shares.items())), left
