"""The feed that a run's channel delivered, put through the same brain with no world at all, gives the same decisions."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import scenarios
from twin.body.replay import replay_events
from twin.simulate import build, simulate

HARD = {
    "plain": [],
    "perfect record": ["streams="],
    "late warehouse": ["streams.warehouse={latency: {dist: exponential, mean: 6h}, duplicates: .2}"],
    "lost messages": ["streams.warehouse={latency: 10m, loss: .1}", "streams.pos={latency: 1m, loss: .05, duplicates: .1}"],
    "late counts": ["inventory.count={where: {kind: store}, every: 3d}", "streams.count={latency: {dist: exponential, mean: 1d}}"],
    "backorders": ["demand.unmet.pos=backorder", "inventory.opening=[{units: 5}]"],
    "continuous": ["policies.reorder[0].review=continuous"],
    "continuous, backorders, late": [
        "policies.reorder[0].review=continuous",
        "demand.unmet.pos=backorder",
        "streams.warehouse={latency: 2h}",
        "streams.count={latency: 6h}",
    ],
    "periodic center": ["variants=", "policies.reorder[1]={use: periodic, level: 300, review: 2d, r: null, Q: null}"],
    "docks": ["operations.docks={at: {kind: store}, doors: 1, unload: {dist: exponential, mean: 3h}}"],
    "instant suppliers": ["network.lanes[V1->F1].transit=0d", "network.lanes[F1->S1]={from: F1, to: S1, transit: 0d}"],
}


@pytest.mark.parametrize("case", HARD)
def test_replayed_events_give_the_same_decisions(case: str, tmp_path: Path) -> None:
    plan = build(scenarios.load("two-stores", sets=HARD[case]))
    run = simulate(plan, 1, folder=tmp_path, keep_events=True)
    assert run.counters["decision_lines"] > 0
    replayed = replay_events(plan, tmp_path / "events")
    assert replayed.decisions_digest == run.decisions_digest
    assert replayed.events_digest == run.events_digest
    np.testing.assert_array_equal(replayed.ledger.out_seen_us, run.ledger.out_seen_us)  # the same record, at the same times


def beside_orders(table: pa.Table, folder: Path, name: str) -> Path:
    """A feed of one's own beside what the book of orders heard in the run of ``folder``."""
    feed = folder / "feed" / name
    feed.parent.mkdir()
    pq.write_table(table, feed)
    shutil.copy(folder / "events" / "orders.parquet", feed.parent)
    return feed


def test_the_order_of_rows_in_a_feed_does_not_matter(tmp_path: Path) -> None:
    plan = build(scenarios.load("two-stores", sets=HARD["late counts"]))
    run = simulate(plan, 1, folder=tmp_path, keep_events=True)
    table = pq.read_table(tmp_path / "events" / "events.parquet")
    backwards = table.take(pa.array(range(table.num_rows - 1, -1, -1)))
    feed = beside_orders(backwards, tmp_path, "backwards.parquet")
    assert replay_events(plan, feed).decisions_digest == run.decisions_digest


def test_a_feed_delivered_twice_changes_no_decision(tmp_path: Path) -> None:
    """Every event again, three hours later: the record drops it by its id."""
    plan = build(scenarios.load("two-stores", sets=HARD["late warehouse"]))
    run = simulate(plan, 1, folder=tmp_path, keep_events=True)
    table = pq.read_table(tmp_path / "events" / "events.parquet")
    later = pa.compute.add(table["record_time"], 3 * 3_600_000_000)
    again = table.set_column(table.schema.get_field_index("record_time"), table.schema.field("record_time"), later)
    again = again.filter(pa.compute.less(later, plan.scenario.end_us))
    feed = beside_orders(pa.concat_tables([table, again]), tmp_path, "twice.parquet")
    replayed = replay_events(plan, feed)
    assert replayed.counters["duplicates"] > run.counters["duplicates"]
    assert replayed.decisions_digest == run.decisions_digest


def test_a_feed_that_lacks_events_gives_other_decisions(tmp_path: Path) -> None:
    """The digest would not prove anything if it were the same for another feed."""
    plan = build(scenarios.load("two-stores"))
    run = simulate(plan, 1, folder=tmp_path, keep_events=True)
    table = pq.read_table(tmp_path / "events" / "events.parquet")
    feed = beside_orders(table.slice(0, table.num_rows // 2), tmp_path, "half.parquet")
    assert replay_events(plan, feed).decisions_digest != run.decisions_digest


def test_through_the_command_line(tmp_path: Path) -> None:
    def twin(*arguments: str) -> None:
        command = [sys.executable, "-m", "twin", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    twin("run", "two-stores", "--replications", "1", "--variant", "base", "--events", "--out", str(tmp_path / "a"))
    (first,) = (tmp_path / "a").iterdir()
    (feed,) = first.glob("events/*events.parquet")
    twin("replay", str(feed), "--scenario", "two-stores", "--as", "events", "--out", str(tmp_path / "b"))
    twin("replay", str(first / "events"), "--scenario", "two-stores", "--as", "events", "--out", str(tmp_path / "c"))
    folders = [first, *(tmp_path / "b").iterdir(), *(tmp_path / "c").iterdir()]
    digests = {json.loads((folder / "run.json").read_text())["decisions_digest"]["base"] for folder in folders}
    assert len(folders) == 3 and len(digests) == 1
