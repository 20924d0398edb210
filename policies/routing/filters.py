"""Who is a candidate at all: calendars, capacities, ship-from-store and what was rejected lately.

A caller that finds a candidate out of the question gives it no orders left (or no stock of the line).
"""

from __future__ import annotations

from policies.kernel import kernel
from policies.routing.columns import NO_LIMIT

NEVER = -NO_LIMIT
"""When a cell that never rejected an order did so."""


@kernel
def ships_today(time_of_day: int, opens: int, closes: int, cut_off: int) -> bool:
    """Whether an order that arrives now still leaves today.

    Parameters
    ----------
    time_of_day : int
        Local time at the node, µs since midnight.
    opens, closes : int
        Its hours, µs since midnight, the end exclusive; before the start where they span midnight; equal: always.
    cut_off : int
        Time up to which an order leaves the same day, µs since midnight; negative: none, and then it must be open.

    Notes
    -----
    Before it opens a node with a cut-off counts: the order waits for the morning and leaves the same day.

    Examples
    --------
    >>> hour = 3_600_000_000
    >>> [ships_today(t * hour, 9 * hour, 21 * hour, 18 * hour) for t in (7, 12, 18, 20)]
    [True, True, False, False]
    >>> [ships_today(t * hour, 22 * hour, 6 * hour, -1) for t in (7, 23, 3)]
    [False, True, True]
    """
    if cut_off >= 0:
        return time_of_day < cut_off
    if opens == closes:
        return True
    if opens < closes:
        return opens <= time_of_day < closes
    return time_of_day >= opens or time_of_day < closes


@kernel
def excluded(rejected_at: int, now: int, cooldown: int) -> bool:
    """Whether a cell is left out because it rejected an order less than ``cooldown`` ago; times in µs.

    Examples
    --------
    >>> excluded(100, 149, 50), excluded(100, 150, 50), excluded(NEVER, 0, 50)
    (True, False, False)
    """
    return rejected_at > NEVER and now - rejected_at < cooldown


@kernel
def room_left(capacity: int, used: int, open_today: bool) -> int:
    """Return what a node can still take on today, in orders or units: never below 0, and 0 where it is out.

    Examples
    --------
    >>> room_left(150, 149, True), room_left(150, 151, True), room_left(150, 0, False)
    (1, 0, 0)
    """
    return max(0, capacity - used) if open_today else 0
