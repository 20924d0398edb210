"""Time and the order of simultaneous events: the one place where it is written.

Time is an int64 of microseconds since the Unix epoch, UTC. At one instant the phases below run from top to bottom; within a
phase what happens in the world comes before what the record hears of it, then location, source rank and sequence decide.
What an event causes without delay in its own or an earlier phase happens in the next *round* of the same instant.

A *key* packs time, phase and half into one int64 that sorts the same way, which is all the shelf lane compares.
"""

from __future__ import annotations

from enum import IntEnum


class Phase(IntEnum):
    """The order of what happens at one instant."""

    CHANGE = 0  # changes of the scenario, disruptions, shrink
    RECEIPT = 1
    CONVERSION = 2  # payments
    RELEASE = 3  # releases, cancellations, expiries
    RETURN = 4
    DEMAND = 5
    PICK = 6  # picks and dispatches
    COUNT = 7
    REVIEW = 8
    MEASURE = 9


PHASES = 16  # phases a round has room for
KEY_SHIFT = 5  # bits of a key below the time: four of phase, one of half
HAPPENS, HEARD = 0, 1  # halves of a phase: the world, then the record
LATER_ROUND = (1 << KEY_SHIFT) - 1  # below the time of a key: after all phases of the instant's first round
NEVER = (1 << 62) - 1

US = 1
MILLISECOND = 1_000
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def key(time_us: int, phase: int, half: int = HAPPENS) -> int:
    """Pack an instant, a phase and a half into a sortable int64."""
    return (time_us << KEY_SHIFT) | (phase << 1) | half


def heard_key(time_us: int, phase: int, round_: int) -> int:
    """Key at which the record hears of something: in its phase, or after the first round where it is caused in a later one."""
    return (time_us << KEY_SHIFT) | LATER_ROUND if round_ else key(time_us, phase, HEARD)


def key_time(packed: int) -> int:
    """The time, in µs, of a key."""
    return packed >> KEY_SHIFT


def boundary(time_us: int, priority: int) -> int:
    """Key below which the shelf lane may run before a network event of this time and priority.

    A priority is ``round * PHASES + phase``; all that the lane has at the instant belongs to round 0.
    """
    if priority >= PHASES:
        return (time_us + 1) << KEY_SHIFT
    return key(time_us, priority)
