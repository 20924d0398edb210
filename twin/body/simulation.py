"""The simulated body: events come from the world through the channel, decisions go to the world."""

from __future__ import annotations

import gc
import hashlib
import time as wall
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from twin.body.eventlog import EventLog, NoLog
from twin.body.wiring import new_brain
from twin.brain.log import DecisionLog
from twin.clock import DAY, Phase, key, key_time
from twin.kpis.ledger import Ledger, Snapshot
from twin.kpis.orders import VIEW_FIELDS
from twin.plan.build import Plan
from twin.random.keyed import KeyedDraws
from twin.record.outs import out_us
from twin.record.state import Meter, Record, Source
from twin.world.calendar import take_done
from twin.world.clock import NetworkClock
from twin.world.counting import Counting
from twin.world.courier import Courier
from twin.world.inbound import Inbound
from twin.world.measure import close_ledger, snapshot
from twin.world.shelves import ShelfLane
from twin.world.shifts import Shifts
from twin.world.transport import Transport

if TYPE_CHECKING:
    from twin.demand.web.views import Views

MOST_SNAPSHOTS = 100
LARGE = 2_000_000  # cells; beyond it truth and record are compared once a week
REPORT_EVERY_S = 0.1


@dataclass(frozen=True)
class Progress:
    """How far a replication has come."""

    now_us: int
    start_us: int
    end_us: int
    events: int


@dataclass
class Replication:
    """What a replication has come to; its decisions and events are in its folder."""

    replication: int
    seed: int
    ledger: Ledger
    events_digest: str
    decisions_digest: str
    counters: dict[str, int] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)


class Simulation:
    """One replication, wired and ready to run.

    Parameters
    ----------
    folder : where ``decisions.parquet`` and, if kept, ``events/`` go; None writes nothing
    logs : whether the lives of web orders are kept, in ``shelves.orders.lives``
    watched : number of the web order of which it is kept why it goes where it goes, in ``shelves.orders.asked``
    """

    def __init__(
        self,
        plan: Plan,
        replication: int,
        *,
        folder: Path | None,
        keep_events: bool = False,
        variant: str = "base",
        logs: bool = False,
        watched: int | None = None,
    ) -> None:
        self.plan, self.replication = plan, replication
        start = plan.scenario.start_us
        self.clock = NetworkClock(start)
        draws = KeyedDraws(plan.scenario.seed, replication)
        self.inbound = Inbound(len(plan.network.locations), plan.days, start)
        self.decisions = DecisionLog(
            decision_names(plan), folder / "decisions.parquet" if folder else None,
            (("variant", variant), ("replication", replication)),
        )  # fmt: skip
        self.events = EventLog(plan, folder / "events") if folder and keep_events else NoLog()
        self.brain = new_brain(plan, self.clock, self, self.decisions)
        self.shelves = ShelfLane(
            plan, replication, self.clock, self.brain, logs=logs, watched=watched, records=keep_events
        )
        channels = {int(Source.WAREHOUSE): plan.streams.warehouse, int(Source.COUNTS): plan.streams.count}
        places = [place.id for place in plan.network.locations]
        self.courier = Courier(self.clock, self.shelves, channels, draws, places, self.events)
        self.transport = Transport(plan, self.clock, self.shelves, self.courier, draws, self.inbound)
        self.counting = Counting(plan, self.clock, self.shelves, self.courier)
        self.shifts = Shifts(plan, self.clock, self.shelves)
        self.views = None if watched is not None else _views(plan, replication, keep_events and folder is not None)
        self.snapshots: list[Snapshot] = []
        self.timings: dict[str, float] = {"generate": 0.0, "lane": 0.0, "network": 0.0}
        self.place, self.count = self.transport.place, self.counting.take

    def run(self, progress: Callable[[Progress], None] | None = None) -> Replication:
        """Run to the end of the horizon."""
        with few_collections():
            return self._run(progress)

    def _run(self, progress: Callable[[Progress], None] | None) -> Replication:
        scenario, clock = self.plan.scenario, self.clock
        self.transport.begin()
        self.counting.begin()
        self.shifts.begin()
        self.brain.begin()
        self._snapshots_later(scenario.start_us)
        end, timings, last = key(scenario.end_us, 0), self.timings, 0.0
        while True:
            limit = min(clock.next_key(), end, self.shelves.end_of_stretch)
            began = wall.perf_counter()
            reached = limit
            if self._must_advance(limit):
                reached = self.shelves.advance(limit)
                self.brain.look(key_time(reached))
                timings["lane"] += wall.perf_counter() - began
            if reached < limit:
                continue  # a signal: the agenda has changed
            now = wall.perf_counter()
            if progress is not None and now - last > REPORT_EVERY_S:
                last = now
                progress(Progress(key_time(reached), scenario.start_us, scenario.end_us, self.shelves.lines_done))
            if reached == self.shelves.end_of_stretch and not self.shelves.lines.finished:
                self._next_stretch()
                timings["generate"] += wall.perf_counter() - now
            elif reached >= end:
                break
            else:
                clock.step()
                timings["network"] += wall.perf_counter() - now
        return self._finish()

    def _must_advance(self, limit: int) -> bool:
        """Whether all shelves must be run up to a key: where a rule may be asked at once, at the end of a stretch, and before
        somebody looks at all of them, as reviews and measurements do. Whoever else comes visits a location."""
        return self.plan.tracks == 1 or limit >= self.shelves.end_of_stretch or self.clock.next_phase() >= Phase.REVIEW

    def _next_stretch(self) -> None:
        self._heard()
        first_day = self.shelves.lines.day
        self.shelves.next_stretch()
        if self.views is not None and self.shelves.orders is not None:
            drawn = self.shelves.orders.of
            views = self.views.next_stretch(first_day, self.shelves.lines.day - first_day, drawn.carts[:-1], drawn.wanted)
            self.events.views(views)

    def _heard(self) -> None:
        """Keep what the record heard in the stretch that ends."""
        self.events.sales(self.shelves.operations, self.shelves.shelves.tracks)
        self.events.backfills(take_done(self.shelves.shelves))

    def _snapshots_later(self, start: int) -> None:
        days = self.plan.days
        every = 7 if self.plan.cells > LARGE else max(1, -(-days // MOST_SNAPSHOTS))
        end = start + every * DAY
        if end < self.plan.scenario.end_us:

            def take() -> None:
                self._snapshot(end)
                self._snapshots_later(end)

            self.clock.at(end - 1, Phase.MEASURE, take)  # the last instant of the day, before what midnight brings

    def _snapshot(self, at_us: int) -> None:
        flying = self.courier.in_flight
        self.shelves.in_flight(flying)
        self.snapshots.append(
            snapshot(at_us, self.shelves.table, self.brain.table, self.plan.ranged.first, flying)
        )

    def _finish(self) -> Replication:
        began = wall.perf_counter()
        plan, record = self.plan, self.brain.record
        self._snapshot(plan.scenario.end_us)
        self._heard()
        self.decisions.close()
        self.events.seal()
        if self.shelves.orders is not None:
            self.shelves.orders.take_lives()
            self.events.orders(self.shelves.orders.messages)
        ledger = close_ledger(plan, self.shelves.shelves.pages, plan.opening, self.inbound.integrals())
        if self.shelves.orders is not None:
            ledger.web = self.shelves.orders.close(plan.scenario.end_us)
            ledger.web.views = None if self.views is None else self.views.counted
        ledger.out_seen_us = out_us(record)
        ledger.lag_histogram, ledger.snapshots = self.shelves.shelves.lags, self.snapshots
        ledger.purchase_orders, ledger.trips = self.transport.purchases, self.transport.trips
        meters = {meter.name.lower(): int(record.meters[meter]) for meter in Meter}
        ledger.record_counts = {
            name: meters[name]
            for name in ("duplicates", "beyond_window", "absorbed", "stale_counts", "unfoldable")
        }
        heard, decided = (None, None) if self.shelves.orders is None else self.shelves.orders.digests()
        self.timings["close"] = wall.perf_counter() - began
        counters = {
            "events": self.shelves.lines_done + self.courier.delivered, "lines": self.shelves.lines_done,
            "messages": self.courier.delivered, "decision_lines": self.decisions.lines, **ledger.record_counts,
        }  # fmt: skip
        if self.views is not None:
            counters["views"] = int(self.views.counted[:, VIEW_FIELDS.index("views")].sum())
        return Replication(
            self.replication, plan.scenario.seed, ledger, with_orders(events_digest(record), heard),
            with_orders(self.decisions.hexdigest(), decided), counters, self.timings,
        )  # fmt: skip


def _views(plan: Plan, replication: int, keeps: bool) -> Views | None:
    """What is drawn of views, where the scenario asks for any."""
    if plan.web is None or plan.web.carts.views is None:
        return None
    from twin.demand.web.views import Views

    return Views(plan.web.carts, plan.scenario.seed, replication, plan.scenario.end_us, keeps=keeps)


@contextmanager
def few_collections() -> Iterator[None]:
    """Look for garbage in cycles seldom, and not among what was there before: a run makes hardly any, and looking through all
    that a plan holds costs more than many an event."""
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def events_digest(record: Record) -> str:
    """Digest of all that was delivered to a record, sender by sender."""
    return hashlib.blake2b(record.senders["digest"].astype("<i8").tobytes(), digest_size=16).hexdigest()


def with_orders(digest: str, orders: int | None) -> str:
    """A digest that covers orders too, where there are any."""
    if orders is None:
        return digest
    return hashlib.blake2b(f"{digest} {orders}".encode(), digest_size=16).hexdigest()


def decision_names(plan: Plan) -> tuple[list[str], list[str], list[str]]:
    """Names of locations, SKUs and rules, for the log of decisions."""
    return (
        [p.id for p in plan.network.locations],
        plan.items.skus,
        [rule.use for rule in plan.scenario.policies.reorder],
    )
