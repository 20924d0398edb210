"""Views beside a run: a log of them where events are kept, and the same run with and without them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

import scenarios
from tests.twin.web_scenes import SCARCE
from twin.body.replay import replay_events
from twin.events import VIEW_COLUMNS
from twin.kpis.compute import compute
from twin.plan.build import Plan, build_plan
from twin.simulate import simulate

VIEWS = "demand.web[0].views={per_cart: 8, session: {dist: geometric, mean: 3}}"


def planned(*sets: str) -> Plan:
    return build_plan(scenarios.loads(SCARCE, sets=sets))


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The events of a run with views."""
    folder = tmp_path_factory.mktemp("views")
    simulate(planned(VIEWS), 1, folder=folder, keep_events=True)
    return folder / "events"


def test_views_change_no_event_and_no_decision(tmp_path: Path) -> None:
    without, counted = simulate(planned(), 1, folder=None), simulate(planned(VIEWS), 1, folder=None)
    kept = simulate(planned(VIEWS), 1, folder=tmp_path, keep_events=True)
    assert counted.events_digest == without.events_digest == kept.events_digest
    assert counted.decisions_digest == without.decisions_digest == kept.decisions_digest
    assert without.ledger.web is not None and counted.ledger.web is not None and kept.ledger.web is not None
    assert without.ledger.web.views is None and "views" not in without.counters
    np.testing.assert_array_equal(without.ledger.web.orders, counted.ledger.web.orders)
    assert counted.ledger.web.views is not None and kept.ledger.web.views is not None
    np.testing.assert_array_equal(counted.ledger.web.views, kept.ledger.web.views)
    assert counted.counters["views"] == counted.ledger.web.views[:, 0].sum() > 0


def test_the_log_of_views(logged: Path) -> None:
    table = pq.read_table(logged / "views.parquet")
    plan = planned(VIEWS)
    assert table.column_names == [name for name, _, _ in VIEW_COLUMNS]
    rows = table.to_pylist()
    assert {row["kind"] for row in rows} == {"view"} and {row["zone"] for row in rows} == {"NY", "BOS"}
    ids = [(row["session"], row["view"]) for row in rows]
    assert len(set(ids)) == len(ids)
    assert all(plan.scenario.start_us <= row["event_time"] < plan.scenario.end_us for row in rows)
    assert not list(logged.glob("*.arrow"))
    seen = {(row["cart"], row["sku"]): row["event_time"] for row in rows if row["cart"]}
    told = pq.read_table(logged / "orders.parquet").to_pylist()  # carts are kinds 1 (a hold is asked for) and 2 (it is paid)
    carts = [row for row in told if row["kind"] in (1, 2)]
    assert carts and all(seen[row["number"], plan.items.skus[row["sku"]]] <= row["time"] for row in carts)


def test_a_recorded_run_with_views_is_replayed_as_before(logged: Path) -> None:
    plan = planned(VIEWS)
    run, replayed = simulate(plan, 1, folder=None), replay_events(plan, logged)
    assert (replayed.events_digest, replayed.decisions_digest) == (run.events_digest, run.decisions_digest)


def test_the_funnel() -> None:
    plan = planned(VIEWS)
    run = simulate(plan, 1, folder=None)
    assert run.ledger.web is not None and run.ledger.web.views is not None
    kpis = compute(run.ledger, plan.labels, plan.rates).overall()
    sessions = run.ledger.web.views[:, 1].sum()
    assert kpis["sessions"] == sessions and kpis["views"] == run.counters["views"]
    assert kpis["conversion_rate"] == kpis["orders"] / sessions < kpis["cart_rate"] < 1
    assert kpis["views"] / (kpis["cart_rate"] * sessions) == pytest.approx(8, rel=0.06)
