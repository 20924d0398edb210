"""Tables of many replications, joined."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from twin.runs import parquet


def words(*values: str) -> pa.Array:
    return pa.array(values).dictionary_encode()


def test_rows_keep_their_order_and_say_whence_they_came(tmp_path: Path) -> None:
    parquet.write_table(tmp_path / "a", pa.table({"sku": words("A", "B"), "units": pa.array([1, 2])}))
    parquet.write_table(tmp_path / "b", pa.table({"sku": words("C"), "units": pa.array([3])}))
    sources = [(tmp_path / "a", "base", 1), (tmp_path / "none", "base", 2), (tmp_path / "b", "cheaper", 1)]
    assert parquet.join(sources, tmp_path / "all") == 3
    assert pq.read_table(tmp_path / "all").to_pylist() == [
        {"variant": "base", "replication": 1, "sku": "A", "units": 1},
        {"variant": "base", "replication": 1, "sku": "B", "units": 2},
        {"variant": "cheaper", "replication": 1, "sku": "C", "units": 3},
    ]


def test_labels_that_are_there_are_not_doubled(tmp_path: Path) -> None:
    table = pa.table(
        {"variant": words("base"), "replication": pa.array([4], pa.int32()), "value": pa.array([0.5])}
    )
    parquet.write_table(tmp_path / "a", table)
    assert parquet.join([(tmp_path / "a", "base", 4)], tmp_path / "all") == 1
    assert pq.read_table(tmp_path / "all").equals(pq.read_table(tmp_path / "a"))
    assert parquet.join([(tmp_path / "a", "base", 4)] * 2, tmp_path / "two") == 2
    assert pq.read_table(tmp_path / "two").column_names == ["variant", "replication", "value"]


@pytest.mark.parametrize("links", [True, False])
def test_a_single_table_with_labels_is_taken_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    def none(*_: object) -> None:
        raise OSError("no links here")

    if not links:
        monkeypatch.setattr("os.link", none)
    labels = {"variant": words("base", "base"), "replication": pa.array([1, 1], pa.int32())}
    parquet.write_table(tmp_path / "a", pa.table({**labels, "value": pa.array([0.5, 0.25])}))
    assert parquet.join([(tmp_path / "a", "base", 1)], tmp_path / "all") == 2
    assert (tmp_path / "all").read_bytes() == (tmp_path / "a").read_bytes()


def test_a_column_that_only_some_have_is_empty_elsewhere(tmp_path: Path) -> None:
    parquet.write_table(tmp_path / "a", pa.table({"x": pa.array([1])}))
    parquet.write_table(tmp_path / "b", pa.table({"x": pa.array([2]), "why": pa.array(["late"])}))
    parquet.join([(tmp_path / "a", "base", 1), (tmp_path / "b", "base", 2)], tmp_path / "all")
    assert pq.read_table(tmp_path / "all")["why"].to_pylist() == [None, "late"]


def test_tables_without_rows_join(tmp_path: Path) -> None:
    parquet.write_table(tmp_path / "a", pa.table({"x": pa.array([], pa.int64())}))
    assert parquet.join([(tmp_path / "a", "base", 1)], tmp_path / "all") == 0
    assert pq.read_table(tmp_path / "all").num_rows == 0


def test_nothing_to_join_writes_nothing(tmp_path: Path) -> None:
    assert parquet.join([(tmp_path / "none", "base", 1)], tmp_path / "all") == 0
    assert not (tmp_path / "all").exists()
