"""Making a brain for a plan: the same in every body."""

from __future__ import annotations

import numpy as np

from twin.agenda import Agenda
from twin.brain.brain import Brain
from twin.brain.groups import Supply
from twin.brain.log import DecisionLog
from twin.decisions import Sink
from twin.plan.build import Plan
from twin.record.state import Record, new_record

_WINDOW = 1 << 12  # sequence numbers an id is remembered for at first; the body widens it as the feed needs
_COMPLETE = 4095  # of the 4,096 steps of the latency table: by then all but the late events have come


def opening_record(plan: Plan) -> Record:
    """A record that knows what stands on the shelves at the start, and what is under way."""
    record = new_record(plan.cells, window=_WINDOW, folds_counts=bool(plan.scenario.inventory.count))
    record.cells["on_hand"] = plan.opening
    record.cells["position"] = plan.opening
    if plan.watched is not None:
        record.cells["watched"] = plan.watched
    for order in plan.orders:
        record.inbound[order.cell] += order.units
        record.cells["position"][order.cell] += order.units
    return record


def new_brain(plan: Plan, agenda: Agenda, sink: Sink, log: DecisionLog) -> Brain:
    """A brain for a plan, with its record as it is at the start."""
    network = plan.network
    supplies = [
        Supply(
            network.index[lane.origin], network.index[lane.destination], lane.pack, lane.moq,
            not network.location(lane.origin).is_internal,
        )
        for lane in network.lanes
    ]  # fmt: skip
    return Brain(
        opening_record(plan), plan.ranged, plan.groups, supplies, agenda=agenda, sink=sink, log=log,
        start_us=plan.scenario.start_us, lateness_us=int(np.asarray(plan.streams.pos.latency)[_COMPLETE]),
    )  # fmt: skip
