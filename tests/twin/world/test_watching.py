"""Shelves that run ahead of the record, and shelves that take turns with it, tell and believe the same."""

from __future__ import annotations

import numpy as np
import pytest

from tests.twin.scenes import TWO_STORES, Ran, plan_of, run

NEVER_ORDERS = """
demand:
  pos:
    - {{at: {{kind: store}}, sku: A, rate: 30/d, size: {{dist: geometric, mean: 2}}}}
    - {{at: {{ids: [S2]}}, sku: B, every: 1h}}
  unmet: {{pos: {unmet}}}
inventory:
  opening: {{units: 100}}
  shrink: {{where: {{kind: store}}, rate: 1/d}}
  count: {{where: {{kind: store}}, every: 2d}}
streams:
  pos: {{latency: {{dist: exponential, mean: 3h}}, late: {{share: .1, delay: 1d}}, duplicates: .1}}
policies: {{reorder: [{{use: r_Q, r: -100000, Q: 1, review: {review}}}]}}
"""


@pytest.mark.parametrize("unmet", ["lost", "backorder"])
def test_a_watched_cell_that_never_signals_changes_nothing(unmet: str) -> None:
    ahead, in_turns = ran("1d", unmet), ran("continuous", unmet)
    assert not ahead.plan.asks_at_once and in_turns.plan.asks_at_once
    assert (ahead.plan.tracks, in_turns.plan.tracks) == (4 if unmet == "lost" else 1, 1)
    assert ahead.result is not None and in_turns.result is not None
    assert ahead.result.events_digest == in_turns.result.events_digest
    assert ahead.result.counters == in_turns.result.counters
    assert np.array_equal(ahead.on_hand, in_turns.on_hand) and np.array_equal(ahead.believed, in_turns.believed)
    assert np.array_equal(ahead.simulation.shelves.shelves.pages, in_turns.simulation.shelves.shelves.pages)
    assert ahead.total("lost" if unmet == "lost" else "backordered") > 0


def ran(review: str, unmet: str) -> Ran:
    return run(plan_of(TWO_STORES, NEVER_ORDERS.format(review=review, unmet=unmet)))
