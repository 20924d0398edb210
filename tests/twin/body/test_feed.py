"""A recorded feed is put back into the order in which it was heard, whatever order its rows come in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.json as pj
import pyarrow.parquet as pq
import pytest

from tests.twin.logged import keep_all
from twin.body.replay import replay_events
from twin.events import Kind
from twin.simulate import Plan

Digests = tuple[str, str]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Path, Digests]:
    folder = tmp_path_factory.mktemp("run")
    plan, ran = keep_all(folder)
    assert ran.result is not None
    return plan, folder / "events" / "events.parquet", (ran.result.events_digest, ran.result.decisions_digest)


def digests(plan: Plan, feed: Path) -> Digests:
    result = replay_events(plan, feed)
    return result.events_digest, result.decisions_digest


def rewritten(path: Path, table: pa.Table) -> Path:
    pq.write_table(table, path)
    return path


def test_an_event_that_came_twice_at_one_instant_stays_two(kept: tuple[Plan, Path, Digests]) -> None:
    plan, feed, expected = kept
    rows = pq.read_table(feed).to_pylist()
    same = ("record_time", "round", "source", "sequence", "line")
    marks = [tuple(row[key] for key in same) for row in rows if row["kind"] in (Kind.RECEIPT, Kind.DISPATCH)]
    assert len(set(marks)) < len(marks), "the run must have heard a message twice at once"
    assert digests(plan, feed) == expected


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_does_not_matter(kept: tuple[Plan, Path, Digests], tmp_path: Path, seed: int) -> None:
    plan, feed, expected = kept
    table = pq.read_table(feed)
    order = np.random.default_rng(seed).permutation(table.num_rows)
    assert digests(plan, rewritten(tmp_path / "shuffled.parquet", table.take(order))) == expected


def test_what_may_be_left_out_is_made_up(kept: tuple[Plan, Path, Digests], tmp_path: Path) -> None:
    plan, feed, expected = kept
    table = unique_lines(pq.read_table(feed))
    without = rewritten(tmp_path / "without.parquet", table.drop_columns(["source", "line"]))
    assert digests(plan, without) == digests(plan, rewritten(tmp_path / "all.parquet", table))
    assert digests(plan, without)[1] == expected[1]


def test_lines_of_a_count_may_come_in_any_order(kept: tuple[Plan, Path, Digests], tmp_path: Path) -> None:
    plan, feed, _ = kept
    table = unique_lines(pq.read_table(feed)).drop_columns(["source", "line"])
    counts = np.asarray(table["kind"]) == Kind.COUNT
    order = np.concatenate([np.flatnonzero(~counts), np.flatnonzero(counts)[::-1]])
    turned = rewritten(tmp_path / "turned.parquet", table.take(order))
    assert digests(plan, turned) == digests(plan, rewritten(tmp_path / "straight.parquet", table))


def test_rows_as_json_lines_are_the_same_feed(kept: tuple[Plan, Path, Digests], tmp_path: Path) -> None:
    import json

    plan, feed, expected = kept
    path = tmp_path / "feed.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in pq.read_table(feed).to_pylist()))
    assert pj.read_json(path).num_rows == pq.read_metadata(feed).num_rows
    assert digests(plan, path) == expected


def unique_lines(table: pa.Table) -> pa.Table:
    """The feed without the second copy of what was heard twice at one instant."""
    seen: set[tuple[Any, ...]] = set()
    first = []
    for i, row in enumerate(table.to_pylist()):
        mark = tuple(row[key] for key in ("record_time", "round", "source", "sequence", "line"))
        if mark not in seen:
            seen.add(mark)
            first.append(i)
    return table.take(first)
