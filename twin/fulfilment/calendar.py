"""When a parcel leaves: local days, cut-offs and the carrier's collections."""

from __future__ import annotations

from twin.fulfilment.state import Fulfilment
from twin.parts import inlined


@inlined()
def _day_at(of: Fulfilment, clock: int, time: int, near: int) -> int:
    """Which local day an instant belongs to, looked for from the day ``near`` on."""
    last = of.midnights.shape[1] - 1
    day = near
    while day < last and of.midnights[clock, day + 1] <= time:
        day += 1
    while day > 0 and of.midnights[clock, day] > time:
        day -= 1
    return day


@inlined()
def leaves_at(of: Fulfilment, location: int, accepted: int, time: int) -> int:
    """When a parcel leaves that is ready at ``time``: at once, or with the next collection of its carrier.

    What its building was asked for after the cut-off does not leave on that day.
    """
    desk = of.desks[location]
    desk.day = _day_at(of, desk.clock, time, desk.day)
    last = of.midnights.shape[1] - 1
    earliest = time
    if desk.cut_off >= 0:
        asked = _day_at(of, desk.clock, accepted, desk.day)
        if accepted - of.midnights[desk.clock, asked] >= desk.cut_off and asked < last:
            earliest = max(time, of.midnights[desk.clock, asked + 1])
    if desk.pickups == 0:
        return earliest
    day = _day_at(of, desk.clock, earliest, desk.day)
    while day <= last:
        for i in range(desk.first_pickup, desk.first_pickup + desk.pickups):
            collected: int = of.midnights[desk.clock, day] + of.pickups[i]
            if collected >= earliest:
                return collected
        day += 1
    return earliest
