"""The local clock of a place, for kernels: what it shows, when it will show something, and when doors are open by it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.orders.state import Book
from twin.parts import inlined


@inlined()
def day_at(midnights: NDArray[np.int64], clock: int, time: int, near: int) -> int:
    """Which local day an instant belongs to, looked for from the day ``near`` on."""
    last = midnights.shape[1] - 1
    day = near
    while day < last and midnights[clock, day + 1] <= time:
        day += 1
    while day > 0 and midnights[clock, day] > time:
        day -= 1
    return day


@inlined()
def shown_at(midnights: NDArray[np.int64], jumps: NDArray[np.int64], clock: int, day: int, time: int) -> int:
    """What a clock shows at an instant of a local day, µs."""
    shown: int = time - midnights[clock, day]
    if jumps[clock, day, 1] != 0 and shown >= jumps[clock, day, 0]:
        shown += jumps[clock, day, 1]
    return shown


@inlined()
def instant_of(midnights: NDArray[np.int64], jumps: NDArray[np.int64], clock: int, day: int, shown: int) -> int:
    """When a clock shows ``shown`` µs on a local day, or jumps over it; the first time where it does twice."""
    passed = shown
    if jumps[clock, day, 1] != 0 and shown >= jumps[clock, day, 0]:
        passed = max(jumps[clock, day, 0], shown - jumps[clock, day, 1])
    instant: int = midnights[clock, day] + passed
    return instant


@inlined()
def open_from(book: Book, location: int, time: int) -> int:
    """The first instant from ``time`` on at which the doors of a location are open."""
    node = book.nodes[location]
    if node.opens == node.closes:
        return time
    day = day_at(book.midnights, node.zone, time, node.day)
    shown = shown_at(book.midnights, book.jumps, node.zone, day, time)
    if node.opens < node.closes:
        if node.opens <= shown < node.closes:
            return time
        if shown >= node.closes:
            day += 1
    elif shown >= node.opens or shown < node.closes:
        return time
    if day >= book.midnights.shape[1]:
        return time
    return max(time, instant_of(book.midnights, book.jumps, node.zone, day, node.opens))
