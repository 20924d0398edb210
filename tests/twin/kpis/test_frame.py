from __future__ import annotations

import pickle

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.twin.kpis.fabricate import LABELS, empty, put
from twin.kpis.compute import compute
from twin.kpis.frame import FrameBuilder, KpiFrame, Words
from twin.kpis.ledger import CostRates


@pytest.fixture
def frame() -> KpiFrame:
    builder = FrameBuilder()
    builder.add("fill_rate", "all", builder.members(["all"]), np.array([0.9]))
    builder.add("fill_rate", "location", builder.members(["S1", "S2"]), np.array([0.8, 1.0]))
    builder.add("revenue", "location", builder.members(["S1"]), np.array([12.5]))
    return builder.frame()


def test_rows_are_tidy_and_in_order(frame: KpiFrame) -> None:
    assert {name: column.tolist() for name, column in frame.columns().items()} == {
        "kpi": ["fill_rate", "fill_rate", "fill_rate", "revenue"],
        "dimension": ["all", "location", "location", "location"],
        "member": ["all", "S1", "S2", "S1"],
        "value": [0.9, 0.8, 1.0, 12.5],
    }
    assert frame.member.words == ("all", "S1", "S2")  # each word once
    assert frame.member.tolist() == frame.columns()["member"].tolist()


def test_lookups(frame: KpiFrame) -> None:
    assert frame.get("fill_rate") == 0.9
    assert frame.get("fill_rate", "location", "S2") == 1.0
    assert frame.get("fill_rate", "location", "S9") is None
    assert frame.get("turns") is None
    assert frame.by("week", "fill_rate") == {}
    assert frame.overall() == {"fill_rate": 0.9}


def test_nothing_is_a_frame_too() -> None:
    none = FrameBuilder().frame()
    assert len(none) == 0
    assert none.overall() == {}
    assert none.to_arrow(variant="base", replication=1).num_rows == 0
    assert Words(np.empty(0, dtype=np.int32), ()).array().tolist() == []


def test_parquet_holds_the_columns_of_the_contract(frame: KpiFrame) -> None:
    table = frame.to_arrow(variant="base", replication=3)
    assert table.schema.names == ["variant", "replication", "kpi", "dimension", "member", "value"]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.concat_tables([table, frame.to_arrow(variant="other", replication=4)]), sink)
    rows = pq.read_table(pa.BufferReader(sink.getvalue())).to_pylist()
    assert len(rows) == 8
    assert rows[1] == {"variant": "base", "replication": 3, "kpi": "fill_rate", "dimension": "location",
                       "member": "S1", "value": 0.8}  # fmt: skip
    assert {(row["variant"], row["replication"]) for row in rows} == {("base", 3), ("other", 4)}


def test_a_computed_frame_survives_another_process() -> None:
    ledger = empty()
    put(ledger, 0, 0, demanded=4, sold=3)
    frame = compute(ledger, LABELS, CostRates())
    again = pickle.loads(pickle.dumps(frame))
    assert again.to_arrow(variant="v", replication=1).equals(frame.to_arrow(variant="v", replication=1))
