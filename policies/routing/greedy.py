"""Splitting without looking at every way: from the nearest on, the most lines first, or by units."""

from __future__ import annotations

import numpy as np

from policies.kernel import kernel
from policies.routing.columns import (
    BAND,
    FLOOR,
    FROM,
    FULL,
    GRAMS,
    LINE,
    NOWHERE,
    ORDERS_LEFT,
    SHIPPED,
    STEP_GRAMS,
    UNITS,
    UNITS_LEFT,
    VOLUME_GRAMS,
)
from policies.routing.shipping import Table, send_lines, step_of, surcharge

UNSENT = -1


@kernel
def take_lines(
    c: int, lines: Table, n_lines: int, left: Table, stock: Table, sender: Table, taken: Table
) -> int:
    """Mark the lines without a sender that a candidate could send whole; return how many."""
    room = left[c, UNITS_LEFT] if left[c, ORDERS_LEFT] > 0 else 0
    count = 0
    for line in range(n_lines):
        taken[line] = 0
        wanted = lines[line, UNITS]
        if sender[line] == UNSENT and stock[c, line] >= wanted and wanted <= room:
            taken[line] = 1
            room -= wanted
            count += 1
    return count


@kernel
def sweep(
    lines: Table, n_lines: int, candidates: Table, left: Table, stock: Table, most: int, plan: Table
) -> int:
    """From the first candidate on, each sends every line it has; return rows, or ``NOWHERE``."""
    sender = np.full(n_lines, UNSENT, np.int64)
    taken = np.zeros(n_lines, np.int64)
    sent = 0
    used = 0
    for c in range(candidates.shape[0]):
        if sent == n_lines or used == most:
            break
        count = take_lines(c, lines, n_lines, left, stock, sender, taken)
        if count > 0:
            used += 1
            sent += count
            for line in range(n_lines):
                if taken[line]:
                    sender[line] = c
    if sent < n_lines:
        return NOWHERE
    return send_lines(sender, lines, n_lines, plan)


@kernel
def cover(
    lines: Table,
    n_lines: int,
    candidates: Table,
    left: Table,
    stock: Table,
    tariff: Table,
    settings: Table,
    most: int,
    plan: Table,
) -> int:
    """Again and again whoever sends the most of the lines left, for the least score; rows, or ``NOWHERE``.

    Notes
    -----
    The greedy set cover: at most 1 + 1/2 + … + 1/lines times the fewest shipments. V. Chvátal, "A greedy heuristic for
    the set-covering problem", Mathematics of Operations Research 4 (1979).
    """
    sender = np.full(n_lines, UNSENT, np.int64)
    taken = np.zeros(n_lines, np.int64)
    kept = np.zeros(n_lines, np.int64)
    sent = 0
    for _ in range(most):
        best_count = 0
        best_score = 0
        best = UNSENT
        for c in range(candidates.shape[0]):
            count = take_lines(c, lines, n_lines, left, stock, sender, taken)
            if count == 0 or count < best_count:
                continue
            grams = 0
            volume = 0
            for line in range(n_lines):
                grams += taken[line] * lines[line, GRAMS]
                volume += taken[line] * lines[line, VOLUME_GRAMS]
            step = step_of(max(grams, volume), settings[STEP_GRAMS])
            score = candidates[c, FLOOR] + surcharge(tariff, candidates[c, BAND], step)
            used = False  # one shipment a candidate: it sent what it could
            for line in range(n_lines):
                used = used or sender[line] == c
            if not used and (count > best_count or score < best_score):
                best_count = count
                best_score = score
                best = c
                for line in range(n_lines):
                    kept[line] = taken[line]
        if best == UNSENT:
            return NOWHERE
        sent += best_count
        for line in range(n_lines):
            if kept[line]:
                sender[line] = best
        if sent == n_lines:
            return send_lines(sender, lines, n_lines, plan)
    return NOWHERE


@kernel
def units_from(c: int, n_lines: int, left: Table, stock: Table, missing: Table) -> int:
    """Return how many of the missing units a candidate could send."""
    units = 0
    for line in range(n_lines):
        units += max(0, min(missing[line], stock[c, line]))
    return int(min(units, left[c, UNITS_LEFT])) if left[c, ORDERS_LEFT] > 0 else 0


@kernel
def cut_lines(
    lines: Table, n_lines: int, candidates: Table, left: Table, stock: Table, most: int, plan: Table
) -> int:
    """Cut lines where they must be: again and again whoever sends the most of the units left.

    Returns
    -------
    int
        Rows of the plan, ``NOWHERE``, or ``FULL`` where the plan has too few rows for it.
    """
    missing = np.empty(n_lines, np.int64)
    used = np.zeros(candidates.shape[0], np.int64)
    total = 0
    for line in range(n_lines):
        missing[line] = lines[line, UNITS]
        total += missing[line]
    rows = 0
    for _ in range(min(most, candidates.shape[0])):
        best = UNSENT
        best_units = 0
        for c in range(candidates.shape[0]):
            if used[c] == 0:
                units = units_from(c, n_lines, left, stock, missing)
                if units > best_units:
                    best = c
                    best_units = units
        if best == UNSENT:
            return NOWHERE
        used[best] = 1
        room = best_units
        for line in range(n_lines):
            units = max(0, min(missing[line], stock[best, line], room))
            if units > 0:
                if rows == plan.shape[0]:
                    return FULL
                plan[rows, FROM] = best
                plan[rows, LINE] = line
                plan[rows, SHIPPED] = units
                rows += 1
                missing[line] -= units
                room -= units
        total -= best_units
        if total == 0:
            return rows
    return NOWHERE
