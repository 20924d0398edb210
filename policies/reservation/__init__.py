"""Reservation rules: what carts may hold and orders are promised, given what the record says.

Examples
--------
>>> from policies.reservation import GRANTED, ReservationFacts, Standard, Wanted
>>> rule = Standard(ReservationFacts(), oversell=0.10)
>>> rule.hold(Wanted(cell=0, units=1, free=10, soft=10)), rule.hold(Wanted(cell=0, units=1, free=10, soft=11))
(True, False)
>>> rule.promise([Wanted(cell=0, units=2, free=5), Wanted(cell=1, units=1, free=0)]).outcome == GRANTED
False
"""

from policies.reservation.base import (
    CALLBACK,
    Promise,
    ReservationFacts,
    ReservationPolicy,
    Wanted,
)
from policies.reservation.deciding import BACKORDERED, GRANTED, PARTLY, REFUSED
from policies.reservation.standard import Standard

__all__ = [
    "BACKORDERED",
    "CALLBACK",
    "GRANTED",
    "PARTLY",
    "REFUSED",
    "Promise",
    "ReservationFacts",
    "ReservationPolicy",
    "Standard",
    "Wanted",
]
