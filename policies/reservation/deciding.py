"""The decisions of the ``standard`` rule as kernels: what a cart may hold, what an order is promised."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from policies.kernel import kernel
from policies.reservation.stock import soft_cap

Column = NDArray[np.int64]

# Of a rule's settings.
OVERSELL: Final = 0  # basis points
PARTIAL: Final = 1
BACKORDER_LIMIT: Final = 2  # units of a cell
HONOURS_SOFT: Final = 3  # whether an order leaves to carts what they hold

# What is answered, for a hold, for an order and for each of its lines.
REFUSED: Final = 0
GRANTED: Final = 1  # from stock
BACKORDERED: Final = 2  # promised without stock
PARTLY: Final = 3  # some lines of the order were refused, the others not
OUTCOMES: Final = ("refused", "granted", "backordered", "partly")

NO_LIMIT: Final = 2**62

HOLD_SIGNATURE: Final = "int64(int64, int64, int64, int64, int64[::1])"
"""The signature of every compiled ``hold``, as numba writes it."""

PROMISE_SIGNATURE: Final = (
    "int64(int64, int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1])"
)
"""The signature of every compiled ``promise``, as numba writes it."""


@kernel
def hold_standard(units: int, free: int, safety: int, soft: int, settings: Column) -> int:
    """Decide on a soft hold: ``GRANTED``, or ``REFUSED`` where stock is limited.

    Parameters
    ----------
    units : int
        Wanted, >= 1.
    free, safety, soft : int
        Of the cell: available, held back from the channel, in carts already.
    settings : array of int
        The rule's.

    Examples
    --------
    Ten units, 10 % oversell, fifteen carts of one:

    >>> settings, soft = np.array([1000, 0, 0, 0]), 0
    >>> for _ in range(15):
    ...     soft += hold_standard(1, 10, 0, soft, settings)
    >>> soft
    11
    """
    return GRANTED if soft + units <= soft_cap(free, safety, settings[OVERSELL]) else REFUSED


@kernel
def promise_standard(
    n_lines: int,
    cells: Column,
    units: Column,
    free: Column,
    safety: Column,
    soft: Column,
    backordered: Column,
    settings: Column,
    outcome: Column,
) -> int:
    """Decide on a hard reservation of an order: all its lines or none, unless a partial one is allowed.

    Parameters
    ----------
    n_lines : int
        Lines of the order; the arrays may be longer.
    cells : array of int
        Which cell each line is to come from; lines of one cell count together.
    units : array of int
        Wanted, >= 1.
    free, safety, soft, backordered : array of int
        Of the cell of each line: available to who comes now, held back, in the carts of others (the order's own hold
        is converted first), promised without stock.
    settings : array of int
        The rule's.
    outcome : array of int
        Filled in by line: ``GRANTED``, ``BACKORDERED`` or ``REFUSED``. A line is never cut.

    Returns
    -------
    int
        ``GRANTED``: every line from stock. ``BACKORDERED``: every line promised, some without stock. ``PARTLY``:
        some lines promised. ``REFUSED``: none.
    """
    granted = 0
    refused = 0
    for line in range(n_lines):
        from_stock = units[line]
        without = backordered[line] + units[line]
        for before in range(line):
            if cells[before] == cells[line]:
                if outcome[before] == GRANTED:
                    from_stock += units[before]
                elif outcome[before] == BACKORDERED:
                    without += units[before]
        there = free[line] - safety[line]
        if settings[HONOURS_SOFT] != 0:
            there -= soft[line]
        if from_stock <= there:
            outcome[line] = GRANTED
            granted += 1
        elif without <= settings[BACKORDER_LIMIT]:
            outcome[line] = BACKORDERED
        else:
            outcome[line] = REFUSED
            refused += 1
    if refused == 0:
        return GRANTED if granted == n_lines else BACKORDERED
    if refused < n_lines and settings[PARTIAL] != 0:
        return PARTLY
    for line in range(n_lines):
        outcome[line] = REFUSED
    return REFUSED
