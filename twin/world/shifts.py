"""Who works when: the servers of stations that have shifts, changed at the local times at which shifts begin and end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from scenarios.schema.stations import Shift
from twin.clock import DAY, Phase
from twin.plan.build import Plan
from twin.world.clock import NetworkClock
from twin.world.departures import timetable
from twin.world.shelves import ShelfLane

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def servers_at(shifts: Sequence[Shift], time: int, zone: ZoneInfo) -> int:
    """Servers on shift at an instant (µs since the epoch); those of shifts that overlap add up.

    Examples
    --------
    >>> night = Shift.model_validate({"from": "22:00", "to": "06:00", "servers": "2", "days": ["fri"]})
    >>> friday = 1_793_923_200_000_000  # 6 November 2026, 00:00 UTC
    >>> [servers_at([night], friday + hour * 3_600_000_000, ZoneInfo("UTC")) for hour in (5, 23, 29, 31)]
    [0, 2, 2, 0]
    """
    local = (_EPOCH + timedelta(microseconds=time)).astimezone(zone)
    since = local - local.replace(hour=0, minute=0, second=0, microsecond=0)
    clock, today = since // timedelta(microseconds=1), local.weekday()
    total = 0
    for shift in shifts:
        begin, end = shift.from_ % DAY, shift.to or DAY
        on, before = _works(shift, today), _works(shift, (today - 1) % 7)
        night = (on and clock >= begin) or (before and clock < end)
        there = on and begin <= clock < end if begin < end else night
        total += shift.servers if there else 0
    return total


def _works(shift: Shift, weekday: int) -> bool:
    return not shift.days or weekday in shift.days


class Shifts:
    """The shifts of all stations; one entry on the agenda for all that change at an instant."""

    def __init__(self, plan: Plan, clock: NetworkClock, shelves: ShelfLane) -> None:
        self._clock, self._shelves = clock, shelves
        self._groups: dict[tuple[tuple[Shift, ...], str], list[int]] = {}
        if shelves.orders is not None:
            benches, places = shelves.orders.benches, plan.network.locations
            for station, (shifts, (_, location)) in enumerate(zip(benches.shifts, benches.names, strict=True)):
                if shifts:
                    zone = places[location].timezone or plan.scenario.time.timezone
                    self._groups.setdefault((shifts, zone), []).append(station)

    def begin(self) -> None:
        """Put everybody to work who is on shift at the start."""
        for (shifts, zone), stations in self._groups.items():
            self._turn(shifts, zone, stations)

    def _turn(self, shifts: tuple[Shift, ...], zone: str, stations: list[int]) -> None:
        now = self._clock.time
        self._shelves.set_servers(stations, servers_at(shifts, now, ZoneInfo(zone)))
        clocks = tuple(sorted({clock % DAY for shift in shifts for clock in (shift.from_, shift.to)}))
        following = timetable(clocks, zone).next(now + 1)
        self._clock.at(following, Phase.CHANGE, lambda: self._turn(shifts, zone, stations))
