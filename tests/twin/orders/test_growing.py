"""Memory of orders grows while they wait, in a run and in a replay: nothing is lost and nothing is decided otherwise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import twin.fulfilment.new
import twin.orders.new
from tests.twin.orders.book_checks import BookChecks, orders_of
from tests.twin.scenes import Ran, plan_of, run
from twin.body.replay import replay_events
from twin.clock import NEVER
from twin.orders.new import _grown_ring
from twin.orders.state import TIMER, Control, Stage
from twin.simulate import simulate

# Delivered at once, so that timers of reservations are all that stays; many carts end without an order.
MANY = """
name: many
time: {start: 2026-03-02, days: 2}
catalog: {generate: {skus: 40}}
network:
  locations: [{id: F1, kind: fc, at: [40.0, -80.0]}, {id: F2, kind: fc, at: [41.0, -85.0]}]
  zones: [{id: Z1, at: [40.0, -80.1], share: 1}]
demand:
  web: [{orders_per_day: 14000, lines: {1: .5, 2: .3, 3: .2}, checkout: {dist: exponential, mean: 20m}, abandon: .5}]
  unmet: {web: cancel}
inventory: {opening: {units: 3000}, shrink: {where: {kind: fc}, rate: 20/d}}
policies: {reservation: {use: standard, soft_ttl: 5h, hard_ttl: 40h}}
streams: {web: {latency: {dist: exponential, mean: 10h}}}
"""


def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be little memory at first: half of it must be free at any time."""
    for module in (twin.orders.new, twin.fulfilment.new):
        monkeypatch.setattr(module, "ROWS", 1 << 13)


@pytest.mark.parametrize(("lines", "lent"), [("{1: .5, 2: .3, 3: .2}", False), ("{1: .3, 4: .3, 5: .4}", True)])
def test_what_grows_decides_the_same_and_keeps_all_lives(lines: str, lent: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(MANY.replace("{1: .5, 2: .3, 3: .2}", lines))
    roomy = run(plan, logs=True)
    small(monkeypatch)
    checks, steps = BookChecks(), 0

    def look(ran: Ran) -> None:
        nonlocal steps
        steps += 1
        if steps % 20 == 0:
            checks(ran)
            checks.check_trays(ran)

    tight = run(plan, look, logs=True)
    assert roomy.result is not None and tight.result is not None
    assert tight.result.decisions_digest == roomy.result.decisions_digest
    mine, others = orders_of(tight), orders_of(roomy)
    assert mine.book.hard_timers.size > 1 << 13 and mine.book.soft_timers.size > 1 << 13
    np.testing.assert_array_equal(np.concatenate(mine.lives), np.concatenate(others.lives))
    checks.at_the_end(tight)
    assert np.isin(Stage.LENT, mine.book.orders["stage"]) == lent


def test_a_replay_grows_its_timers_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plan = plan_of(MANY)
    ran = simulate(plan, 1, folder=tmp_path, keep_events=True)
    small(monkeypatch)
    replayed = replay_events(plan, tmp_path / "events")
    assert replayed.decisions_digest == ran.decisions_digest


@given(st.integers(0, 1 << 33), st.integers(0, 7), st.integers(0, 40))
def test_a_ring_of_timers_keeps_them_in_order_and_is_closed(first: int, many: int, least: int) -> None:
    ring, control = np.zeros(8, TIMER), np.zeros(len(Control), np.int64)
    at = np.arange(first, first + many)
    ring["time"][at & 7], ring["who"][at & 7] = at + 5, at % 99
    ring["time"][(first + many) & 7] = NEVER
    control[Control.SOFT_FIRST], control[Control.SOFT_END] = first, first + many
    grown = _grown_ring(ring, control, Control.SOFT_FIRST, Control.SOFT_END, least)
    assert grown.size - many > least and grown.size.bit_count() == 1
    found = grown[at & (grown.size - 1)]
    assert found["time"].tolist() == (at + 5).tolist()
    assert found["who"].tolist() == (at % 99).tolist()
    assert grown["time"][(first + many) & (grown.size - 1)] == NEVER
