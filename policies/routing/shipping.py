"""What one shipment scores, and which candidate could send the whole order in one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.kernel import kernel
from policies.routing.columns import (
    BAND,
    FLOOR,
    FROM,
    GRAMS,
    LINE,
    MORE,
    NO_LIMIT,
    ORDERS_LEFT,
    SHIPPED,
    STEP_GRAMS,
    UNITS,
    UNITS_LEFT,
    VOLUME_GRAMS,
)

Table = NDArray[np.int64]

NONE = -2  # of candidates: there is none, and all were looked at


@kernel
def step_of(grams: int, step_grams: int) -> int:
    """Return which weight step a shipment has begun, the first 0.

    Examples
    --------
    >>> [step_of(grams, 500) for grams in (0, 500, 501, 1000, 1001)]
    [0, 0, 1, 1, 2]
    """
    return (grams - 1) // step_grams if grams > 0 else 0


@kernel
def surcharge(tariff: Table, band: int, step: int) -> int:
    """Return what a shipment scores above one of the first weight step.

    Parameters
    ----------
    tariff : array of int, shape (bands, steps)
        By band and step; that of the first step is 0. Beyond the last step each further one adds as much as the
        last did.
    band : int
        Row of the tariff.
    step : int
        :func:`step_of` its billable weight.

    Examples
    --------
    >>> [surcharge(np.array([[0, 100, 180]]), 0, step) for step in range(5)]
    [0, 100, 180, 260, 340]
    """
    steps = int(tariff.shape[1])
    if step < steps:
        return int(tariff[band, step])
    last = int(tariff[band, steps - 1])
    rise = last - int(tariff[band, steps - 2]) if steps > 1 else 0
    return int(last + (step - steps + 1) * rise)


@kernel
def billable(lines: Table, n_lines: int) -> int:
    """Return the grams that the whole order is billed for: the larger of its weight and its volume's."""
    grams = 0
    volume = 0
    for line in range(n_lines):
        grams += lines[line, GRAMS]
        volume += lines[line, VOLUME_GRAMS]
    return int(max(grams, volume))


@kernel
def best_whole(
    lines: Table,
    n_lines: int,
    candidates: Table,
    known: int,
    left: Table,
    stock: Table,
    tariff: Table,
    settings: Table,
) -> int:
    """Return the candidate that sends the whole order in one shipment for the least score.

    Returns
    -------
    int
        Its place in ``candidates``; of equal ones the first. ``NONE`` where nobody can, ``MORE`` where that
        depends on a candidate from ``known`` on, whose stock was not looked up.

    Notes
    -----
    Candidates come by ascending floor, so that the search ends with the first whose floor is no better than
    the best score; stock is read only where a candidate would be better.
    """
    units = 0
    for line in range(n_lines):
        units += lines[line, UNITS]
    step = step_of(billable(lines, n_lines), settings[STEP_GRAMS])
    best = NO_LIMIT
    found = NONE
    for c in range(candidates.shape[0]):
        floor = candidates[c, FLOOR]
        if floor >= best:
            break
        score = floor + surcharge(tariff, candidates[c, BAND], step)
        if score >= best:
            continue
        if c >= known:
            return MORE
        whole = left[c, ORDERS_LEFT] > 0 and left[c, UNITS_LEFT] >= units
        for line in range(n_lines):
            whole = whole and stock[c, line] >= lines[line, UNITS]
        if whole:
            best = score
            found = c
    return found


@kernel
def send_whole(c: int, lines: Table, n_lines: int, plan: Table) -> int:
    """Write a plan that sends everything from one candidate; return its rows."""
    for line in range(n_lines):
        plan[line, FROM] = c
        plan[line, LINE] = line
        plan[line, SHIPPED] = lines[line, UNITS]
    return n_lines


@kernel
def send_lines(sender: Table, lines: Table, n_lines: int, plan: Table) -> int:
    """Write a plan that sends each line whole from its sender, candidate by candidate; return its rows."""
    rows = 0
    last = -1
    while rows < n_lines:
        c = NO_LIMIT
        for line in range(n_lines):
            if last < sender[line] < c:
                c = sender[line]
        for line in range(n_lines):
            if sender[line] == c:
                plan[rows, FROM] = c
                plan[rows, LINE] = line
                plan[rows, SHIPPED] = lines[line, UNITS]
                rows += 1
        last = c
    return rows
