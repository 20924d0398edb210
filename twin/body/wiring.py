"""Making a brain for a plan: the same in every body."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.agenda import Agenda
from twin.brain.brain import Brain
from twin.brain.doubts import CountRule
from twin.brain.groups import CONTINUOUS, Supply
from twin.brain.log import DecisionLog
from twin.clock import DAY
from twin.decisions import Sink
from twin.plan.build import Plan
from twin.plan.places import locations_of, skus_of
from twin.record.outs import measured
from twin.record.state import AT_ONCE, DUE, RECENT, Meter, Record, new_record

_WINDOW = 1 << 12  # sequence numbers an id is remembered for at first; the body widens it as the feed needs
_LEAST_REMEMBERED, _FOLDING_BYTES = 1 << 13, 256 << 20
_COMPLETE = 4095  # of the 4,096 steps of the latency table: by then all but the late events have come


def opening_record(plan: Plan, counts: bool) -> Record:
    """A record that knows what stands on the shelves at the start, and what is under way."""
    record = new_record(
        plan.cells, locations=len(plan.network.locations), window=_WINDOW, folds_counts=counts, recent=_remembered(plan)
    )
    record.cells["on_hand"] = plan.opening
    record.cells["position"] = plan.opening
    for order in plan.orders:
        record.cells["position"][order.cell] += order.units
    _set_points(plan, record)
    return measured(record, plan.ranged.first, plan.scenario.start_us, plan.days)


def _set_points(plan: Plan, record: Record) -> None:
    """Every cell gets the order point of its rule, and whatever is at or below it is due at the first review."""
    points: dict[int, NDArray[np.int32]] = {}
    for group in plan.groups:
        if id(group.policy) not in points:
            points[id(group.policy)] = group.policy.order_points()
        part = plan.ranged.of(group.location)
        mine = slice(None) if group.whole else group.local
        record.cells["point"][part][mine] = points[id(group.policy)]
        if group.review_us == CONTINUOUS:
            record.asks[part][mine] = AT_ONCE
    due = record.cells["position"] <= record.cells["point"]
    record.asks[due] |= DUE
    record.meters[Meter.MARKED] = np.count_nonzero(due)


def _remembered(plan: Plan) -> int:
    """How many deltas of a location are kept for counts to be folded in: all that its busiest one may have between a count and
    its being heard, as far as memory goes."""
    streams = (plan.streams.count, plan.streams.warehouse, plan.streams.pos)
    delay = max(int(max(np.asarray(s.latency).max(), np.asarray(s.delay).max() if s.late else 0)) for s in streams)
    lines = np.bincount([s.location for s in plan.demand.streams] or [0], [s.per_day for s in plan.demand.streams] or [0.0])
    most = _FOLDING_BYTES // (RECENT.itemsize * len(plan.network.locations))
    return int(min(max(_LEAST_REMEMBERED, 3 * lines.max() * (delay / DAY)), most))


def new_brain(plan: Plan, agenda: Agenda, sink: Sink, log: DecisionLog, *, counts: bool = False) -> Brain:
    """A brain for a plan, with its record as it is at the start; ``counts``: counts may come though the plan has none."""
    network = plan.network
    supplies = [
        Supply(
            network.index[lane.origin], network.index[lane.destination], lane.pack, lane.moq,
            not network.location(lane.origin).is_internal,
        )
        for lane in network.lanes
    ]  # fmt: skip
    record = opening_record(plan, counts or bool(plan.scenario.inventory.count))
    return Brain(
        record, plan.ranged, plan.groups, supplies, agenda=agenda, sink=sink, log=log,
        start_us=plan.scenario.start_us, lateness_us=int(np.asarray(plan.streams.pos.latency)[_COMPLETE]),
        counting=_on_request(plan),
    )  # fmt: skip


def _on_request(plan: Plan) -> list[CountRule]:
    """The count plans of a scenario by which a cell is counted where a pick found nothing."""
    return [
        CountRule(i, given.after_empty_pick, locations_of(given.where, plan.network), skus_of(given.where, plan.items))
        for i, given in enumerate(plan.scenario.inventory.count)
        if given.after_empty_pick is not None
    ]
