"""When a parcel leaves: local days, cut-offs and the carrier's collections."""

from __future__ import annotations

from twin.fulfilment.state import Fulfilment
from twin.orders.clocks import day_at, instant_of, shown_at
from twin.parts import inlined


@inlined()
def leaves_at(of: Fulfilment, location: int, accepted: int, time: int) -> int:
    """When a parcel leaves that is ready at ``time``: at once, or with the next collection of its carrier.

    What its building was asked for after the cut-off does not leave on that day.
    """
    desk, midnights, jumps = of.desks[location], of.midnights, of.jumps
    desk.day = day_at(midnights, desk.clock, time, desk.day)
    last = midnights.shape[1] - 1
    earliest = time
    if desk.cut_off >= 0:
        asked = day_at(midnights, desk.clock, accepted, desk.day)
        if shown_at(midnights, jumps, desk.clock, asked, accepted) >= desk.cut_off and asked < last:
            earliest = max(time, midnights[desk.clock, asked + 1])
    if desk.pickups == 0:
        return earliest
    day = day_at(midnights, desk.clock, earliest, desk.day)
    while day <= last:
        for i in range(desk.first_pickup, desk.first_pickup + desk.pickups):
            collected: int = instant_of(midnights, jumps, desk.clock, day, of.pickups[i])
            if collected >= earliest:
                return collected
        day += 1
    return earliest
