"""Variates by inversion from integer tables: the same bits on every processor.

A continuous law becomes 3 x 4,097 quantiles: the body in 4,096 equal steps of probability, and its first and last step
again in 4,096 each. Between two quantiles the draw is linear. A discrete law becomes the cumulative thresholds of its
values. Both are drawn from one 32-bit uniform number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.compiled import compiled, inlined

STEPS = 4096  # of a quantile table
_ROW = STEPS + 1


@compiled(forceinline=True)
def quantile_draw(table: NDArray[np.int64], u: int) -> int:
    """A value of the law behind ``table`` (3 x 4,097 quantiles, flat) for ``u`` in [0, 2**32)."""
    step = u >> 20
    base = step
    fraction = (u >> 4) & 0xFFFF
    if step == 0:
        base, fraction = _ROW + ((u >> 8) & 0xFFF), (u & 0xFF) << 8
    elif step == STEPS - 1:
        base, fraction = 2 * _ROW + ((u >> 8) & 0xFFF), (u & 0xFF) << 8
    low: int = table[base]
    high: int = table[base + 1]
    return low + (((high - low) * fraction) >> 16)


@inlined()
def first_quantile(u: int) -> int:
    """Where in a quantile table a draw begins to look, but for the tails of the law."""
    return u >> 20


@compiled(forceinline=True)
def discrete_draw(thresholds: NDArray[np.int64], first: int, length: int, u: int) -> int:
    """Index of the first of ``thresholds[first:first + length]`` that is above ``u``; ``length - 1`` at the most."""
    low, high = 0, length - 1
    if length > 0 and u < thresholds[first]:
        return 0
    while low < high:
        middle = (low + high) >> 1
        if u < thresholds[first + middle]:
            high = middle
        else:
            low = middle + 1
    return low


def quantile_draw_plain(table: NDArray[np.int64], u: int) -> int:
    """``quantile_draw`` for callers without a kernel."""
    return int(quantile_draw.py_func(table.data, u))  # whose entries are Python ints
