"""Sums of int64 that cannot overflow.

A million units on hand fill an int64 of unit-microseconds in 107 days. Sums that might not fit are carried in
two halves and come back as Python integers (arrays of dtype object); all others stay int64.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

# int64, float64, or Python integers in an array of dtype object.
Figures: TypeAlias = NDArray[Any]
# Figures of one length by name.
Table: TypeAlias = dict[str, Figures]

_HALF = 32
_LOW = (1 << _HALF) - 1
_LIMIT = 2**63


def exact_sum(values: NDArray[np.int64], axis: int) -> Figures:
    """Sum ``values`` along ``axis``, exactly.

    Parameters
    ----------
    values : ndarray of int64
        Fewer than 2**31 of them along ``axis``.
    axis : int
        The axis that is summed away.

    Returns
    -------
    ndarray of int64, or of Python integers where an int64 might overflow
    """
    if not _may_overflow(values, values.shape[axis]):
        total: Figures = values.sum(axis=axis)
        return total
    high = np.asarray((values >> _HALF).sum(axis=axis)).astype(object)
    low = np.asarray((values & _LOW).sum(axis=axis)).astype(object)
    return np.asarray(high * (_LOW + 1) + low, dtype=object)


def exact_columns(values: NDArray[np.int64], axis: int, names: Sequence[str]) -> dict[str, Figures]:
    """Sum each field of ``values`` along ``axis``, exactly, in few passes over memory.

    Parameters
    ----------
    values : ndarray of int64, shape (days, buckets, len(names))
    axis : int
        0 to sum over days, 1 to sum over buckets.
    names : sequence of str
        Names of the fields.
    """
    totals = values.sum(axis=axis)  # has wrapped where a field is too large, and is not used there
    if values.size == 0:
        return dict(zip(names, totals.T, strict=True))
    largest, least = values.max(axis=(0, 1)).tolist(), values.min(axis=(0, 1)).tolist()
    return {
        name: totals[:, i]
        if max(abs(largest[i]), abs(least[i])) * values.shape[axis] < _LIMIT
        else exact_sum(values[:, :, i], axis)
        for i, name in enumerate(names)
    }


def group_sum(values: Figures, order: NDArray[np.intp], starts: NDArray[np.intp]) -> Figures:
    """Sum one-dimensional ``values`` by group.

    Parameters
    ----------
    values : ndarray, shape (n,)
        int64, float64, or Python integers.
    order : ndarray, shape (n,)
        Indices that sort the values by group.
    starts : ndarray, shape (groups,)
        Where each group begins in that order; no group is empty.

    Returns
    -------
    ndarray, shape (groups,)
        Of the dtype of ``values``, or of Python integers where an int64 might overflow.
    """
    if values.dtype == np.int64 and _may_overflow(values, len(values)):
        values = values.astype(object)
    total: Figures = np.add.reduceat(values[order], starts)
    return total


def _may_overflow(values: Figures, count: int) -> bool:
    if values.size == 0:
        return False
    largest = max(abs(int(values.max())), abs(int(values.min())))
    return largest * count >= _LIMIT
