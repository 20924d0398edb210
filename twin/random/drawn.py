"""Sporadic draws, compiled: the same bits as ``twin.random.keyed.KeyedDraws``, from Python in under a microsecond.

A root is what is the same in all draws of an entity for a purpose (``KeyedDraws.root``). It is a signed number, so that numba
compiles each of these once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.compiled import compiled, inlined
from twin.random.tables import quantile_draw


@inlined()
def keyed_root(root: int, n: int) -> np.int64:
    """A root for the draws of the n-th thing of a root; for kernels. The finaliser is that of ``twin.random.keyed.mix``."""
    x = np.uint64(root ^ n) + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.int64(x ^ (x >> np.uint64(31)))


@inlined()
def keyed_u32(root: int, n: int) -> np.int64:
    """The n-th draw of a root, in [0, 2**32); for kernels."""
    return np.int64(np.uint64(keyed_root(root, n)) >> np.uint64(32))


@compiled()
def drawn_u32(root: int, n: int) -> int:
    """The n-th draw of a root, in [0, 2**32)."""
    drawn: int = keyed_u32(root, n)
    return drawn


@compiled()
def drawn_quantile(table: NDArray[np.int64], root: int, n: int) -> int:
    """The value of the law behind a quantile table for the n-th draw of a root."""
    drawn: int = quantile_draw(table, keyed_u32(root, n))
    return drawn
