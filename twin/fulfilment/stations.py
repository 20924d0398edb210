"""Stations: queues with servers, finite room, rework and precedence; what follows a service is up to ``twin.fulfilment.jobs``."""

from __future__ import annotations

import numpy as np

from twin.clock import KEY_SHIFT, Phase
from twin.compiled import compiled
from twin.fulfilment.ahead import service_draw
from twin.fulfilment.pending import enter
from twin.fulfilment.state import WITHDRAWN, Fulfilment, Hold, What
from twin.fulfilment.tables import fulfilment_of
from twin.intrinsics import highest_bit
from twin.kpis.orders import NODE
from twin.memory import Row
from twin.orders.state import NONE
from twin.orders.tables import Tables
from twin.parts import inlined, part
from twin.random.drawn import keyed_u32
from twin.random.tables import quantile_draw

_ROOT, _FROM, _TO, _START = int(Hold.SERVICE_ROOT), int(Hold.MEASURED_FROM), int(Hold.MEASURED_TO), int(Hold.START)
_SERVED = int(What.SERVED)
_PICK = int(Phase.PICK) << 1
_WAIT_US, _WAITS = NODE["wait_us"], NODE["waits"]
_DAY = 86_400_000_000


@inlined()
def fine_bin(lag: int, bins: int) -> np.uintp:
    """Bin of a delay in a histogram of ``twin.kpis.orders``: exact below 32 µs, then 32 to each doubling."""
    if lag < 64:
        return np.uintp(max(lag, 0))
    octave = highest_bit(lag) - 5
    return np.uintp(min(octave * 32 + (lag >> octave), bins - 1))


@inlined()
def day_of(of: Fulfilment, time: int) -> int:
    """Page of an instant."""
    day: int = (time - of.control[_START]) // _DAY
    return min(day, of.nodes.shape[0] - 1)


@inlined()
def keep(of: Fulfilment, station: Row, time: int) -> None:
    """Bring a station's integrals up to ``time``; only the measured horizon counts."""
    begin, end = max(station.changed, of.control[_FROM]), min(time, of.control[_TO])
    if end > begin:
        passed = end - begin
        station.in_system_us += passed * station.in_system
        station.busy_us += passed * station.busy
        station.capacity_us += passed * station.servers
    station.changed = time


@inlined()
def measured(of: Fulfilment, time: int) -> bool:
    """Whether an instant belongs to the horizon that is measured."""
    return of.control[_FROM] <= time < of.control[_TO]


@inlined()
def has_room(of: Fulfilment, station: int) -> bool:
    """Whether one more job may come."""
    row = of.stations[station]
    return row.in_system < row.room


@part()
def arrive(w: Tables, job: int, station: int, time: int) -> None:
    """A job comes to a station that has room for it."""
    of = fulfilment_of(w)
    row, work = of.stations[station], of.jobs[job]
    keep(of, row, time)
    row.in_system += 1
    row.arrivals += measured(of, time)
    work.station, work.arrived, work.next = station, time, NONE
    if row.busy < row.servers:
        _serve(w, job, station, time)
    elif row.first_pickup and work.collected:
        if row.head == NONE:
            row.head = job
        else:
            of.jobs[row.tail].next = job
        row.tail = job
    else:
        if row.other_head == NONE:
            row.other_head = job
        else:
            of.jobs[row.other_tail].next = job
        row.other_tail = job


@inlined()
def _serve(w: Tables, job: int, station: int, time: int) -> None:
    """A server takes a job; how long it takes is drawn by shipment and service, not by the order of drawing."""
    of = fulfilment_of(w)
    row, work = of.stations[station], of.jobs[job]
    row.busy += 1
    waited = time - work.arrived
    if measured(of, time):
        row.jobs += 1
        row.wait_us += waited
    if row.entry and work.stages == 0:
        of.nodes[day_of(of, time), work.location, _WAIT_US] += waited
        of.nodes[day_of(of, time), work.location, _WAITS] += 1
        if measured(of, work.placed):
            of.wait[fine_bin(waited, of.wait.size)] += 1
    draw = keyed_u32(of.control[_ROOT], service_draw(of, job))
    work.stages += 1
    taken = 0 if work.flags & WITHDRAWN else quantile_draw(of.laws[row.law], draw)
    enter(w, ((time + taken) << KEY_SHIFT) | _PICK, _SERVED, job, 0)


@inlined()
def _next_in_queue(of: Fulfilment, station: int) -> int:
    row = of.stations[station]
    job: int = row.head
    if job != NONE:
        row.head = of.jobs[job].next
        return job
    job = row.other_head
    if job != NONE:
        row.other_head = of.jobs[job].next
    return job


@inlined()
def _begin_services(w: Tables, of: Fulfilment, station: int, time: int) -> None:
    row = of.stations[station]
    while row.busy < row.servers:
        job = _next_in_queue(of, station)
        if job == NONE:
            return
        _serve(w, job, station, time)


@part()
def leave(w: Tables, station: int, time: int) -> None:
    """A job has gone from a station: its server takes the next, and the room goes to whoever was kept waiting for it.

    A job that was kept had held a server of an earlier station, which is free now in turn, and so on upstream.
    """
    of = fulfilment_of(w)
    while True:
        row = of.stations[station]
        keep(of, row, time)
        row.busy -= 1
        row.in_system -= 1
        _begin_services(w, of, station, time)
        job = row.kept_head
        if job == NONE or row.in_system >= row.room:
            return
        row.arrivals -= measured(of, time)  # it came when it was told to wait
        row.kept_head = of.jobs[job].next
        upstream = of.jobs[job].station
        arrive(w, job, station, time)
        station = upstream


@inlined()
def keep_waiting(of: Fulfilment, job: int, station: int, time: int) -> None:
    """A job finds no room at the next station: it stays, and keeps its server."""
    row = of.stations[station]
    row.arrivals += measured(of, time)
    row.blocked += measured(of, time)
    of.jobs[job].next = NONE
    if row.kept_head == NONE:
        row.kept_head = job
    else:
        of.jobs[row.kept_tail].next = job
    row.kept_tail = job


@compiled()
def set_servers(w: Tables, station: int, servers: int, time: int) -> None:
    """A shift begins or ends; services under way are finished."""
    of = fulfilment_of(w)
    row = of.stations[station]
    keep(of, row, time)
    row.servers = servers
    _begin_services(w, of, station, time)


@compiled()
def close_stations(w: Tables, time: int) -> None:
    """Bring all integrals up to the end."""
    of = fulfilment_of(w)
    for i in range(of.stations.size):
        keep(of, of.stations[i], time)
