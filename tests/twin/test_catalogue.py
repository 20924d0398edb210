"""The catalogue of events and decisions says what is in the logs of a run, no less and no more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.json_schema import problems
from tests.twin.logged import keep_all, rows_of
from twin import catalogue, events
from twin.brain import log
from twin.events import SOURCE_OF, Kind

Row = dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    kept = tmp_path_factory.mktemp("run")
    keep_all(kept)
    return kept


@pytest.fixture(scope="module")
def feed(folder: Path) -> list[Row]:
    return rows_of(folder / "events" / "events.parquet")


def test_every_row_of_an_event_log_fits_the_schema(feed: list[Row]) -> None:
    assert {row["kind"] for row in feed} == set(Kind)
    schema = catalogue.event_schema()
    assert [problem for row in feed for problem in problems(json.loads(json.dumps(row)), schema)] == []


def test_an_event_log_has_the_columns_of_the_catalogue(folder: Path) -> None:
    schema = pq.read_schema(folder / "events" / "events.parquet")
    assert types_of(schema) == [(name, kind) for name, kind, _ in events.COLUMNS]
    assert schema.metadata[b"stocktwin.events"] == str(events.VERSION).encode()


def test_decisions_have_the_columns_of_the_catalogue_and_fit_their_schema(folder: Path) -> None:
    columns = types_of(pq.read_schema(folder / "decisions.parquet"))
    assert columns == [("variant", "string"), ("replication", "int32"), *((name, kind) for name, kind, _ in log.COLUMNS)]
    rows, schema = rows_of(folder / "decisions.parquet"), catalogue.decision_schema()
    assert {row["kind"] for row in rows} == {"purchase", "transfer"} < set(log.KINDS)
    assert [problem for row in rows for problem in problems(row, schema)] == []


def types_of(schema: Any) -> list[tuple[str, str]]:
    return [(field.name, str(getattr(field.type, "value_type", field.type))) for field in schema]


@pytest.mark.parametrize(
    ("kind", "change", "problem"),
    [
        (Kind.SALE, {"units": -1}, ".units: minimum"),
        (Kind.SALE, {"units": 1.5}, ".units: type"),
        (Kind.SALE, {"units": 1 << 31}, ".units: maximum"),
        (Kind.SALE, {"source": 2}, ".source: const"),
        (Kind.SALE, {"round": 1}, ".round: const"),
        (Kind.SALE, {"location": None}, ".location: type"),
        (Kind.BACKFILL, {"other": 3}, ".other: const"),
        (Kind.RECEIPT, {"sequence": -1}, ".sequence: minimum"),
        (Kind.DISPATCH, {"other": 3}, ".other: const"),
        (Kind.COUNT, {"sku": 7}, ".sku: type"),
        (Kind.COUNT, {"kind": 6}, ".kind: enum"),
    ],
)
def test_the_schema_refuses_what_no_event_says(feed: list[Row], kind: Kind, change: Row, problem: str) -> None:
    row = next(row for row in feed if row["kind"] == kind)
    assert problems(row | change, catalogue.event_schema()) == [problem]


@pytest.mark.parametrize("name", [name for name, _, _ in events.COLUMNS])
def test_the_schema_asks_for_what_the_reader_asks_for(feed: list[Row], name: str) -> None:
    row = {key: value for key, value in feed[0].items() if key != name}
    missing = [] if name in events.OPTIONAL else [f".{name}: required"]
    assert problems(row, catalogue.event_schema()) == missing


def test_lines_of_one_event_are_numbered(feed: list[Row]) -> None:
    lines: dict[tuple[Any, ...], list[int]] = {}
    for row in feed:
        lines.setdefault((row["record_time"], row["round"], *number_of(row)), []).append(row["line"])
    assert any(len(numbers) > 1 for numbers in lines.values())
    for numbers in lines.values():
        copies = numbers.count(0)
        assert sorted(numbers) == sorted([*range(len(numbers) // copies)] * copies)


def test_an_id_is_of_one_event(feed: list[Row]) -> None:
    known: dict[tuple[Any, ...], Row] = {}
    for row in feed:
        assert row["source"] == SOURCE_OF[Kind(row["kind"])]
        first = known.setdefault((*number_of(row), row["line"]), row)
        told = ("event_time", "event_round", "kind", "location", "sku", "units", "other")
        assert [row[key] for key in told] == [first[key] for key in told]


def number_of(row: Row) -> tuple[Any, ...]:
    """What is an event's own: the tills of every location number their sales, whoever else reports does so for all."""
    return row["source"], row["location"] if row["kind"] == Kind.SALE else None, row["sequence"]


def test_the_page_names_every_kind_source_phase_and_column() -> None:
    page = catalogue.markdown()
    for name in [name for name, _, _ in (*events.COLUMNS, *log.COLUMNS)]:
        assert f"| `{name}` |" in page
    for kind in Kind:
        assert f"| {int(kind)} | {kind.name.lower()} |" in page
