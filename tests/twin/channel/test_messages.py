"""Messages of many lines through their channels: receipts, dispatches and counts, in runs."""

from __future__ import annotations

import numpy as np
import pytest

from tests.twin.scenes import Ran, plan_of, run
from twin.clock import DAY, HOUR
from twin.events import Kind

LONG = "name: test\ntime: {start: 2026-03-02, days: DAYS}"
CHAIN = """
catalog: {items: [{sku: A, cost: 1, price: 2}, {sku: B, cost: 1, price: 2}]}
network:
  locations: [{id: S1, kind: store}, {id: F1, kind: fc}, {id: V1, kind: supplier}]
  lanes: [{from: V1, to: F1, transit: 1d}, {from: F1, to: S1, transit: 3h}]
demand: {pos: [{at: {kind: store}, sku: A, every: 2h}, {at: {kind: store}, sku: B, every: 3h}]}
inventory: {opening: {units: 1000}, count: {where: {kind: store}, every: 5h}}
policies:
  reorder:
    - {where: {kind: store}, use: base_stock, level: 1000}
    - {where: {kind: fc}, use: base_stock, level: 1000}
"""


def heard_by_message(ran: Ran, kind: Kind) -> dict[int, list[int]]:
    """Delays in µs of each message, by its number."""
    found: dict[int, list[int]] = {}
    for message, at in ran.heard:
        if message.kind == kind:
            found.setdefault(message.sequence, []).append(at - message.event_time)
    return found


def scene(streams: str, days: int = 60, more: str = "") -> Ran:
    return run(plan_of(LONG.replace("DAYS", str(days)), CHAIN, f"streams: {{{streams}}}", more))


def test_messages_are_heard_at_once_without_a_stream() -> None:
    ran = scene("", 5)
    assert {kind for kind in Kind if heard_by_message(ran, kind)} == {Kind.RECEIPT, Kind.DISPATCH, Kind.COUNT}
    for kind in (Kind.RECEIPT, Kind.DISPATCH, Kind.COUNT):
        assert {delay for delays in heard_by_message(ran, kind).values() for delay in delays} == {0}
    np.testing.assert_array_equal(ran.believed, ran.on_hand)


def test_latency_lateness_loss_and_duplicates() -> None:
    ran = scene("warehouse: {latency: 1h, late: {share: .1, delay: 9h}, duplicates: .2, loss: .3}, count: {latency: 2h}")
    told = [t for t in ran.told if t.kind in (Kind.RECEIPT, Kind.DISPATCH) and t.time < ran.plan.scenario.end_us - DAY]
    heard = heard_by_message(ran, Kind.RECEIPT) | heard_by_message(ran, Kind.DISPATCH)
    n = len(told)
    assert n > 2000
    assert len(heard) / n == pytest.approx(0.7, abs=4 * np.sqrt(0.21 / n))
    delays = [sorted(found) for found in heard.values()]
    assert np.mean([len(found) == 2 for found in delays]) == pytest.approx(0.2, abs=4 * np.sqrt(0.16 / len(heard)))
    late = np.mean([found[0] == 9 * HOUR for found in delays])
    assert late == pytest.approx(0.1, abs=4 * np.sqrt(0.09 / len(heard)))
    assert {tuple(found) for found in delays} == {(HOUR,), (9 * HOUR,), (HOUR, 2 * HOUR), (9 * HOUR, 10 * HOUR)}
    assert {delay for found in heard_by_message(ran, Kind.COUNT).values() for delay in found} == {2 * HOUR}


def test_duplicates_are_applied_once() -> None:
    plain = scene("warehouse: {latency: 1h}, count: {latency: 1h}", 30)
    doubled = scene("warehouse: {latency: 1h, duplicates: 1}, count: {latency: 1h, duplicates: 1}", 30)
    np.testing.assert_array_equal(doubled.believed, plain.believed)
    assert plain.result is not None and doubled.result is not None
    assert doubled.result.decisions_digest == plain.result.decisions_digest
    assert doubled.result.counters["duplicates"] > 500


def test_an_offline_site_catches_up_with_its_messages() -> None:
    """What happened in the four hours is told within the two after them, in its order."""
    outage = "disruptions: [{at: 2026-03-04T10:00, for: 4h, offline: {ids: [S1]}}]"
    ran = scene("warehouse: {latency: 10s, catch_up: 2h}, count: {catch_up: 2h}", 5, outage)
    start, store = ran.plan.scenario.start_us + 2 * DAY + 10 * HOUR, ran.plan.network.index["S1"]
    held = 0
    for message, at in ran.heard:
        within = message.location == store and start <= message.event_time < start + 4 * HOUR
        usual = 0 if message.kind == Kind.COUNT else 10_000_000
        sent = start + 4 * HOUR + (message.event_time - start) // 2 if within else message.event_time
        assert at == sent + usual
        held += within
    assert held >= 3


def test_what_is_on_its_way_to_the_record_is_known_to_the_measure() -> None:
    flying: list[int] = []

    def look(ran: Ran) -> None:
        flying.append(int(ran.simulation.courier.in_flight.sum()))
        assert ran.simulation.courier.in_flight.min() >= 0

    ran = run(plan_of(LONG.replace("DAYS", "5"), CHAIN, "streams: {warehouse: {latency: 4h}}"), look)
    assert max(flying) > 0
    units = sum(int(t.units.sum()) for t in ran.told if t.kind != Kind.COUNT)
    assert flying[-1] == units - sum(int(m.units.sum()) for m, _ in ran.heard if m.kind != Kind.COUNT)
