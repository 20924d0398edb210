"""Exact long-run figures of a rule, from the decisions that it makes and nothing else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from policies.reorder import ReorderPolicy, ReorderState


def order(rule: ReorderPolicy, position: int) -> int:
    return rule.quantity(ReorderState(index=0, position=position))


def stationary(moves: NDArray[np.float64]) -> NDArray[np.float64]:
    """The long-run distribution of a Markov chain with transition matrix ``moves``."""
    n = len(moves)
    system = np.vstack([moves.T - np.eye(n), np.ones(n)])
    return np.asarray(np.linalg.lstsq(system, np.append(np.zeros(n), 1.0), rcond=None)[0])


def positions_under_unit_demand(rule: ReorderPolicy, lowest: int, highest: int) -> dict[int, float]:
    """Long-run distribution of the position after ordering, when each demand takes one unit."""
    n = highest - lowest + 1
    moves = np.zeros((n, n))
    for i in range(n):
        left = lowest + i - 1
        moves[i, left + order(rule, left) - lowest] = 1.0
    return {lowest + i: float(p) for i, p in enumerate(stationary(moves)) if p > 1e-12}


def stock_figures(positions: dict[int, float], lead_time_demand: float) -> dict[str, float]:
    """Fill rate, mean backorders and on hand; Poisson demand over the lead time comes off the position."""
    k = np.arange(400)
    law = stats.poisson(lead_time_demand).pmf(k)
    figures = {"fill": 0.0, "backorders": 0.0, "on_hand": 0.0}
    for position, weight in positions.items():
        level = position - k
        figures["fill"] += weight * float(law[level > 0].sum())
        figures["backorders"] += weight * float((law * np.maximum(-level, 0)).sum())
        figures["on_hand"] += weight * float((law * np.maximum(level, 0)).sum())
    return figures
