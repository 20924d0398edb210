"""The best way to split an order of a few lines, found by looking at all of them."""

from __future__ import annotations

import numpy as np

from policies.kernel import kernel
from policies.routing.columns import (
    BAND,
    FLOOR,
    GRAMS,
    MORE,
    NO_LIMIT,
    NOWHERE,
    ORDERS_LEFT,
    SPLIT_PENALTY,
    STEP_GRAMS,
    UNITS,
    UNITS_LEFT,
    VOLUME_GRAMS,
)
from policies.routing.shipping import Table, send_lines, step_of, surcharge

EXACT_LINES = 4
"""Orders of more lines are split greedily."""


@kernel
def measure_parts(lines: Table, n_lines: int, step_grams: int, units: Table, steps: Table) -> None:
    """Fill in the units and the weight step of every part of the order; bit l of a part's number is line l."""
    for part in range(1 << n_lines):
        wanted = 0
        weight = 0
        volume = 0
        for line in range(n_lines):
            if part >> line & 1:
                wanted += lines[line, UNITS]
                weight += lines[line, GRAMS]
                volume += lines[line, VOLUME_GRAMS]
        units[part] = wanted
        steps[part] = step_of(max(weight, volume), step_grams)


@kernel
def rank_candidates(
    lines: Table,
    n_lines: int,
    candidates: Table,
    known: int,
    left: Table,
    stock: Table,
    tariff: Table,
    settings: Table,
    bound: int,
    scores: Table,
    senders: Table,
    counts: Table,
) -> int:
    """For every part of the order keep the candidates that send it for the least scores.

    Parameters
    ----------
    bound : int
        A split that scores this or more is of no use.
    scores, senders : array of int, shape (parts, kept)
        Filled in: the least scores by part, and whose they are; of equal ones the first candidate first.
    counts : array of int, shape (parts,)
        Filled in: how many were found, up to ``kept``.

    Returns
    -------
    int
        0, or ``MORE`` where a candidate from ``known`` on may be of use.
    """
    parts = 1 << n_lines
    units = np.empty(parts, np.int64)
    steps = np.empty(parts, np.int64)
    measure_parts(lines, n_lines, settings[STEP_GRAMS], units, steps)
    kept = scores.shape[1]
    for part in range(parts):
        counts[part] = 0
    for c in range(candidates.shape[0]):
        floor = candidates[c, FLOOR]
        if floor + candidates[0, FLOOR] + settings[SPLIT_PENALTY] >= bound:
            break
        if c >= known:
            return MORE
        if left[c, ORDERS_LEFT] < 1:
            continue
        held = 0
        for line in range(n_lines):
            if stock[c, line] >= lines[line, UNITS]:
                held |= 1 << line
        part = held
        while part > 0:
            if units[part] <= left[c, UNITS_LEFT]:
                score = floor + surcharge(tariff, candidates[c, BAND], steps[part])
                place = counts[part]
                while place > 0 and scores[part, place - 1] > score:
                    if place < kept:
                        scores[part, place] = scores[part, place - 1]
                        senders[part, place] = senders[part, place - 1]
                    place -= 1
                if place < kept:
                    scores[part, place] = score
                    senders[part, place] = c
                    counts[part] = min(kept, counts[part] + 1)
            part = (part - 1) & held
    return 0


@kernel
def next_grouping(group: Table, n_lines: int, most: int) -> bool:
    """Step to the next way to put lines into at most so many groups; False after the last.

    Notes
    -----
    Restricted growth strings: a line's group is at most one above the highest before it, so that each way comes
    once. D. E. Knuth, *The Art of Computer Programming* 4A (2011), section 7.2.1.5.

    Examples
    --------
    >>> group, seen = np.zeros(3, np.int64), [(0, 0, 0)]
    >>> while next_grouping(group, 3, 2):
    ...     seen.append(tuple(group.tolist()))
    >>> seen
    [(0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1)]
    """
    for back in range(1, n_lines):
        line = n_lines - back
        highest = 0
        for before in range(line):
            highest = max(highest, group[before])
        if group[line] <= highest and group[line] + 1 < most:
            group[line] += 1
            for after in range(line + 1, n_lines):
                group[after] = 0
            return True
    return False


@kernel
def match(part: Table, n_parts: int, scores: Table, senders: Table, counts: Table, chosen: Table) -> int:
    """Give every part a sender of its own for the least sum of scores.

    Parameters
    ----------
    part : array of int
        The parts, ``n_parts`` of them, no line twice.
    chosen : array of int
        Filled in: the sender of each part.

    Returns
    -------
    int
        The sum, ``NO_LIMIT`` where there are not enough senders.

    Notes
    -----
    The best ``n_parts`` senders of each part are enough: whoever uses another one can change to one of these that
    no other part uses.
    """
    best = NO_LIMIT
    place = np.zeros(n_parts, np.int64)
    while True:
        total = 0
        distinct = True
        for i in range(n_parts):
            if place[i] >= counts[part[i]]:
                distinct = False
                break
            total += scores[part[i], place[i]]
            for j in range(i):
                if senders[part[i], place[i]] == senders[part[j], place[j]]:
                    distinct = False
        if distinct and total < best:
            best = total
            for i in range(n_parts):
                chosen[i] = senders[part[i], place[i]]
            if place.max() == 0:
                return best  # everybody has the sender that is best for it
        i = n_parts - 1
        while i >= 0:
            place[i] += 1
            if place[i] < min(n_parts, counts[part[i]]):
                break
            place[i] = 0
            i -= 1
        if i < 0:
            return best


@kernel
def split_exactly(
    lines: Table,
    n_lines: int,
    candidates: Table,
    known: int,
    left: Table,
    stock: Table,
    tariff: Table,
    settings: Table,
    most: int,
    fewest_first: int,
    bound: int,
    plan: Table,
) -> int:
    """Write the best plan of two or more shipments, each of whole lines.

    Parameters
    ----------
    most : int
        Shipments at most, between 2 and the number of lines.
    fewest_first : int
        1: the fewest shipments, of these plans the one of least score; 0: the least score, penalty included, of
        these the one of fewest shipments.
    bound : int
        What it must be better than; ``NO_LIMIT`` for any.

    Returns
    -------
    int
        Rows of the plan, ``NOWHERE`` where there is none that good, or ``MORE``.
    """
    parts = 1 << n_lines
    scores = np.empty((parts, most), np.int64)
    senders = np.empty((parts, most), np.int64)
    counts = np.empty(parts, np.int64)
    if rank_candidates(
        lines, n_lines, candidates, known, left, stock, tariff, settings, bound, scores, senders, counts
    ):
        return MORE
    group = np.zeros(n_lines, np.int64)
    part = np.empty(most, np.int64)
    chosen = np.empty(most, np.int64)
    sender = np.empty(n_lines, np.int64)
    best = bound
    fewest = n_lines + 1
    while next_grouping(group, n_lines, most):
        n_parts = 0
        for line in range(n_lines):
            n_parts = max(n_parts, group[line] + 1)
        if fewest_first and n_parts > fewest:
            continue
        for i in range(n_parts):
            part[i] = 0
        for line in range(n_lines):
            part[group[line]] |= 1 << line
        least = (n_parts - 1) * settings[SPLIT_PENALTY]
        possible = True
        for i in range(n_parts):
            if counts[part[i]] == 0:
                possible = False
            else:
                least += scores[part[i], 0]
        fewer = n_parts < fewest and best < bound
        if not possible or (least > best and not (fewest_first and fewer)) or (least == best and not fewer):
            continue
        total = match(part, n_parts, scores, senders, counts, chosen)
        if total == NO_LIMIT:
            continue
        total += (n_parts - 1) * settings[SPLIT_PENALTY]
        if total < best or (fewer and (fewest_first or total == best)):
            best = total
            fewest = n_parts
            for line in range(n_lines):
                sender[line] = chosen[group[line]]
    if best == bound:
        return NOWHERE
    return send_lines(sender, lines, n_lines, plan)
