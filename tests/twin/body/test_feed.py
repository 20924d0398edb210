"""A recorded feed is put back into the order in which it was heard, whatever order its rows come in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.json as pj
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.twin.logged import keep_all
from twin.body.feed import _numbered
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


TOGETHER: dict[str, Callable[[NDArray[np.int64]], NDArray[np.int64]]] = {
    "one by one": lambda rank: rank,
    "far apart": lambda rank: 10**12 + rank * 9973,
    "below nothing": lambda rank: rank - 10**6,
    "with gaps": lambda rank: rank + np.cumsum(np.random.default_rng(2).integers(0, 1 << 40, rank.max() + 1))[rank],
    "in no order": lambda rank: np.random.default_rng(3).permutation(np.arange(rank.max() + 1) * 10**9)[rank],
}


@pytest.mark.parametrize("numbering", TOGETHER)
def test_tills_that_are_numbered_together(kept: tuple[Plan, Path, Digests], tmp_path: Path, numbering: str) -> None:
    """A system may number the sales of all tills in one row, or by ids that lie anywhere: nothing that is decided depends on it."""
    plan, feed, expected = kept
    table = pq.read_table(feed)
    rows, sequence = table.to_pylist(), np.asarray(table["sequence"]).copy()
    marks = [(row["event_time"], row["location"], row["sequence"]) for row in rows if row["kind"] == Kind.SALE]
    ranks = {mark: rank for rank, mark in enumerate(sorted(set(marks)))}
    sales = np.flatnonzero(np.asarray(table["kind"]) == Kind.SALE)
    assert len(ranks) < sales.size, "some sales must have been heard twice"
    sequence[sales] = TOGETHER[numbering](np.array([ranks[mark] for mark in marks]))
    column = table.schema.get_field_index("sequence")
    other = rewritten(tmp_path / "together.parquet", table.set_column(column, table.schema.field(column), pa.array(sequence)))
    ours, theirs = replay_events(plan, feed), replay_events(plan, other)
    assert theirs.decisions_digest == expected[1]
    assert theirs.counters == ours.counters
    assert theirs.counters["duplicates"] > 0 == theirs.counters["beyond_window"]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-(1 << 62), 1 << 62) | st.integers(0, 300)), max_size=60))
def test_numbers_are_replaced_by_ranks_only_where_they_lie_far_apart(events: list[tuple[int, int]]) -> None:
    """An event keeps its own number, others have others; the order stays, and the windows are no larger than they need be."""
    locations = 2
    sender, sequence = (np.array([event[i] for event in events], np.int64) for i in (0, 1))
    numbers, windows = _numbered(sender, sequence, locations)
    assert windows.size == locations + 3
    for who in range(5):
        before, after = sequence[sender == who].tolist(), numbers[sender == who].tolist()
        pairs = sorted(set(zip(before, after, strict=True)))
        assert [number for number, _ in pairs] == sorted(set(before))
        assert [rank for _, rank in pairs] == sorted(set(after))
        if before:
            reach = max(after) - min(after) + 1
            assert min(after) >= 0
            assert 2 * reach <= windows[who] <= 2 * 65 * (len(before) + 1)
            if min(before) >= 0 and max(before) - min(before) <= 64 * len(before):
                assert before == after


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
