"""The open loop: a recorded feed of events goes to a brain with no world at all. Its decisions are logged and go nowhere.

A feed that a run's channel delivered gives the decisions of that run, digest for digest: that is the proof of parity. The
record's own functions apply it, in the order in which the record heard it. There is no truth to measure: the ledger holds
what was decided, and how late the feed's sales were heard.
"""

from __future__ import annotations

import time as wall
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.agenda import HeapAgenda
from twin.body.feed import EventFeed, read_event_feed
from twin.body.simulation import Progress, Replication, decision_names, events_digest, with_orders
from twin.body.wiring import new_brain
from twin.brain.brain import Brain
from twin.brain.log import DecisionLog
from twin.clock import DAY, HEARD, KEY_SHIFT, NEVER, PHASES, Phase, key, key_time
from twin.compiled import compiled
from twin.decisions import CountRequest, Order
from twin.events import PHASE_OF, Message
from twin.kpis.ledger import COUNT_FIELDS, LAG_BINS, MONEY_FIELDS, Ledger, PurchaseOrder, Trip, lag_edge_us
from twin.plan.build import Plan
from twin.record.apply import hear_backfill, hear_sale
from twin.record.outs import out_us
from twin.record.state import Meter, open_record, widen

if TYPE_CHECKING:
    from twin.body.replay_orders import HeardOrders

_SIGNALS, _REVIEW, _BITS = int(Meter.SIGNALS), int(Phase.REVIEW) << 1, (1 << KEY_SHIFT) - 1
TOLD = ("purchase_orders", "transfers", "cost_ordering", "record_lag_p95", "sku_out_share_seen")
"""The KPIs that an open loop can tell: what was decided, and how late the record heard."""


@dataclass
class OpenLoop(Replication):
    """What a replayed feed has come to; ``told`` are the KPIs that it can tell."""

    told: tuple[str, ...] = TOLD


@dataclass
class DecisionCount:
    """A sink that acts on nothing and adds up: purchase orders and transfers as they are decided."""

    purchases: list[PurchaseOrder] = field(default_factory=list)
    transfers: list[Trip] = field(default_factory=list)

    def place(self, order: Order) -> None:
        """Note an order. Nothing is ever due or delivered in an open loop."""
        lines, units = order.cells.size, order.total
        if order.is_purchase:
            self.purchases.append(PurchaseOrder(order.time, NEVER, -1, order.origin, order.destination, lines, units, 0))
        else:
            self.transfers.append(Trip(order.time, -1, order.origin, order.destination, lines, units, 0.0))

    def count(self, request: CountRequest) -> None:
        """Nothing to add up: what is found, if anybody counts, is in the feed."""


@compiled()
def hear_feed(
    record_table: NDArray[np.int64],
    keys: NDArray[np.int64],
    event_times: NDArray[np.int64],
    later_round: NDArray[np.bool_],
    sequences: NDArray[np.int64],
    locations: NDArray[np.int32],
    cells: NDArray[np.int32],
    units: NDArray[np.int32],
    owed: NDArray[np.int32],
    backfill: NDArray[np.bool_],
    at: int,
    until: int,
) -> tuple[int, int]:
    """Apply the feed from row ``at`` to the key ``until``; returns the next row and the key it stopped before."""
    record = open_record(record_table)
    while at < keys.size and keys[at] < until:
        place, cell, handed = locations[at], cells[at], np.int64(units[at])
        if backfill[at]:
            hear_backfill(record, keys[at], event_times[at], np.int64(later_round[at]), sequences[at], place, cell, handed)
        else:
            hear_sale(record, keys[at], event_times[at], sequences[at], place, cell, handed, np.int64(owed[at]))
        if record.meters[_SIGNALS]:
            until = min(until, (keys[at] & ~_BITS) | _REVIEW)
        at += 1
    return at, until


def replay_events(
    plan: Plan,
    feed: Path | EventFeed,
    *,
    columns: Mapping[str, str] | None = None,
    strict: bool = False,
    folder: Path | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> OpenLoop:
    """Put a recorded feed of events through the record and the policies of a plan.

    Parameters
    ----------
    feed
        An event log (``twin.events.COLUMNS``) as Parquet, CSV or JSONL, the ``events`` folder of a run with one
        replication, or what ``twin.body.feed.read_event_feed`` has made of it for this plan.
    columns : our name of a column → the feed's
    strict : refuse a feed with any bad row
    folder : where ``decisions.parquet`` goes; None writes nothing

    Raises
    ------
    adapters.problems.FeedError
        A feed that cannot be read.
    twin.runs.errors.RunError
        In strict mode a feed with bad rows; one without any good row, or without one that the run could hear.
    """
    heard = feed if isinstance(feed, EventFeed) else read_event_feed(plan, feed, columns or {}, strict)
    return _Replay(plan, heard, folder).run(progress)


class _Replay:
    def __init__(self, plan: Plan, feed: EventFeed, folder: Path | None) -> None:
        self.plan, self.feed = plan, feed
        self.agenda = HeapAgenda(plan.scenario.start_us)
        variant = plan.resolved.variant or "base"
        path = folder / "decisions.parquet" if folder else None
        self.log = DecisionLog(decision_names(plan), path, (("variant", variant), ("replication", 1)))
        self.decided = DecisionCount()
        self.brain: Brain = new_brain(plan, self.agenda, self.decided, self.log, counts=feed.counts)
        self.brain.replace_record(widen(self.brain.record, feed.windows))
        self.orders = _orders(plan, self.brain, feed)
        self._messages = iter(feed.messages)
        self._next = next(self._messages, None)
        self._at = 0

    def run(self, progress: Callable[[Progress], None] | None) -> OpenLoop:
        began, last = wall.perf_counter(), 0.0
        scenario, agenda = self.plan.scenario, self.agenda
        self.brain.begin()
        end = key(scenario.end_us, 0)
        while True:
            self._enter_messages()
            limit = min(agenda.next_key(), end)
            reached = self._hear_all(limit)
            self.brain.look(key_time(reached))
            if reached < limit:
                continue
            if reached >= end:
                break
            agenda.step()
            if progress is not None and wall.perf_counter() - last > 0.1:
                last = wall.perf_counter()
                progress(Progress(agenda.time, scenario.start_us, scenario.end_us, self._at))
        self.log.close()
        if progress is not None:
            progress(Progress(scenario.end_us, scenario.start_us, scenario.end_us, self._at))
        return self._result(wall.perf_counter() - began)

    def _hear_all(self, until: int) -> int:
        """What tills and, where there are any, web orders told, up to a key."""
        if self.orders is None:
            return self._hear(until)
        from twin.body.replay_orders import hear_together

        return hear_together(self.orders, self._hear, lambda: bool(self.brain.record.meters[_SIGNALS]), until)

    def _hear(self, until: int) -> int:
        rows = self.feed
        self._at, reached = hear_feed(
            self.brain.table, rows.keys, rows.event_times, rows.later_round, rows.sequences, rows.locations, rows.cells, rows.units,
            rows.owed, rows.backfill, self._at, until,
        )  # fmt: skip
        return int(reached)

    def _enter_messages(self) -> None:
        """Put the next messages on the agenda, before anything that comes after them."""
        while self._next is not None:
            record_time, round_, message = self._next
            priority = round_ * PHASES + PHASE_OF[message.kind]
            first = self.agenda.first()
            if first is not None and (record_time, priority) > first:
                return
            self.agenda.at_priority(record_time, priority, partial(self._deliver, message, record_time))
            self._next = next(self._messages, None)

    def _deliver(self, message: Message, record_time: int) -> None:
        self.brain.hear(message, record_time)
        if self.orders is not None:
            self.orders.stock_changed(message.cells, key(record_time, PHASE_OF[message.kind], HEARD))

    def _result(self, seconds: float) -> OpenLoop:
        plan, meters = self.plan, self.brain.record.meters
        ledger = _empty_ledger(plan)
        ledger.out_seen_us = out_us(self.brain.record)
        ledger.purchase_orders, ledger.trips = self.decided.purchases, self.decided.transfers
        ledger.lag_histogram = _lags(self.feed, plan.scenario.warmup_us)
        counted = (
            Meter.DUPLICATES,
            Meter.BEYOND_WINDOW,
            Meter.ABSORBED,
            Meter.STALE_COUNTS,
            Meter.UNFOLDABLE,
        )
        ledger.record_counts = {meter.name.lower(): int(meters[meter]) for meter in counted}
        counters: dict[str, int] = {
            "events": self._at + len(self.feed.messages), "messages": len(self.feed.messages),
            "decision_lines": self.log.lines, "bad_rows": self.feed.bad_rows, **ledger.record_counts,
        }  # fmt: skip
        heard, decided = (None, None) if self.orders is None else self.orders.digests()
        return OpenLoop(
            1, plan.scenario.seed, ledger, with_orders(events_digest(self.brain.record), heard),
            with_orders(self.log.hexdigest(), decided), counters,
            {"replay": seconds},
        )  # fmt: skip


def _orders(plan: Plan, brain: Brain, feed: EventFeed) -> HeardOrders | None:
    """The book of orders, where the feed brings any."""
    if plan.web is None or feed.orders is None:
        return None
    from twin.body.replay_orders import HeardOrders

    return HeardOrders(plan, brain, feed.orders)


def _empty_ledger(plan: Plan) -> Ledger:
    """A ledger in which nothing happened: without a world there is no truth to measure."""
    scenario, days, buckets = plan.scenario, plan.days, plan.bucket_table()
    size = buckets.location.size
    return Ledger(
        start_us=scenario.start_us, warmup_days=(scenario.warmup_us - scenario.start_us) // DAY, days=days, buckets=buckets,
        counts=np.zeros((days, size, len(COUNT_FIELDS)), np.int64), money=np.zeros((days, size, len(MONEY_FIELDS))),
        inbound_us=np.zeros((days, len(plan.network.locations)), np.int64),
        out_seen_us=np.zeros((days, len(plan.network.locations)), np.int64), lag_histogram=np.zeros(LAG_BINS, np.int64),
    )  # fmt: skip


def _lags(feed: EventFeed, since_us: int) -> NDArray[np.int64]:
    """How late sales were heard, by the bins of ``twin.kpis.ledger.lag_edge_us``."""
    edges = np.array([edge for edge in map(lag_edge_us, range(LAG_BINS)) if edge < NEVER], np.int64)
    measured = feed.event_times >= since_us
    lags = (feed.keys[measured] >> KEY_SHIFT) - feed.event_times[measured]
    return np.bincount(np.searchsorted(edges, lags, side="right") - 1, minlength=LAG_BINS).astype(np.int64)
