"""How often each SKU is in a cart whose SKUs are drawn by popularity, none twice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.random.laws import ONE, Whole


def lines_by_sku(lines: Whole, share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Expected lines of each SKU in a cart.

    Parameters
    ----------
    lines : law of the number of lines, of 1 or more, at most as many as there are SKUs
    share : array (SKUs,) of popularities that add up to 1

    Notes
    -----
    Exact for one or two lines. The draw after the k-th is for SKU i with a probability of about p(1 - π) ÷ Σ p(1 - π), where π is
    the probability that i is among the first k: near the truth where no SKU dominates, and within a few percent where one does.
    """
    weights = np.diff(lines.array, prepend=0) / ONE
    inside, result = np.zeros(share.size), np.zeros(share.size)
    for number in range(1, lines.first + weights.size):
        inside = np.minimum(inside + _next(number, share, inside), 1.0)
        if number >= lines.first:
            result += weights[number - lines.first] * inside
    return result


def _next(number: int, share: NDArray[np.float64], inside: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability that draw ``number`` is for each SKU; ``inside``: that an earlier one was."""
    if number == 1:
        return share
    if number == 2:
        odds = share / np.maximum(1.0 - share, 1e-300)
        return share * (float(np.cumsum(odds)[-1]) - odds)
    left = share * (1.0 - inside)
    return left / max(float(np.cumsum(left)[-1]), 1e-300)
